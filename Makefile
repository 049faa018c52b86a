# Two commands do everything: make demo, make test.
PYTHON ?= python3
VENV   ?= .venv
FUZZ_SECONDS ?= 60
BIN    := $(VENV)/bin
LOCKS  := .ci/locks
# Spark needs Java and the browser tests Chromium; their packages are large and installed only where they can run.
TEST_LOCKS := $(LOCKS)/test.txt \
    $(if $(shell command -v java 2>/dev/null),$(LOCKS)/spark.txt) \
    $(if $(shell command -v chromium google-chrome 2>/dev/null),$(LOCKS)/browser.txt)
# Exactly the versions of the locks, and of no file with another hash; storykin itself from this checkout.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(addprefix -r ,$(1)) \
    && $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .

# The tests start several hundred processes, each of which would compile the code anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: fuzz soak demo test test-loaded upgrade setup setup-test setup-bench setup-docs docs lint types imports unit bench bench-crawl bench-growth quality image clean

demo: $(VENV)/.setup
	$(BIN)/storykin demo

test: setup-test lint types imports unit

setup: $(VENV)/.setup
setup-test: $(VENV)/.setup-test

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.setup: pyproject.toml $(LOCKS)/run.txt | $(BIN)/python
	$(call INSTALL,$(LOCKS)/run.txt)
	@touch $@

$(VENV)/.setup-test: pyproject.toml $(TEST_LOCKS) | $(BIN)/python
	$(call INSTALL,$(TEST_LOCKS))
	@touch $@ $(VENV)/.setup

# Renews the locks: the newest versions that pyproject.toml allows, alike in all of them. To be tested and committed.
upgrade: $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade uv
	PATH="$(BIN):$$PATH" .ci/lock

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-test
	$(BIN)/mypy

imports: setup-test
	$(BIN)/lint-imports

unit: setup-test
	$(BIN)/pytest -n 3 --dist worksteal

# The tests on a busy machine: beside four processes that do nothing but take processor time.
test-loaded: setup-test
	@loops=; for loop in 1 2 3 4; do (while :; do :; done) & loops="$$loops $$!"; done; \
	trap "kill $$loops" EXIT; $(BIN)/pytest -n 3 --dist worksteal

# Rewrites docs/schema.md from the code; a test fails where it is out of date.
schema: setup-test
	$(BIN)/python -m tools.schema_document > docs/schema.md.part
	mv docs/schema.md.part docs/schema.md

# The documentation as a site in docs/_build/html that opens without a network. A link that leads nowhere is an error.
docs: setup-docs
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

setup-docs: $(VENV)/.setup
	$(call INSTALL,$(LOCKS)/docs.txt)

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
	$(call INSTALL,$(LOCKS)/bench.txt)

# The long forms of what the tests show in short: kills, 20,000 pages with errors of every kind, workers. Hours.
soak: setup-test
	STORYKIN_SOAK=1 $(BIN)/pytest -n 3 --dist worksteal
	$(BIN)/python -m benchmarks.soak_kills --kills 100
	$(BIN)/python -m benchmarks.soak_pages
	$(BIN)/python -m benchmarks.workers

# Mutated pages, feeds, archives and robots files in two processes, for a minute; then how CPU grows with the input.
fuzz: setup-test
	$(BIN)/python -m benchmarks.fuzz --seconds $(FUZZ_SECONDS)
	$(BIN)/python -m benchmarks.fuzz --growth

# The image, and that it knows its portals without any volume or database.
image:
	docker build --quiet --tag storykin .
	docker run --rm storykin portals list >/dev/null
	STORYKIN_CONTACT=ops@storykin.example STORYKIN_MONGODB_PASSWORD=check docker compose config --quiet

clean:
	rm -rf $(VENV) docs/_build .storykin .mypy_cache .ruff_cache .pytest_cache
