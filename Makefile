# Two commands do everything: make demo, make test.
comma := ,
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Spark needs Java; its extra is half a gigabyte, so it is installed only where it can run.
TEST_EXTRAS := embedded,parquet,fast,corpus,dev$(if $(shell command -v java 2>/dev/null),$(comma)spark)


.PHONY: demo test setup setup-test lint types imports unit bench quality clean

demo: $(VENV)/.setup
	$(BIN)/storykin demo

test: setup-test lint types imports unit

setup: $(VENV)/.setup
setup-test: $(VENV)/.setup-test

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/.setup: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded,parquet]'
	@touch $@

$(VENV)/.setup-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$(TEST_EXTRAS)]'
	@touch $@ $(VENV)/.setup

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-test
	$(BIN)/mypy

imports: setup-test
	$(BIN)/lint-imports

unit: setup-test
	$(BIN)/pytest -n 2 --dist worksteal

clean:
	rm -rf $(VENV) .storykin .mypy_cache .ruff_cache .pytest_cache
