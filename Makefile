# Everything that is built, run or tested goes through here; CI and the Dockerfile call the same targets.
PYTHON ?= python3
BIN := .venv/bin
SERVICE := $(BIN)/python service.py
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade

.PHONY: demo run check health test lint bench lock clean runtime packages .venv

demo: runtime
	$(SERVICE) demo $(ARGS)

run: runtime
	$(SERVICE) run $(ARGS)

check: runtime
	$(SERVICE) check $(ARGS)

health: runtime
	$(SERVICE) health $(ARGS)

test: packages lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv
	$(BIN)/python -m bench $(ARGS)

# The manuals' lists of file kinds, from the code.
kinds: .venv
	$(BIN)/python -m parsers.kinds README.md README.zh-CN.md

# Debian packages that tests need: installed where that is allowed, otherwise named with the tests that are left out.
packages:
	@sh tests/packages.sh

# `runtime` is what the service needs, `.venv` what its developers need besides. Stamps make repeated calls cheap.
runtime: .venv/runtime.stamp
.venv: .venv/dev.stamp

.venv/bin/python:
	$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("Python 3.11 to 3.13 is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.lock | .venv/bin/python
	$(INSTALL) -r requirements.lock
	touch $@

.venv/dev.stamp: requirements.lock requirements-dev.lock | .venv/bin/python
	$(INSTALL) -r requirements.lock -r requirements-dev.lock
	touch .venv/runtime.stamp $@

# New pins (needs uv on the PATH). The locks hold versions and hashes, never where files come from.
lock:
	$(LOCK) --extra demo pyproject.toml --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
