"""How fast the library is, as ratios to the same work done without it. Run `make bench`.

Times are CPU seconds of this process, the best of several runs: what else the machine does hardly
matters. Nothing here is a test; the tests count statements instead.
"""
