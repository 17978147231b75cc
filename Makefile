# Everything a person does with this repository. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
PROTOC := $(BIN)/python -m grpc_tools.protoc -I protos
PROTOS = $$(cd protos && find . -name '*.proto' | sed 's|^\./||' | sort)

.PHONY: help install up test browser check docs format unit contract e2e bench learning proto lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install:  ## install into .venv, unless that is done already
	@PYTHON='$(PYTHON)' requirements/install.sh

up: install  ## install, prepare and start everything on this machine; Ctrl-C stops it
	@exec $(BIN)/lorelei up

test: check browser  ## run all checks and all tests, the real end-to-end ones too
	$(BIN)/pytest

browser:  ## install Chromium, in which the page is tested
	@requirements/browser.sh

check: install docs  ## format, lint, types, import contract, protobuf, generated stubs, documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy services benchmarks scripts/reference
	$(BIN)/lint-imports
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(MAKE) --no-print-directory proto GEN="$$fresh" && \
		diff -r --exclude=__pycache__ gen "$$fresh" || { echo 'gen/ does not fit protos/: run make proto' >&2; exit 1; }

# Not with --quiet: that hides the warnings from --strict, too.
docs: install  ## build the documentation into build/site; a broken link ends it
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

format: install  ## format the code and put imports in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/buf format --write

unit: install  ## run the unit tests (a minute)
	$(BIN)/pytest tests/unit

contract: install  ## run the contract tests
	$(BIN)/pytest tests/contract

e2e: install  ## run the end-to-end tests with the real model
	$(BIN)/pytest tests/e2e

bench: install  ## measure against a running platform (`make up` in another terminal); results go to docs/benchmarks
	$(BIN)/python benchmarks/idle_memory.py --write docs/benchmarks/idle-memory.md
	$(BIN)/python benchmarks/learn_to_live.py --write docs/benchmarks/learn-to-live.md
	$(BIN)/python benchmarks/gateway_overhead.py --write docs/benchmarks/gateway-overhead.md

RESULTS ?= build/learning.jsonl
SEEDS ?= 3
LEARNING = $(BIN)/python -m benchmarks.learning --out $(RESULTS) --resume
learning: install  ## measure learning against a running platform, for hours; again: goes on where it was interrupted
	mkdir -p $(dir $(RESULTS))
	$(LEARNING) --cases report --seeds $(SEEDS)
	$(LEARNING) --cases report --in-a-row 30
	$(LEARNING) --corrections
	$(BIN)/python -m benchmarks.learning.publish $(RESULTS)

GEN := gen
proto: install  ## generate gen/ from protos/
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(PROTOC) --python_out=$(GEN) --grpc_python_out=$(GEN) \
		--mypy_out=quiet:$(GEN) --mypy_grpc_out=quiet:$(GEN) $(PROTOS)

lock: install  ## write requirements/ anew from the packages in .venv
	$(BIN)/python requirements/lock.py

clean:  ## remove the virtual environment and caches; .lorelei, with all that was taught, stays
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find services gen tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
