"""A history of migrations with a second revision, for tests: what there will be some day."""

from __future__ import annotations

import shutil
from pathlib import Path

from stalker import db

MIGRATIONS = Path(db.__file__).parent / "migrations"

SECOND = "5ec0dd5ec0dd"

#: copies the two tables that most others refer to, adds columns with a value, and a table
_PROGRAM = '''
"""A second schema."""

import sqlalchemy as sa
from alembic import op

revision = "5ec0dd5ec0dd"
down_revision = "bf67e6a234b4"


def upgrade():
    options = {"table_kwargs": {"sqlite_autoincrement": True}}
    with op.batch_alter_table("SimpleEntities", **options) as table:
        table.alter_column("name", type_=sa.String(300), existing_type=sa.String(256))
        table.add_column(sa.Column("colour", sa.String(16), nullable=False, server_default="red"))
    with op.batch_alter_table("Users") as table:
        table.alter_column("login", type_=sa.String(300), existing_type=sa.String(256))
        table.add_column(sa.Column("badge", sa.Integer))
    guard()
    op.execute('UPDATE "Users" SET badge = id')
    op.create_table("Badges", sa.Column("id", sa.Integer, primary_key=True))
    op.execute('INSERT INTO "Badges" SELECT id FROM "Users"')
    # more to do


def downgrade():
    op.drop_table("Badges")
    with op.batch_alter_table("Users") as table:
        table.drop_column("badge")
        table.alter_column("login", type_=sa.String(256), existing_type=sa.String(300))
    guard()
    options = {"table_kwargs": {"sqlite_autoincrement": True}}
    with op.batch_alter_table("SimpleEntities", **options) as table:
        table.drop_column("colour")
        table.alter_column("name", type_=sa.String(256), existing_type=sa.String(300))


def guard():
    """SQLite drops the triggers of a table with it."""
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            'CREATE TRIGGER "Users_delete_root" AFTER DELETE ON "Users" '
            'BEGIN DELETE FROM "SimpleEntities" WHERE id = OLD.id; END'
        )
'''


def make(folder: Path, more: str = "", without: str = "") -> Path:
    """Make a script directory with two revisions; *more* is what the second one does at the end."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    program = _PROGRAM.replace("    # more to do\n", f"    {more}\n" if more else "")
    if without:
        assert without in program
        program = program.replace(without, "pass" if without.endswith("()") else "", 1)
    (folder / "versions" / f"{SECOND}_second_schema.py").write_text(program)
    return folder
