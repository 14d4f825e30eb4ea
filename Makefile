# Everything happens in .venv, set up from locked versions; nothing else on the machine is touched.
PYTHON ?= python3
DEMO   ?= scores/11-storm.stoch
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := stochos grammar tests benchmarks models/__init__.py
SETUPTOOLS := setuptools==84.2.1

.PHONY: help demo test check coverage golden bench pictures lock clean

help:            ## what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

.venv/base: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "stochos needs Python 3.11 or later: make PYTHON=python3.12"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) $(SETUPTOOLS) -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q stochos grammar models # as an install does; an editable one does not
	@touch $@

.venv/dev: .venv/base requirements-dev.lock
	$(PIP) -r requirements-dev.lock
	@touch $@

demo: .venv/base ## compile a piece into out/
	$(BIN)/stochos compile $(DEMO) -o out/

test: check      ## every check and every test
	$(BIN)/python -m pytest

check: .venv/dev ## style, types and the import contract
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: .venv/dev ## which branches the tests never took
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

golden: .venv/dev ## rewrite the expected outputs; read the diff before you commit it
	$(BIN)/python -m pytest --update-golden

.venv/bench: .venv/dev requirements-bench.lock
	-$(PIP) -r requirements-bench.lock # without them, their lines are left out
	@touch $@

bench: .venv/bench ## every figure of the README, as ratios measured here
	$(BIN)/python -m benchmarks

pictures: .venv/dev ## the pictures of the README
	$(BIN)/python -m benchmarks.pictures

lock: .venv/dev  ## choose the newest versions that fit pyproject.toml
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade --extra train --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock

clean:           ## take away what was built
	rm -rf .venv out build dist *.egg-info
