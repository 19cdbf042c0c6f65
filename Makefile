# Client Registry. Every target makes what it needs first; `make help` lists them.

PYTHON ?= python3
PORT ?= 4566
VENV := .venv
BIN := $(VENV)/bin
ENVIRONMENT := $(VENV)/.synced
UV := $(BIN)/uv

export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The environment: made once, synced again when a pin changes.
$(ENVIRONMENT): requirements/uv.txt requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/uv.txt
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@

.PHONY: venv
venv: $(ENVIRONMENT) ## Make or refresh the environment in .venv

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(ARGS)

.PHONY: lock
lock: $(ENVIRONMENT) ## Pin the dependencies again (ARGS=--upgrade for newer ones)
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt \
		--output-file layers/registry/requirements.txt

.PHONY: clean
clean: ## Remove what the build and the tools made; keeps .venv and the local stack's data
	rm -rf .aws-sam .hypothesis .mypy_cache .pytest_cache .ruff_cache
