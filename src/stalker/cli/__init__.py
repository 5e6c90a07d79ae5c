"""The command line: `main` lists the verbs, `verbs/` has a file for each, the rest is shared."""
