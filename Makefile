# Client Registry. Every target makes what it needs first; `make help` lists them.

PYTHON ?=
PORT ?= 4566
ENVIRONMENT ?= dev
export ARCHITECTURE ?= arm64
VENV := .venv
BIN := $(VENV)/bin
SYNCED := $(VENV)/.synced
UV := $(BIN)/uv

export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0
MAKEFLAGS += --no-print-directory

ifeq ($(origin HOST),command line)
$(error The local stack runs code for whoever reaches it, so HOST is gone; CONTAINERS=1 lets containers in)
endif

.DEFAULT_GOAL := help
.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ First steps

# The environment: made once, synced again when a pin changes, and made anew when it does not work.
$(SYNCED): requirements/uv.txt requirements/dev.txt pyproject.toml
	@PYTHON="$(PYTHON)" sh tools/setup.sh

# checkov pins versions that ours contradict, so it has an environment of its own.
CHECKOV := .venv-checkov
$(CHECKOV)/.synced: requirements/checkov.txt $(SYNCED)
	@test -x $(CHECKOV)/bin/python || python -m venv $(CHECKOV)
	@$(UV) pip sync --quiet --python $(CHECKOV)/bin/python --require-hashes requirements/checkov.txt
	@touch $@

# The tools that npm has: exact versions in package.json, their hashes in the lock.
NODE := .local/node
NODE_BIN := $(NODE)/node_modules/.bin
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
$(NODE)/.synced: requirements/node/package.json requirements/node/package-lock.json
	@command -v npm >/dev/null || { echo "The OpenAPI documents are linted by tools from npm: install Node.js 20.19 or newer." >&2; exit 1; }
	@mkdir -p $(NODE)
	@cp requirements/node/package.json requirements/node/package-lock.json $(NODE)
	@npm ci --prefix $(NODE) --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# The generator of Python clients pins an older typer than ours.
CLIENTS := .venv-clients
$(CLIENTS)/.synced: requirements/clients.txt $(SYNCED)
	@test -x $(CLIENTS)/bin/python || python -m venv $(CLIENTS)
	@$(UV) pip sync --quiet --python $(CLIENTS)/bin/python --require-hashes requirements/clients.txt
	@touch $@

.PHONY: venv
venv: $(SYNCED) ## Make or refresh the environment in .venv

.PHONY: run
run: $(SYNCED) ## Serve the local stack until Ctrl-C; print requests, deploy edits (PORT=4566 CONTAINERS=1)
	@python -m tools.local run --port $(PORT) $(if $(CONTAINERS),--containers)

.PHONY: up
up: $(SYNCED) ## Start the local stack in the background (PORT=4566 CONTAINERS=1)
	@python -m tools.local up --port $(PORT) $(if $(CONTAINERS),--containers)

.PHONY: down
down: $(SYNCED) ## Stop the local stack; its data stays
	@python -m tools.local down

.PHONY: logs
logs: $(SYNCED) ## Print the requests to the local stack and what went wrong in functions, and follow
	@python -m tools.local logs

.PHONY: reset
reset: $(SYNCED) ## Stop the local stack and delete its data and credentials
	@python -m tools.local reset

##@ Test and check

# Thousands of cases that are made from the declarations. They run the same lines again and again, so
# that tracing them for coverage would cost much and tell nothing.
GENERATED_CONTRACT_TESTS := $(addprefix tests/contract/, \
	test_access.py test_deadline.py test_malformed_events.py test_repeated_values.py)
GENERATED_TESTS := tests/faults $(GENERATED_CONTRACT_TESTS)

# The stack tests wait for another process as much as they work, so two files run at a time, each
# worker with a stack of its own; more would only wait for each other. The order
# is the folder's: xdist's own puts the longest file, which has the fewest tests, at the end.
.PHONY: test
test: $(SYNCED) ## Run all tests but those of the targets below (COVERAGE=--cov measures too)
	pytest --numprocesses auto tests/unit tests/contract tests/conformance \
		$(addprefix --ignore ,$(GENERATED_TESTS) $(GROWTH_TESTS) $(RACE_TESTS)) $(COVERAGE)
	pytest --numprocesses auto $(GENERATED_TESTS)
	pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder \
		--ignore $(OPENAPI_TESTS) --ignore $(SITE_TESTS) tests/stack

# Schemathesis sends thousands of requests, which takes as long as all other stack tests together;
# it has news only when a document or the edge of a contract changed. So it is not part of `test`.
OPENAPI_TESTS := tests/stack/test_openapi.py

.PHONY: test-openapi
test-openapi: $(SYNCED) ## Call every operation as its OpenAPI document says (schemathesis)
	pytest --numprocesses 2 $(OPENAPI_TESTS)

# A browser is more than a machine without a screen has; Debian calls this one chromium.
SITE_TESTS := tests/stack/test_site.py
$(VENV)/.browser: requirements/browser.txt $(SYNCED)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements/browser.txt
	@touch $@

.PHONY: test-docs
test-docs: $(VENV)/.browser docs ## Look at the reference site in a browser, and try calls on it (chromium)
	pytest -n0 $(SITE_TESTS)

.PHONY: test-clients
test-clients: $(SYNCED) $(NODE)/.synced $(CLIENTS)/.synced ## Generate typed clients from the OpenAPI documents and compile calls
	pytest --numprocesses 2 tests/clients

# The probe compares processor time, which the tracing of a coverage run would distort.
GROWTH_TESTS := tests/contract/test_growth.py tests/unit/test_growth.py

.PHONY: test-growth
test-growth: $(SYNCED) ## Probe that no request costs more than its length explains
	pytest --numprocesses auto $(GROWTH_TESTS)

# `make test` runs the code of the functions on botocore, which the command line has. This target and
# the next run it on the client of `store/http`, which the functions have.
.PHONY: test-client
test-client: export REGISTRY_TEST_CLIENT := own
test-client: $(SYNCED) ## Run the store, contract and fault tests on the functions' own DynamoDB client
	pytest --numprocesses auto $(addprefix --ignore ,$(GROWTH_TESTS) $(RACE_TESTS)) \
		tests/unit/store tests/contract tests/faults

.PHONY: test-histories
test-histories: $(SYNCED) ## Bring 10,000 random stream batches with faults, and check every count
	VIEW_HISTORIES=200 pytest --numprocesses auto tests/unit/projections/test_index.py

# Threads at once need an engine that keeps their transactions apart, as moto does not.
RACE_TESTS := tests/unit/store/test_credentials_races.py tests/unit/store/test_webhooks_races.py

# moto, which `make test` runs on, is more lenient than DynamoDB; AWS's own engine is not. It is asked
# whatever is about what the tables do. Left out is what another engine cannot change: generated cases,
# which end before a table is asked or ask what the other tests ask, what compares documents or costs,
# and the faults that are not DynamoDB's doing.
.PHONY: test-dynamodb
test-dynamodb: export REGISTRY_TEST_CLIENT ?= own
test-dynamodb: $(SYNCED) ## Run the tests of what the tables do on DynamoDB Local (Java 17, npm)
	@python -m tools.dynamodb pytest --numprocesses auto -m "not wire" \
		$(addprefix --ignore ,$(GENERATED_CONTRACT_TESTS) $(GROWTH_TESTS) \
			tests/contract/test_openapi.py tests/contract/test_openapi_prose.py) \
		tests/unit/store tests/unit/ops/cli/test_erasure_commands.py tests/contract \
		tests/conformance/test_calls.py tests/faults/test_matrix.py

.PHONY: check
check: $(SYNCED) $(CHECKOV)/.synced $(NODE)/.synced ## Lint, formatting, types, template, what an endpoint lacks
	@python -m tools.generate --check
	ruff check
	ruff format --check
	mypy
	cfn-lint
	sam validate --lint --region us-east-1
	$(CHECKOV)/bin/checkov --config-file .checkov.yaml
	$(NODE_BIN)/spectral lint --quiet --fail-severity hint docs/openapi/*.json
	$(NODE_BIN)/redocly lint docs/openapi/*.json

# The tests compare the generated files with the code, so there is no separate target for that.
.PHONY: pr
pr: check test ## Run what a pull request has to pass: check, then test

.PHONY: audit
audit: $(SYNCED) ## Look for known vulnerabilities in all pinned packages (needs the internet)
	@for pins in requirements/*.txt layers/*/requirements.txt; do \
		echo "$$pins"; pip-audit --disable-pip --require-hashes --requirement "$$pins" || exit; \
	done

##@ Build and deploy

.PHONY: build
build: $(SYNCED) ## Build functions and layer (ARCHITECTURE=arm64), print the layer's size
	sam build --parameter-overrides Architecture=$(ARCHITECTURE)
	@python layers/registry/trim.py check .aws-sam/build/RegistryLayer/python
	@du -sk .aws-sam/build/MatchingLayer/python | awk '{ print "Layer of matching: " $$1 " KB unzipped" }'

# A container needs a build for this machine's processor, so it has one of its own.
HERE := $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)

.PHONY: container
container: $(SYNCED)
	ARCHITECTURE=$(HERE) sam build --build-dir .aws-sam/container \
		--parameter-overrides Architecture=$(HERE)

.PHONY: invoke
invoke: container ## Invoke FN=PaytrumCreateClient in the Lambda image, on the local stack's tables
	@python -m tools.container invoke "$(FN)"

.PHONY: start-api
start-api: container ## Serve CONTRACT=paytrum with sam local start-api, on the local stack's tables
	@python -m tools.container start-api "$(CONTRACT)"

.PHONY: test-lambda
test-lambda: container ## Invoke every function in the Lambda image and check its response
	@python -m tools.container test

.PHONY: deploy
deploy: build ## Deploy to AWS as samconfig.toml says (ENVIRONMENT=dev ARCHITECTURE=arm64)
	sam deploy --config-env $(ENVIRONMENT) \
		--parameter-overrides "$$(python -m tools.overrides $(ENVIRONMENT) Architecture=$(ARCHITECTURE))"

.PHONY: smoke
smoke: $(SYNCED) ## Check a deployed stack over HTTP (STACK=name; without it the local stack)
	@python -m ops.smoke $(if $(STACK),--stack "$(STACK)")

.PHONY: docs-publish
docs-publish: docs ## Publish the reference site to STACK=name, deployed with PublishDocs=true
	@python -m tools.site.publish $(if $(STACK),--stack "$(STACK)")

##@ Measure

.PHONY: bench-scale
bench-scale: $(SYNCED) ## Print what lists cost at a thousand to a million clients (10 minutes)
	@PYTHONPATH=functions python -m tools.scale

.PHONY: bench
bench: $(SYNCED) ## Measure a create beside a bare boto3 handler and two peers (ARGS="--runs 3")
	@python -m tools.bench $(ARGS)

# Splink brings a database along, so it has an environment of its own.
SPLINK := .venv-splink
$(SPLINK)/.synced: requirements/splink.txt $(SYNCED)
	@test -x $(SPLINK)/bin/python || python -m venv $(SPLINK)
	@$(UV) pip sync --quiet --python $(SPLINK)/bin/python --require-hashes requirements/splink.txt
	@touch $@

.PHONY: bench-match
bench-match: $(SYNCED) $(SPLINK)/.synced ## Find duplicates beside Splink 5 (ARGS="--persons FILE --organisations FILE")
	@python -m tools.match_bench --splink $(SPLINK)/bin/python $(ARGS)

##@ Change

.PHONY: generate
generate: $(SYNCED) ## Write the generated files: template.yaml, events, docs/openapi, docs/collections
	@python -m tools.generate

.PHONY: docs
docs: $(SYNCED) ## Build the reference site, which the local stack serves at /docs (npm)
	@python -m tools.site

.PHONY: openapi
openapi: $(SYNCED) ## Write docs/openapi from the code, as `make generate` does
	@python -m tools.openapi

.PHONY: lists
lists: $(SYNCED) ## Write the lists of ISO, CLDR and IANA as modules (make lock does so too)
	@python -m tools.lists

.PHONY: endpoint
endpoint: $(SYNCED) ## Begin an endpoint: CONTRACT=paytrum NAME=get_balance METHOD=GET ROUTE=/v1/clients/{id}/balance (RESOURCE=clients)
	@python -m tools.generate.endpoint "$(CONTRACT)" "$(NAME)" "$(METHOD)" "$(ROUTE)" "$(RESOURCE)"

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(ARGS)

# email-validator asks DNS only when told to check deliverability, which the registry never does.
NOT_IN_LAYER := dnspython

.PHONY: lock
lock: $(SYNCED) ## Pin the dependencies again (ARGS=--upgrade for newer ones)
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	$(COMPILE) requirements/checkov.in --output-file requirements/checkov.txt
	$(COMPILE) requirements/splink.in --output-file requirements/splink.txt
	$(COMPILE) requirements/clients.in --output-file requirements/clients.txt
	$(COMPILE) --constraint requirements/dev.txt requirements/browser.in \
		--output-file requirements/browser.txt
	npm install --prefix requirements/node --package-lock-only --ignore-scripts --no-audit --no-fund \
		--omit-lockfile-registry-resolved
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt \
		$(addprefix --no-emit-package ,$(NOT_IN_LAYER)) \
		--output-file layers/registry/requirements.txt
	$(COMPILE) --group pyproject.toml:matching --constraint requirements/dev.txt \
		--output-file layers/matching/requirements.txt
	@$(MAKE) lists

.PHONY: clean
clean: ## Remove the output of build and tools; .venv and the local stack's data stay
	rm -rf .aws-sam .hypothesis .mypy_cache .pytest_cache .ruff_cache
