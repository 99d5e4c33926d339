# The whole project from one terminal: `make run`, `make test`, `make soak`, `make check`.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
BIN := .venv/bin
# Each worker has its own PostgreSQL; a file's tests stay together, because they share their rows.
# In the order of their names the long files of the browser begin, and short ones end the run.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run setup test soak check bench

run: .venv/.runtime
	@exec $(BIN)/python -m dashboard serve --host $(HOST) --port $(PORT)

setup: .venv/.development

test: setup
	@$(PYTEST)

# All examples of every random test, and the repeated stress.
soak: setup
	@$(PYTEST) --hypothesis-profile full -m "soak or hypothesis"

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 2 queries
	@$(PYTEST)

# Options: make bench BENCH="--submissions 1000000"
bench: setup
	@$(BIN)/python -m tests.bench $(BENCH)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing the pinned packages of requirements.txt (about a minute, once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt .venv/.runtime
	@echo "Installing the test tools of requirements-dev.txt (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
