# The one door to everything. A newcomer needs Python 3.11 or newer, make and git: `make demo`.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
SRC := $(wildcard market bidding intermediaries)
CODE := $(SRC) $(wildcard migrations tests bench wsgi.py)
# N=custodian for the custodian's own database.
N := alembic
ALEMBIC := $(PY) -m alembic -c migrations/alembic.ini -n $(N)
HISTORY := migrations$(if $(filter-out alembic,$(N)),/$(N))
AUTO := --autogenerate
COMPILE := uv pip compile --quiet --generate-hashes --no-header --python-version 3.11
# Where no database is named, a command works on the demo's own.
SERVERS := $(if $(DATABASE_URL),,$(PY) -m market.db.launcher var/demo --)

.PHONY: help
help: ## Show this page
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Every day
.PHONY: setup demo test fmt check
setup: $(VENV)/.runtime $(VENV)/.development ## Make .venv and install everything, pinned with hashes; PYTHON=python3.12
demo: $(VENV)/.runtime ## Everything set up and running on one address, with people and tenders to play with
	@$(PY) -m market.demo
test: setup ## Everything set up and tested, the long tests left out; T=tests/market for some
	@$(PY) -m pytest -n 3 -m "not long" $(T)
fmt: setup ## Format and mend what can be mended
	@$(PY) -m ruff format $(CODE)
	@$(PY) -m ruff check --fix $(CODE)
check: lint types arch test ## Everything that must pass before a review

##@ One at a time
.PHONY: lint types arch bench dbcheck test-long
lint: setup ## Ruff, format included
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m ruff check $(CODE)
types: setup ## mypy --strict
	@$(PY) -m mypy $(SRC)
	@$(PY) -m mypy --explicit-package-bases $(wildcard migrations/env.py migrations/*/env.py wsgi.py)
arch: setup ## Import contracts
	@$(PY) -c 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))'
bench: setup ## Measure the goals, each against a limit of the same run, into docs/bench; GOAL=P7 for one
	@$(PY) -m bench $(GOAL)
dbcheck: setup ## Do models and migrations agree?
	@$(PY) -m pytest tests/architecture/test_migrations.py
test-long: setup ## The tests that take long
	@$(PY) -m pytest -n 2 -m long $(T)

##@ Database
.PHONY: migrate migration
migrate: $(VENV)/.runtime ## Bring DATABASE_URL, else the demo's database, to head; N=custodian for the custodian's
	@$(SERVERS) $(ALEMBIC) upgrade head
migration: setup ## New version from the models; M="add complaint suspension"; AUTO= for an empty one, N=custodian
	@test -n "$(M)" || { echo 'say what it does: make migration M="add complaint suspension"'; exit 1; }
	@$(SERVERS) $(ALEMBIC) upgrade head
	@$(SERVERS) $(ALEMBIC) revision $(AUTO) -m "$(M)"
	@ls $(HISTORY)/versions | grep '^[0-9]' | sort | tail -n 1 | sed 's/\.py$$//' > $(HISTORY)/.current-head

##@ Papers
.PHONY: docs notice screenshots lock clean
docs: setup notice ## Write what is made from tables and rulebooks: docs/states, docs/laws.md, NOTICE
	@$(PY) -m tests.support.write_docs
notice: setup ## Write the list of distributions and licences in NOTICE
	@$(PY) -m tests.support.write_notice
screenshots: setup ## Take the pictures of the main pages into docs/screens; needs Chromium
	@$(PY) -m tests.browser.screenshots $(AT)
lock: $(VENV)/.runtime ## Pin what requirements.in and requirements-dev.in ask for, with hashes
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@$(PY) -m $(COMPILE) requirements.in -o requirements.txt
	@$(PY) -m $(COMPILE) requirements-dev.in -o requirements-dev.txt
	@$(MAKE) --no-print-directory notice
clean: ## Remove what can be made again: caches, and the databases of demo and tests
	@for held in var/demo var/test/*; do \
		if [ -d "$$held" ]; then $(PY) -m market.db.launcher --remove "$$held" || exit 1; fi; \
	done
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is remembered in two stamps, so that the second time is quick.
$(VENV)/.runtime: requirements.txt | $(VENV)/.made
	@echo "Installing what the product runs with"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what tests and checks need"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# A .venv made by hand is kept if it works; one left half made is made anew.
$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer, or say make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old: Python 3.11 or newer is needed; say make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment: apt-get install python3-venv"; exit 1; }
	@$(PY) -c 'import sys, pip; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@touch $@
