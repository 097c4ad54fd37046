PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
TIMES  ?= 20
# One process more than there are cores, as many tests wait for others that they started.
JOBS   ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.PHONY: demo day test fuzz bench lint clean

# Score the customers of an example: sets up a virtual environment on first use.
demo: $(VENV)/.installed
	$(BIN)/interact score examples/retail_bank --customers examples/retail_bank/customers.parquet \
	  --as-of 2026-11-24 --out out/demo --overwrite

# A day of traffic: score, serve, simulate, import, suppress, report; all figures must agree.
day: $(VENV)/.installed-dev
	$(BIN)/python examples/day/run.py

# Set up, then run all tests; those of a file stay together.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

# Try the property tests again and again, on inputs that the gate does not have.
fuzz: $(VENV)/.installed-dev
	for n in $$(seq $(TIMES)); do $(BIN)/python -m pytest -q -x -n $(JOBS) --dist loadfile \
	  --hypothesis-profile random $$(grep -rlE '@given|RuleBased' tests) || exit 1; done

# Measure against the bars; QUICK=1 takes four minutes.
bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

# Check format, lints, types and import contracts.
lint: $(VENV)/.installed-dev
	@mkdir -p build/links/interact
	@for p in grammar compiler runtime stdlib; do ln -sfn ../../../$$p build/links/interact/$$p; done
	@for f in __init__.py __main__.py py.typed; do ln -sfn ../../../runtime/facade/$$f build/links/interact/$$f; done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=build/links $(BIN)/lint-imports

$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.installed-dev: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
