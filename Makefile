# Every task of the project. `make help` lists them.
#
# Needs make and Python ≥ 3.11. uv is used if it is installed and fetched into .uv/ if not; it
# never downloads a Python.

export UV_PYTHON_DOWNLOADS := never

PYTHON_NEEDED := 3.11
BIN := .venv/bin
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .uv/bin/uv)
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.version_info < (3, 11) and sys.exit(1); print(sys._base_executable)' \
	2>/dev/null && break; done)
MANIFESTS := pyproject.toml uv.lock $(wildcard services/*/pyproject.toml deploy/*/pyproject.toml)
APIS := registry-api jurisdiction-router metrics
CHECKOV := 3.3.30
CLIENTS ?= dist/clients
WORKERS ?= auto

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
		awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'
	@echo
	@echo "  Variables of run: REGISTRY_PORT=8001 ROUTER_PORT=8002 METRICS_PORT=8003 DATA_DIR=.data/"

# --- setting up ---------------------------------------------------------------------------------

.PHONY: setup
setup: $(BIN)/.synced ## Install the project and its dependencies into .venv/

# Messages go to stderr, so that `make token` prints nothing but the token.
$(BIN)/.synced: $(MANIFESTS) | require-python $(filter .uv/bin/uv,$(UV))
	@echo "Installing the project into .venv/ …" >&2
	@$(UV) sync --frozen --quiet --python "$(PYTHON)" >&2
	@touch $@

.PHONY: require-python
require-python:
	@test -n "$(PYTHON)" || { \
		echo "Python $(PYTHON_NEEDED) or newer is needed, and none was found on the PATH." >&2; \
		exit 1; }

.uv/bin/uv: | require-python
	@echo "Fetching uv into .uv/ …" >&2
	@"$(PYTHON)" -m venv .uv >&2 || { \
		echo "$(PYTHON) cannot make a virtual environment: install python3-venv, or uv." >&2; \
		rm -rf .uv; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check uv >&2

# --- running ------------------------------------------------------------------------------------

.PHONY: run
run: $(BIN)/.synced ## Run everything on this machine, with the demo city; Ctrl-C stops it
	@$(BIN)/local-runner run

.PHONY: token
token: $(BIN)/.synced ## Print a bearer token [SCOPE="registry:read"] [AREAS="440303"] [TTL=12h]
	@$(BIN)/local-runner token \
		$(if $(SCOPE),--scope "$(SCOPE)") $(if $(AREAS),--areas "$(AREAS)") $(if $(TTL),--ttl "$(TTL)")

.PHONY: status
status: $(BIN)/.synced ## Show which processes of a running `make run` are ready
	@$(BIN)/local-runner status

.PHONY: clean-data
clean-data: $(BIN)/.synced ## Forget the data of `make run`
	@$(BIN)/local-runner clean-data

# --- checking -----------------------------------------------------------------------------------

.PHONY: test
test: $(BIN)/.synced ## Run all tests [WORKERS=auto] [TESTS=tests/system]
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

.PHONY: test-fast
test-fast: $(BIN)/.synced ## Run the units: what needs no database and no other process
	$(BIN)/pytest -n $(WORKERS) -m unit

.PHONY: check
check: lint openapi-check openapi-lint test deploy-check ## Check all that CI checks

.PHONY: lint
lint: $(BIN)/.synced ## Check style, types, who may import whom, and the floor plan
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.architecture.floor_plan

.PHONY: format
format: $(BIN)/.synced ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: bench
bench: $(BIN)/.synced ## Measure against simpler ways of doing the same, as ratios
	$(UV) run --frozen --group bench --quiet python -m tests.benchmark

# --- the OpenAPI documents ----------------------------------------------------------------------

.PHONY: openapi
openapi: $(BIN)/.synced ## Regenerate the documents in openapi/
	@mkdir -p openapi
	@for api in $(APIS); do \
		$(BIN)/$$api openapi > openapi/.$$api.yaml && mv openapi/.$$api.yaml openapi/$$api.yaml \
			&& echo "openapi/$$api.yaml" || exit 1; \
	done

.PHONY: openapi-examples
openapi-examples: $(BIN)/.synced ## Record the examples of the documents anew, from the real services
	@$(BIN)/python -m tests.contract.story
	@$(MAKE) --no-print-directory openapi

.PHONY: openapi-check
openapi-check: $(BIN)/.synced ## Check that openapi/ is what the code says and breaks no caller
	@for api in $(APIS); do \
		$(BIN)/$$api openapi | diff -u openapi/$$api.yaml - || { \
			echo "openapi/$$api.yaml is out of date: run make openapi." >&2; exit 1; }; \
	done
	@$(BIN)/python deploy/release/breaking_changes.py openapi/released openapi

.PHONY: openapi-lint
openapi-lint: ## Check the documents against the rules of openapi/lint/redocly.yaml, by redocly
	@openapi/lint/run.sh

.PHONY: clients
clients: $(BIN)/.synced ## Generate Python and TypeScript clients [CLIENTS=dist/clients]
	@$(UV) run --quiet --frozen --python "$(PYTHON)" --project openapi/clients \
		python openapi/clients/generate.py "$(CLIENTS)"

# --- shipping -----------------------------------------------------------------------------------

.PHONY: deploy-check
deploy-check: $(BIN)/.synced ## Check chart, Dockerfile, compose file and alerts with their own tools
	$(UV) run --isolated --frozen --group deploy --quiet pytest -p no:cacheprovider tests/deploy
	$(UV) run --isolated --frozen --group deploy --quiet python deploy/release/render_chart.py .data/chart
	$(UV) tool run --quiet --from checkov==$(CHECKOV) checkov --config-file deploy/helm/checkov.yaml \
		--directory .data/chart

.PHONY: image-check
image-check: $(BIN)/.synced ## Build the images and run the platform from them, without a container daemon
	@deploy/image-check/run.sh

.PHONY: compose-secrets
compose-secrets: $(BIN)/.synced ## Write the secret files of deploy/compose.yaml [NAME_CIPHER=sm4-gcm]
	@$(BIN)/local-runner compose-secrets $(if $(NAME_CIPHER),--name-cipher "$(NAME_CIPHER)")

.PHONY: settings-table
settings-table: $(BIN)/.synced ## Write the settings into docs/operations.md
	$(BIN)/python deploy/release/settings_table.py

.PHONY: problem-table
problem-table: $(BIN)/.synced ## Write every problem type into docs/integrators*.md
	$(BIN)/python deploy/release/problem_table.py

.PHONY: glossary-table
glossary-table: $(BIN)/.synced ## Write the code lists into docs/glossary.md
	$(BIN)/python deploy/release/glossary_table.py

.PHONY: notices
notices: $(BIN)/.synced ## Write THIRD-PARTY-NOTICES.md from the lock file
	$(BIN)/python deploy/release/third_party_notices.py > .notices && mv .notices THIRD-PARTY-NOTICES.md

.PHONY: sbom
sbom: $(BIN)/.synced ## Write a bill of materials (CycloneDX) of each image into dist/
	@for image in $(APIS); do deploy/release/sbom.sh "$(UV)" $$image dist/$$image.cdx.json || exit 1; done

# --- tidying ------------------------------------------------------------------------------------

.PHONY: clean
clean: ## Remove what can be made again (not the data)
	rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf dist openapi/clients/.venv openapi/lint/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
