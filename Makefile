# Every target sets up what it needs first: a clone, Python 3.11 or newer, git and make are enough.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where bytecode is not kept, each of the many processes that the tests start compiles the bot anew.
unexport PYTHONDONTWRITEBYTECODE
# Half of an end-to-end test is waiting, so there are more workers than cores; each wants some 300 MB.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(len(getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))(0)) * 3 // 2 or 1, 8))')

.PHONY: setup demo test lint format bench lock clean

setup: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Countersign needs Python 3.11 or newer; name one with make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

# The main job from nothing but this clone: pull requests being held and released. ONCE=1 ends after the story.
demo: setup
	$(BIN)/python -m tests.demo $(if $(ONCE),--once)

test: setup
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m benchmarks $(ARGS)

# Pins every dependency with its hashes, after an edit of pyproject.toml.
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe --no-header
lock: setup
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
