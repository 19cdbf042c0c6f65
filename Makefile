# Client Registry. Every target makes what it needs first; `make help` lists them.

PYTHON ?= python3
PORT ?= 4566
CONFIG ?= dev
export ARCHITECTURE ?= arm64
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

.PHONY: run
run: $(ENVIRONMENT) ## Start the local stack and stay up until Ctrl-C (PORT=4566)
	@python -m ops.local run --port $(PORT)

.PHONY: up
up: $(ENVIRONMENT) ## Start the local stack in the background (PORT=4566)
	@python -m ops.local up --port $(PORT)

.PHONY: down
down: $(ENVIRONMENT) ## Stop the local stack; its data stays
	@python -m ops.local down

# The stack tests measure throttling and races, so nothing else runs beside them.
.PHONY: test
test: $(ENVIRONMENT) ## Run every test
	pytest --numprocesses auto --ignore tests/stack
	pytest tests/stack

.PHONY: check
check: $(ENVIRONMENT) ## Lint, formatting, types, template
	ruff check
	ruff format --check
	mypy
	cfn-lint template.yaml
	sam validate --lint --region us-east-1

.PHONY: build
build: $(ENVIRONMENT) ## Build what is deployed (ARCHITECTURE=arm64), print the layer's size
	sam build --parameter-overrides Architecture=$(ARCHITECTURE)

.PHONY: deploy
deploy: build ## Deploy to AWS as samconfig.toml says (CONFIG=dev)
	sam deploy --config-env $(CONFIG)

.PHONY: bench
bench: $(ENVIRONMENT) ## Measure the handlers
	@python -m ops.bench $(ARGS)

.PHONY: openapi
openapi: $(ENVIRONMENT) ## Write docs/openapi from the code
	@python -m ops.openapi

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(ARGS)

# email-validator asks DNS only when told to check deliverability, which the registry never does.
NOT_IN_LAYER := dnspython

.PHONY: lock
lock: $(ENVIRONMENT) ## Pin the dependencies again (ARGS=--upgrade for newer ones)
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt \
		$(addprefix --no-emit-package ,$(NOT_IN_LAYER)) \
		--output-file layers/registry/requirements.txt

.PHONY: clean
clean: ## Remove what the build and the tools made; keeps .venv and the local stack's data
	rm -rf .aws-sam .hypothesis .mypy_cache .pytest_cache .ruff_cache
