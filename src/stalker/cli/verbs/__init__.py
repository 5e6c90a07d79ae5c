"""The verbs: one file for each, named and described in `cli/main.py`."""
