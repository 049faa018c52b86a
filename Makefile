# Two commands do everything: make demo, make test.
comma := ,
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Spark needs Java and the browser tests Chromium; their extras are large and installed only where they can run.
TEST_EXTRAS := embedded,parquet,data,fast,corpus,dev$(if $(shell command -v java 2>/dev/null),$(comma)spark)$(if $(shell command -v chromium google-chrome 2>/dev/null),$(comma)browser)


.PHONY: soak demo test setup setup-test setup-bench lint types imports unit bench bench-crawl bench-growth quality image clean

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
	$(BIN)/pytest -n 3 --dist worksteal

# Rewrites docs/schema.md from the code; a test fails where it is out of date.
schema: setup-test
	$(BIN)/python -m storage.maintenance.schema_document > docs/schema.md.part
	mv docs/schema.md.part docs/schema.md

# Scores against the measuring data in ../shared (or STORYKIN_SHARED) and rewrites docs/quality.md.
quality: setup-test
	$(BIN)/python -m benchmarks.quality_extraction
	$(BIN)/python -m benchmarks.quality_related
	$(BIN)/python -m benchmarks.quality_dedupe
	$(BIN)/python -m benchmarks.leaks

# Side by side in one run each; the ratios go to docs/performance.md by hand, with the spread.
bench: setup-bench
	$(BIN)/python -m benchmarks.signatures
	$(BIN)/python -m benchmarks.corpus --growth 10000 100000 --baseline 20000
	$(BIN)/python -m benchmarks.index --stored 100000 --articles 10000 --batch 500

# storykin beside other crawlers, each from the package index in an environment of its own below .venv-bench
# (or STORYKIN_BENCH_ENVIRONMENTS); the table goes into docs/performance.md. About half an hour.
bench-crawl: setup-test
	$(BIN)/python -m benchmarks.crawl

# How cost grows with the store, the frontier and the workers: figures and curves in docs/performance. About an hour.
bench-growth: setup-bench
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.workers --rounds 5
	$(BIN)/python -m benchmarks.plots

setup-bench: setup-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'

# The long forms of what the tests show in short: kills, 20,000 pages with errors of every kind, workers. Hours.
soak: setup-test
	STORYKIN_SOAK=1 $(BIN)/pytest -n 3 --dist worksteal
	$(BIN)/python -m benchmarks.soak_kills --kills 100
	$(BIN)/python -m benchmarks.soak_pages
	$(BIN)/python -m benchmarks.workers

# The image, and that it knows its portals without any volume or database.
image:
	docker build --quiet --tag storykin .
	docker run --rm storykin portals list >/dev/null
	STORYKIN_CONTACT=ops@storykin.example STORYKIN_MONGODB_PASSWORD=check docker compose config --quiet

clean:
	rm -rf $(VENV) .storykin .mypy_cache .ruff_cache .pytest_cache
