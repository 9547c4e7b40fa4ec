# make setup      .venv with the default install          make run    the main job on it
# make setup-all  ... with every extra and the tools      make test   lint gates and fast tests on it
# make docs       the pages, into site/                   make notebooks   execute them, keep the outputs
# Both setups install the versions pinned in constraints-<python version>.txt, and only when that or a pyproject.toml changed.

VENV ?= .venv
# The first supported Python found; 3.11 is the reference. Say PYTHON=... to choose.
PYTHON ?= $(shell for python in python3.11 python3.12 python3; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)
# What make setup-all installs, beside ./models, which needs what torch and reference bring. On Python 3.12 leave torch out unless you want its CUDA build (several GB).
EXTRAS ?= all,dev
WORKERS ?= 2
PYTEST_ARGS ?= --numprocesses=$(WORKERS) --dist=worksteal

BIN := $(VENV)/bin
DEFINITIONS := pyproject.toml models/pyproject.toml $(wildcard constraints-*.txt)
MINOR = $(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# --no-compile: a third faster; Python compiles the modules that are really imported.
# PIP_CONSTRAINT rather than -c, so that the build backend is pinned too.
INSTALL = PIP_CONSTRAINT=constraints-$(MINOR).txt $(BIN)/python -m pip install --quiet --quiet --no-compile

.PHONY: setup setup-all run test test-slow lint format docs notebooks freeze clean
.DELETE_ON_ERROR:

setup: $(VENV)/.stamp-run
setup-all: $(VENV)/.stamp-all

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or 3.12 found; install one or say PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.stamp-run: $(DEFINITIONS) | $(VENV)/pyvenv.cfg
	@echo "installing into $(VENV) from constraints-$(MINOR).txt: the default install"
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.stamp-all: $(DEFINITIONS) | $(VENV)/pyvenv.cfg
	@echo "installing into $(VENV) from constraints-$(MINOR).txt: extras $(EXTRAS) and ./models"
	@$(INSTALL) --editable '.[$(EXTRAS)]'
	@$(INSTALL) --no-deps --editable ./models
	@touch $(VENV)/.stamp-run $@

# What only pages and notebooks need is installed on top of either setup.
$(VENV)/.stamp-docs $(VENV)/.stamp-notebooks: $(VENV)/.stamp-%: $(DEFINITIONS) | $(VENV)/pyvenv.cfg
	@echo "installing into $(VENV) from constraints-$(MINOR).txt: the extra $*"
	@$(INSTALL) --editable '.[$*]'
	@touch $@

docs: $(VENV)/.stamp-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

notebooks: $(VENV)/.stamp-notebooks
	$(BIN)/python notebooks/execute.py $(NOTEBOOKS)

run: setup
	$(BIN)/nasgoat run --benchmark nasbench-graph:cora --initial 10 --budget 20 \
		--features sp+nl --optimizer mip --solver highs --seed 0 --check-exhaustive

lint: setup-all
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -m "not slow" $(PYTEST_ARGS)

test-slow: setup-all
	$(BIN)/pytest -m slow

format: setup-all
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Write down what is installed, after an upgrade that passed the tests.
freeze:
	{ sed '/^[^#]/,$$d' constraints-$(MINOR).txt; \
	  $(BIN)/python -m pip freeze --all --exclude-editable \
	  | sed '/^pip==/d; s/+cpu$$//'; } > constraints.tmp
	mv constraints.tmp constraints-$(MINOR).txt

clean:
	rm -rf $(VENV) site .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
