# `make demo` and `make test` work from a fresh clone; `make` alone lists what there is.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench assurance strings constraints clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps make a second start take seconds: we install again only when the pins or the project's table change.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Throughline needs Python 3.11 or newer. Name one: make PYTHON=python3.11")'
	@echo "First start: installing Throughline and its libraries into $(VENV). This takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@echo "  1 of 3: the installer" && $(PIP) install --constraint constraints.txt pip
	@echo "  2 of 3: what builds the program" && $(PIP) install --constraint constraints.txt hatchling editables
	@echo "  3 of 3: the libraries and the program" && $(PIP) install --constraint constraints.txt --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-for-work: $(VENV)/installed
	@echo "Installing what the checks and tests need." && $(PIP) install --constraint constraints.txt --group dev
	@touch $@

$(VENV)/installed-for-bench: $(VENV)/installed-for-work
	@echo "Installing what is measured beside." && $(PIP) install --constraint constraints.txt --group bench
	@touch $@

demo: $(VENV)/installed ## Serve a synthetic county on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(BIN)/throughline demo --port $(PORT)

test: $(VENV)/installed-for-work ## Run every check and every test, on both databases and in a browser
	@scripts/test.sh

lint: $(VENV)/installed-for-work ## Run only the checks that read the code
	@scripts/lint.sh

bench: $(VENV)/installed-for-bench ## Measure what we promise about speed (MOST=10000 for smaller sizes)
	@$(BIN)/python -m benchmarks $(MOST)

assurance: $(VENV)/installed-for-work ## Run what is too long for every day (marked `assurance`), and properties on many examples
	@scripts/test.sh -m "assurance or hypothesis" --hypothesis-profile assurance --timeout 3600

strings: $(VENV)/installed-for-work ## Gather every sentence for translators in locale/throughline.pot
	@mkdir -p locale
	@$(BIN)/python -m babel.messages.frontend --quiet extract --mapping-file babel.cfg --no-location --sort-output --project Throughline --output-file locale/throughline.pot .
	@echo "$$(grep -c '^msgid' locale/throughline.pot) sentences and words in locale/throughline.pot"

constraints: $(VENV)/installed-for-bench ## Write the installed versions into constraints.txt, without addresses
	@$(BIN)/pip freeze --all --exclude-editable --exclude setuptools | grep -v '@' | LC_ALL=C sort -f > constraints.txt

clean: ## Remove the virtual environment, the demonstration's data and every cache
	rm -rf $(VENV) var dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
