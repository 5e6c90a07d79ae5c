"""Two sets of colours. The hues are told apart by people who see no red or no green."""

from __future__ import annotations

import re

LIGHT = {
    "paper": "#ffffff",
    "band": "#f6f7f9",
    "ink": "#1b1f24",
    "soft": "#57606a",
    "line": "#e3e6ea",
    "rule": "#b6bec8",
    "off": "#eceff2",
    "vacation": "#f3e3c3",
    "now": "#c2410c",
    "chain": "#111111",
    "bracket": "#3d4650",
    "arrow": "#57606a",
    "leave": "#c9a96a",
    "part": "#7fb2dd",
    "full": "#2f6fae",
    "over": "#c2410c",
    "h0": "#4b3fa7",
    "h1": "#44aa99",
    "h2": "#cc6677",
    "h3": "#3f8fd0",
    "h4": "#999933",
    "h5": "#882255",
    "h6": "#117733",
    "h7": "#d09a2c",
    "h8": "#aa4499",
}

DARK = {
    "paper": "#14171b",
    "band": "#1b1f24",
    "ink": "#e6e9ed",
    "soft": "#a3adb8",
    "line": "#262b32",
    "rule": "#444c56",
    "off": "#1e2329",
    "vacation": "#3b3120",
    "now": "#ff8a4c",
    "chain": "#ffffff",
    "bracket": "#aab4bf",
    "arrow": "#8b96a3",
    "leave": "#8a7443",
    "part": "#3c6f9e",
    "full": "#6fb2ee",
    "over": "#ff8a4c",
    "h0": "#8f86e6",
    "h1": "#5cc5b3",
    "h2": "#e58a99",
    "h3": "#6db4ee",
    "h4": "#bdbd55",
    "h5": "#c2608f",
    "h6": "#4fae6c",
    "h7": "#e6b95a",
    "h8": "#cf78c0",
}

_VARIABLE = re.compile(r"var\(--(\w+)\)")


def variables(colours: dict[str, str]) -> str:
    """Return *colours* as the variables of a style sheet."""
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def filled_in(sheet: str, colours: dict[str, str]) -> str:
    """Return *sheet* without variables: programs that convert drawings know none."""
    return _VARIABLE.sub(lambda found: colours[found[1]], sheet)
