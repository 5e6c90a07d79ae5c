"""`stalker completion`: let a shell complete verbs and options."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(shell: str) -> None:
    """Print what a shell needs to complete verbs and options.

    For bash, put this into ~/.bashrc: eval "$(stalker completion bash)". For zsh the same with zsh,
    into ~/.zshrc; for fish: stalker completion fish > ~/.config/fish/completions/stalker.fish.
    """
    from stalker.cli.main import COMPLETION, cli

    click.echo(SHELLS[shell](cli, {}, "stalker", COMPLETION).source())
