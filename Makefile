# `make train` and `make test` need Python 3.11 and nothing else: the first call installs the
# packages of requirements.txt into .venv. ARGS goes to the command that is run, for example
#   make train ARGS="--steps=100"      make test ARGS="-k skeleton"

# Tried in this order; the first that is Python 3.11 makes the environment.
PYTHON ?= python3.11 python3 python
BIN := .venv/bin
INSTALLED := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help train test lint format benchmark build-file

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

train: $(INSTALLED) ## Train on the synthetic data and leave pictures and metrics in runs/.
	$(BIN)/python -m sagcn_tf.train $(ARGS)

test: lint ## Run the linter and the whole test suite.
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile $(ARGS)

lint: $(INSTALLED) ## Check style and formatting.
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

format: $(INSTALLED) ## Mend what the linter can mend, and format.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

benchmark: $(INSTALLED) ## Measure all that has a goal: docs/performance.md.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-benchmark.txt
	$(BIN)/python -m benchmarks.all $(ARGS)

build-file: $(INSTALLED) ## Write BUILD again after files or imports have changed.
	$(BIN)/python -m tests.build_file

# The stamp is written last, so an install that was interrupted starts again.
$(INSTALLED): requirements.txt
	@set -e; for python in $(PYTHON) none; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then \
	    break; \
	  fi; \
	done; \
	if [ $$python = none ]; then \
	  echo "Python 3.11 is needed; none of these is it: $(PYTHON)." >&2; \
	  echo "Install it, or name it: make PYTHON=/path/to/python3.11 ..." >&2; \
	  exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python cannot make virtual environments." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3.11-venv" >&2; \
	  exit 1; \
	fi; \
	echo "Installing the packages of requirements.txt into .venv; this takes some minutes."; \
	$$python -m venv .venv; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt; \
	touch $@
