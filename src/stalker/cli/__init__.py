"""The command line: `main` lists the verbs, and `verbs/` has a file for each, or a folder.

Beside them is what they share, and what would be too much in the file of one.
"""
