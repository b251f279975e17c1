# Every target sets up what it needs below .venv, with pip alone; a second run is instant.
# `make test ARGS="-k polls"` hands arguments on. PYTHON=python3.12 chooses the interpreter,
# DJANGO=6.0 the Django of .venv.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help demo dev lint fmt types test test-all matrix golden servers cover readme build check bench clean

DJANGO ?= 5.2
ARGS ?=
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist loadgroup
NO_SERVER := not server and not atlas
DIFFERENTIAL := (server or public) and not atlas

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

# --- the environment, in layers ------------------------------------------------------------------
$(PY):
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.10; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then \
			echo "making $(VENV) with $$($$python --version)" >&2; \
			"$$python" -m venv $(VENV) || exit 1; exit 0; \
		fi; \
	done; \
	echo "make: no Python 3.10 or newer with venv was found (tried python3, python3.13 to python3.10): install one, on Debian with 'apt-get install python3-venv', or name it with PYTHON=" >&2; \
	exit 1

$(VENV)/.installed: pyproject.toml replayer/__init__.py | $(PY)
	@echo "installing replayer into $(VENV)" >&2
	@$(PIP) install "Django~=$(DJANGO).0" -e . >&2
	@touch $@

$(VENV)/.test: $(VENV)/.installed
	@echo "installing what the tests need" >&2
	@$(PIP) install "Django~=$(DJANGO).0" -e '.[test]' >&2
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@echo "installing the developers' tools" >&2
	@$(PIP) install "Django~=$(DJANGO).0" -e '.[dev]' >&2
	@touch $(VENV)/.test $@

# mysqlclient is built from source: libmariadb-dev, pkg-config and gcc come with `make servers`.
$(VENV)/.public: $(VENV)/.dev
	@echo "installing the public packages and the servers' drivers" >&2
	@$(PIP) install "Django~=$(DJANGO).0" -e '.[dev,public,mysql]' >&2
	@touch $@

# --- for a person's first five minutes -----------------------------------------------------------
demo: $(VENV)/.installed ## the schema of fixtures/projects/polls for SQLite, then its drift check
	@echo "\$$ cd fixtures/projects/polls && python -m replayer --dialect sqlite" >&2
	@cd fixtures/projects/polls && $(PY) -m replayer --dialect sqlite
	@if $(PY) -m replayer check --help >/dev/null 2>&1; then \
		echo "\$$ python -m replayer check" >&2; \
		cd fixtures/projects/polls && $(PY) -m replayer check; \
	else \
		echo "\$$ python -m replayer --dialect postgresql" >&2; \
		cd fixtures/projects/polls && $(PY) -m replayer --dialect postgresql; \
	fi

test: $(VENV)/.test ## the tests that need no server
	@$(PYTEST) -m "$(NO_SERVER)" $(ARGS)

# --- for developers ------------------------------------------------------------------------------
dev: $(VENV)/.dev ## .venv with all the tools

lint: $(VENV)/.dev ## ruff, and the contract of the floors
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(BIN)/lint-imports --no-cache

fmt: $(VENV)/.dev ## format, and mend what ruff can mend
	@$(PY) -m ruff check --fix-only .
	@$(PY) -m ruff format .

types: $(VENV)/.dev ## mypy --strict
	@$(PY) -m mypy

servers: ## install and start PostgreSQL, MariaDB and MySQL (Debian 12, root)
	@.ci/servers install
	@.ci/servers start

test-all: $(VENV)/.public ## what needs servers or public packages too; `make servers` comes first
	@eval "$$(.ci/servers env; .ci/atlas env)" && $(PYTEST) $(ARGS)

# CI has run the others by then.
.PHONY: test-differential atlas-engine test-atlas
test-differential: $(VENV)/.public
	@eval "$$(.ci/servers env)" && $(PYTEST) -m "$(DIFFERENTIAL)" $(ARGS)

atlas-engine: ## build what the Atlas tests plan with: the tool if it is served, and a program of its library (Go, gcc)
	@.ci/atlas build

test-atlas: $(VENV)/.public atlas-engine ## the Atlas source: the guide, files, and plans without noise; `make servers` comes first
	@eval "$$(.ci/servers env; .ci/atlas env)" && $(PYTEST) -m atlas $(ARGS)

matrix: $(VENV)/.dev ## the fast tests on every Django and Python that is here
	@$(PY) -m tox run --result-json $(VENV)/matrix.json $(ARGS)

golden: $(VENV)/.test ## write the golden files anew; review the diff as code
	@REPLAYER_WRITE_GOLDEN=1 $(PY) -m pytest -q -m "$(NO_SERVER)" tests/golden $(ARGS)
	@git --no-pager diff --stat -- fixtures/golden

cover: $(VENV)/.dev ## the tests that need no server, and the lines they miss
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest -q -m "$(NO_SERVER)" $(ARGS)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

readme: $(VENV)/.test ## prove the README against the tool
	@$(PY) -m pytest -q tests/test_readme.py $(ARGS)

build: $(VENV)/.dev ## the wheel and the source distribution
	@rm -rf build dist
	@$(PY) -m build --quiet
	@ls dist

check: lint types test ## all that CI runs without servers

bench: $(VENV)/.public ## time and memory against the floor, makemigrations, the peer and migrate
	@$(PY) -m tests.bench.run $(ARGS)

clean: ## remove what was made
	rm -rf $(VENV) .tox .cache build dist
