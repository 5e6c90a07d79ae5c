# Every target sets itself up: a virtual environment in .venv, the package in editable mode, and
# the tools the target needs. Name another interpreter with `make PYTHON=/path/to/python3 test`.
#
# Kept to GNU make 3.81 (macOS) and a POSIX shell.

PYTHON = python3.13 python3.12 python3.11 python3

BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-dcc stress lint types docs bench workflow clean tj3

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: .venv/.demo ## Build a small production in demo/ and walk through it
	$(BIN)/stalker demo --output demo --force

test: tj3 lint types docs ## Run everything CI runs: lint, types, the manual and the tests
	$(BIN)/python -m pytest -n auto --dist worksteal

# STALKER_TEST_BLENDER makes it an error that Blender is missing.
test-dcc: .venv-dcc/.test ## Test inside Blender, as a module of several hundred MB in .venv-dcc
	STALKER_TEST_BLENDER=1 .venv-dcc/bin/python -m pytest tests/dcc/test_blender.py

stress: tj3 .venv/.test ## Test at length: a minute of many at once, 200,000 random steps, 5,000 plans
	STALKER_TEST_SECONDS=60 $(BIN)/python -m pytest -n 0 tests/concurrency
	STALKER_TEST_STEPS=200000 STALKER_TEST_SEED=$${STALKER_TEST_SEED:-$$(date +%s)} \
	    $(BIN)/python -m pytest -n 2 tests/stateful
	STALKER_TEST_STUDIOS=5000 $(BIN)/python -m pytest -n 0 tests/scheduling/test_fuzz.py

lint: .venv/.test ## Check style, formatting and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.test ## Check the types of the package with mypy --strict
	$(BIN)/mypy

bench: .venv/.test ## Measure the hot paths
	$(BIN)/python -m bench
	$(BIN)/python -m bench.scheduling

docs: .venv/.docs ## Build the manual; warnings are errors
	$(BIN)/python -m sphinx -q -E -n -W --keep-going -b html docs build/docs
	@echo "The manual is in build/docs/index.html"

workflow: .venv/.test ## Write docs/workflow.md and its diagram from the tables in the code
	$(BIN)/python -m docs.pages

clean: ## Remove .venv, demo/, caches and build artefacts
	rm -rf .venv .venv-dcc demo build dist
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps carry the date of the last successful installation. A change of pyproject.toml makes
# them old.

.venv/.demo: .venv/.created pyproject.toml
	@echo "Installing stalker into .venv ..."
	@$(PIP) install --editable '.[editorial]'
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/.test: .venv/.created pyproject.toml
	@echo "Installing stalker and its test tools into .venv ..."
	@$(PIP) install --editable '.[test]'
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/.docs: .venv/.created pyproject.toml
	@echo "Installing stalker and Sphinx into .venv ..."
	@$(PIP) install --editable '.[docs]'
	@touch $@

# Blender as a module needs what a desktop has, which servers and containers do not.
.venv-dcc/.test: .venv-dcc/.created pyproject.toml
	@echo "Installing stalker, its test tools and Blender into .venv-dcc ..."
	@.venv-dcc/bin/python -m pip --disable-pip-version-check -q \
	    install --editable '.[test,blender]'
	@if ! .venv-dcc/bin/python -c 'import bpy' 2>/dev/null && command -v apt-get >/dev/null \
	&& [ "$$(id -u)" -eq 0 ]; then \
	    echo "Installing the libraries of a desktop ..."; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -qq -y --no-install-recommends $(DESKTOP); \
	fi
	@.venv-dcc/bin/python -c 'import bpy' \
	|| { echo "Blender needs these packages: $(DESKTOP)" >&2; exit 1; }
	@touch $@

DESKTOP = libgl1 libice6 libsm6 libx11-6 libxext6 libxfixes3 libxi6 libxkbcommon0 libxrender1 \
    libxxf86vm1

.venv/.created: FITTING = sys.version_info >= (3, 11)
.venv/.created: NEEDED = Stalker needs Python 3.11 or newer
# each Blender is made for one Python
.venv-dcc/.created: FITTING = sys.version_info[:2] in ((3, 11), (3, 13))
.venv-dcc/.created: NEEDED = Blender needs Python 3.11 or 3.13

# Debian and Ubuntu ship `ensurepip`, which the venv module needs, in a package of its own. A
# version manager may put names on the PATH which do not run, hence the trial of each one.
.venv/.created .venv-dcc/.created:
	@found=; \
	for python in $(PYTHON); do \
	    if "$$python" -c 'import sys; sys.exit(not ($(FITTING)))' 2>/dev/null; then \
	        found=$$python; break; \
	    fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "$(NEEDED); none of these is one: $(PYTHON)." >&2; \
	    echo "Install one, or name it: make PYTHON=/path/to/python3 ..." >&2; \
	    exit 1; \
	fi; \
	echo "Creating $(@D) with $$("$$found" --version) ..."; \
	rm -rf $(@D); \
	if ! "$$found" -c 'import ensurepip' 2>/dev/null && command -v apt-get >/dev/null; then \
	    package=$${found##*/}-venv; \
	    if [ "$$(id -u)" -ne 0 ]; then \
	        echo "The venv module of $$found is incomplete. Please run:" >&2; \
	        echo "    sudo apt-get install $$package" >&2; \
	        exit 1; \
	    fi; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -qq -y --no-install-recommends "$$package" || exit 1; \
	fi; \
	"$$found" -m venv $(@D) || { rm -rf $(@D); exit 1; }
	@touch $@

# TaskJuggler schedules large productions. The tests which compare with it are skipped where it is
# missing, except in CI, where its installation has to succeed.
tj3:
	@if ! command -v tj3 >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" -eq 0 ]; then \
	    echo "Installing TaskJuggler (tj3) ..."; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    { apt-get update -qq && apt-get install -qq -y --no-install-recommends tj3; } \
	    || { echo "tj3 could not be installed." >&2; [ "$$CI" != true ]; }; \
	fi
