"""`python -m stalker`."""

from stalker.cli.main import main

main()
