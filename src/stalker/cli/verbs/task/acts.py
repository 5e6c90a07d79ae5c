"""`stalker task hold`, `stop` and `resume`: what happens to work that does not simply go on."""

from __future__ import annotations

import click

from stalker.cli.finding import refuse_container, work_named
from stalker.cli.opening import connected
from stalker.cli.options import database_option, json_option
from stalker.cli.output import note
from stalker.cli.refusal import typed
from stalker.cli.verbs.task.telling import tell_progress
from stalker.cli.who import deed_of, known, user_option
from stalker.services.preloading import load_around

_PATTERN = (
    "In a TASK * stands for any name, as in 'MER/*/Comp'; all work there is changed, or none."
)


def _act(action: str, text: str) -> click.Command:
    """Return the command that does *action* of the workflow to tasks."""

    @click.command(action, help=f"{text}\n\n{_PATTERN}")
    @database_option
    @click.argument("paths", metavar="TASK...", nargs=-1, required=True)
    @user_option
    @json_option
    def act(
        database_url: str | None, paths: tuple[str, ...], login: str | None, as_json: bool
    ) -> None:
        with connected(database_url):
            with deed_of(known(login)), typed():
                found = work_named(paths)
                kept = load_around(found)
                for each in found:
                    refuse_container(each)
                was_given_up = any(each.status.code == "STOP" for each in found)
                for each in found:
                    getattr(each, action)()
                is_last = action == "resume" and any(not each.priority for each in found)
            del kept  # the session alone would have let them go
            if is_last:
                note(
                    "what was held keeps the priority 0, and is planned after everything else: "
                    "stalker task change --priority gives it another"
                )
            if was_given_up and action == "resume":
                note(
                    "what was stopped keeps the effort that was done: stalker task change "
                    "--effort says how much it is now"
                )
            tell_progress(found, as_json)

    return act


hold = _act(
    "hold",
    "Let work that has begun rest, until stalker task resume. Its priority becomes 0: everything "
    "else is planned first.",
)
stop = _act(
    "stop",
    "Give work up that has begun. Its effort is what was done, and those who wait for it go on.",
)
resume = _act(
    "resume",
    "Go on with what was held or stopped. If what it waits for is not finished any more, it goes "
    "on as one whose dependency has a revision.",
)
