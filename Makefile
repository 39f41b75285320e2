# The only list of commands. `make demo` and `make test` need Python 3.11, make and a package index.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
ONLY   ?=
PYTEST ?= -n 4

# Python may keep what it compiled: half a second less for each process that the tests start.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix types tables bench verify shots catalogue lock clean reset-demo

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null 2>&1 && P=$(PYTHON) || P=python3; \
	$$P -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Yilu needs Python 3.11 or newer; set PYTHON=…"; exit 1; }; \
	echo "· making an environment in $(VENV)"; $$P -m venv $(VENV)

build/.installed: $(BIN)/python requirements/dev.lock pyproject.toml
	@echo "· installing the locked dependencies (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 
	@mkdir -p build && touch $@

build/.screens: build/.installed package-lock.json tools/vendor.py src/yilu/web/common/icons.txt
	@echo "· fetching the screens' libraries"
	@$(BIN)/python tools/vendor.py
	@touch $@

build/.fonts: build/.screens tools/make_fonts.py
	@echo "· preparing the letters' font"
	@$(BIN)/python tools/make_fonts.py
	@touch $@

setup: build/.installed build/.screens build/.fonts ## make the environment; nothing outside this folder is touched
	@$(BIN)/python tools/catalogue.py compile

demo: setup ## the demo insurer, its web server and its worker; Ctrl-C stops everything
	@$(BIN)/yilu demo

reset-demo: setup ## forget the demo insurer and its data
	@$(BIN)/yilu demo --reset

test: setup ## every test, on a throw-away database
	@$(BIN)/python -m pytest $(PYTEST)

check: setup ## what a reviewer runs first: rules of the house, style, types, migrations
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python tools/templates.py check
	@$(BIN)/mypy src
	@DATABASE_URL= $(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings yilu.site.settings

fix: ## format and mend what can be mended by machine
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python tools/templates.py

types: ## type check
	@$(BIN)/mypy src

tables: setup ## show that migrations and models end at the same tables (a minute)
	@$(BIN)/python -m yilu.site.fresh compare

bench: setup ## measure; ONLY=claims for one group. Results also in build/bench.jsonl
	@$(BIN)/python -m bench $(ONLY)

verify: ## re-compute the evidence chain of the demo insurer
	@$(BIN)/yilu verify

shots: setup ## screenshots of every page of the running demo, phone and desktop
	@$(BIN)/python tools/screenshots.py

lock: ## resolve requirements/*.in anew
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --override requirements/overrides.txt --no-emit-index-url --no-emit-find-links --no-header requirements/dev.in -o requirements/dev.lock
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --override requirements/overrides.txt --no-emit-index-url --no-emit-find-links --no-header requirements/run.in -o requirements/run.lock -c requirements/dev.lock

clean: ## remove what can be made again
	rm -rf build node_modules .pytest_cache .mypy_cache .ruff_cache
