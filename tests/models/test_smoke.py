from pathlib import Path


def test_tutorial(database):
    src = Path("/tmp/tut.py").read_text().split("db.init()\n", 1)[1]
    exec(src, {})
