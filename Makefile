# Everything runs from a machine that has Python 3.11, git and make. `make run` is the whole house.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export npm_config_update_notifier := false

# Tests and checks have a home of their own, so they never meet a running city.
TEST_HOME := $(CURDIR)/var/test
# What starts whole houses, kills processes or drives a browser runs after the rest, one at a time.
ALONE := tests/browser tests/twin/test_kill.py tests/notices/test_killed_sender.py tests/config/test_run.py tests/config/test_supervisor.py tests/config/test_embedded.py
PYTHON_READY := .venv/.ready
NODE_READY := web/node_modules/.ready
FACES_READY := src/wangge/static/.ready
COMMANDS_PAGE := WANGGE_HOME=$(TEST_HOME) python -m typer wangge.config.command utils docs --name wangge --title wangge
HAS_WEB := $(wildcard web/package.json)
WEB_SOURCES := $(shell find web -type d \( -name node_modules -o -name dist -o -name dev-dist \) -prune -o -type f -print 2>/dev/null)

.PHONY: help setup run test check fix api diagrams bench docs clean chromium office check-python check-web

help: ## say what there is
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(PYTHON_READY) $(if $(HAS_WEB),$(FACES_READY)) ## everything the house needs, into .venv, web/node_modules and src/wangge/static

run: setup office ## the whole house on http://127.0.0.1:8000; Ctrl-C ends it (options: ARGS="--port 8080")
	@exec $(BIN)/wangge run $(ARGS)

test: setup chromium office ## all tests, on a real PostgreSQL, in Chromium and with LibreOffice (options: ARGS="-k closed")
	@mkdir -p $(TEST_HOME); export WANGGE_HOME=$(TEST_HOME); \
	trap '$(BIN)/python -m wangge.config.embedded stop' EXIT; \
	$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),$(BIN)/python -m pytest -n auto $(ALONE:%=--ignore=%); $(BIN)/python -m pytest $(ALONE)); \
	$(if $(HAS_WEB),cd web && npm run --silent test)

check: setup check-python $(if $(HAS_WEB),check-web) ## form, types, contracts and drift
	@echo "check: all good"

check-python:
	ruff format --check src tests benchmarks
	ruff check src tests benchmarks
	mypy
	lint-imports
	@mkdir -p $(TEST_HOME); export WANGGE_HOME=$(TEST_HOME); set -x; \
	wangge manage makemigrations --check --dry-run; \
	python -m wangge.config.openapi --check; \
	python -m wangge.config.diagrams --check; \
	$(COMMANDS_PAGE) --output $(TEST_HOME)/commands.md >/dev/null; \
	diff docs/reference/commands.md $(TEST_HOME)/commands.md || { echo "the page has drifted: make docs"; exit 1; }

check-web:
	cd web && npm run --silent api:check
	cd web && npm run --silent lint
	cd web && npm run --silent typecheck
	cd web && npm run --silent budget

fix: $(PYTHON_READY) ## put into form what a machine can
	ruff check --fix src tests benchmarks
	ruff format src tests benchmarks
	$(if $(HAS_WEB),cd web && npm run --silent fix)

api: setup ## contracts/openapi.json and the TypeScript client
	WANGGE_HOME=$(TEST_HOME) python -m wangge.config.openapi
	$(if $(HAS_WEB),cd web && npm run --silent api)

diagrams: $(PYTHON_READY) ## the state diagrams, from the state tables
	WANGGE_HOME=$(TEST_HOME) python -m wangge.config.diagrams

bench: setup ## measurements, each beside a peer or a limit (options: ARGS="locate")
	@WANGGE_HOME=$(CURDIR)/var/bench $(BIN)/python -m benchmarks $(ARGS)

docs: $(PYTHON_READY) ## reference pages that are written by machine: the commands
	$(COMMANDS_PAGE) --output docs/reference/commands.md

clean: ## remove what setup and tests made; the city in var/ stays
	rm -rf .venv web/node_modules src/wangge/static var/test var/bench build dist src/*.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# ---- what setup is made of ----

$(PYTHON_READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 13) else "Wangge needs Python 3.11 or 3.12: make PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "setup: Python packages"
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(NODE_READY): $(PYTHON_READY) web/package.json web/package-lock.json $(wildcard web/packages/*/package.json)
	@echo "setup: web packages"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(FACES_READY): $(NODE_READY) $(WEB_SOURCES)
	@echo "setup: faces"
	@cd web && npm run --silent build
	@touch $@

chromium: # for the browser tests: installed when this account may, otherwise the tests say that they did not run
	@bash .ci/chromium

office: # for PDF: installed when this account may, otherwise the house says that only Word is there
	@bash .ci/office
