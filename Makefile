# `make train` and `make test` need only Python 3.11, 3.12 or 3.13: the first call installs the
# packages of requirements.txt into .venv. ARGS is passed on to the command, for example
#   make train ARGS="--steps=100"      make test ARGS="-k skeleton"

# Tried in this order; the first that is Python 3.11, 3.12 or 3.13 creates the environment.
PYTHON ?= python3.11 python3.12 python3.13 python3 python
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help train studio test test-slow smoke lint format benchmark campaign

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

train: $(INSTALLED) ## Train on the synthetic data and leave pictures and metrics in runs/.
	$(BIN)/python -m sagcn_tf.train $(ARGS)

studio: $(VENV)/installed-studio ## Open a page that generates motion and plays it.
	$(BIN)/python -m sagcn_tf.studio --run_dir=pretrained $(ARGS)

# The run of the smoke test is left out, whose parts other tests show.
PYTEST = $(BIN)/python -m pytest --numprocesses=2 --dist=loadfile \
  --deselect=tests/test_smoke.py::test_a_run_trains_and_generates

test: lint $(VENV)/installed-studio $(VENV)/installed-browser ## Run the linter and all but the slow tests.
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: $(VENV)/installed-studio $(VENV)/installed-browser ## Run the slow tests: several processes, compiled code.
	$(PYTEST) -m slow $(ARGS)

smoke: $(INSTALLED) ## Import every module, train two steps and generate a clip.
	$(BIN)/python -m pytest tests/test_smoke.py $(ARGS)

lint: $(INSTALLED) ## Check style and formatting.
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

format: $(INSTALLED) ## Fix what the linter can fix, and format.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

benchmark: $(INSTALLED) ## Measure everything that has a goal: docs/performance.md.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-benchmark.txt
	$(BIN)/python -m benchmarks.all $(ARGS)

campaign: $(INSTALLED) ## Break things on purpose for 40 minutes: docs/reliability.md.
	$(BIN)/python -m tests.campaign.run $(ARGS)

$(VENV)/installed-%: requirements-%.txt $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# The stamp is written last, so an interrupted install starts over.
$(INSTALLED): requirements.txt
	@set -e; for python in $(PYTHON) none; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	      2>/dev/null; then \
	    break; \
	  fi; \
	done; \
	if [ $$python = none ]; then \
	  echo "Python 3.11, 3.12 or 3.13 is needed; none of these is one: $(PYTHON)." >&2; \
	  echo "Install one, or name it: make PYTHON=/path/to/python3.13 ..." >&2; \
	  exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python cannot create virtual environments." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; \
	fi; \
	echo "Installing the packages of requirements.txt into $(VENV); this takes a few minutes."; \
	$$python -m venv $(VENV); \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt; \
	touch $@
