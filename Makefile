# Redress needs Python >= 3.11 and make; everything else is brought by these targets.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
UV := .uv/bin/uv
RUN := .venv/bin
TEST_ARGS ?=
# Tests start many processes; without this each of them would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-slow test-servers test-browser test-all faults check contracts format bench sbom deploy-tools clean

help: ## Show what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## Install everything into .venv (the other targets do it by themselves)

$(UV):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where it is with make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up (once) ..."
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"

.venv/.ready: $(UV) pyproject.toml uv.lock
	@$(UV) sync --locked --quiet --python $(PYTHON)
	@touch $@

demo: .venv/.ready ## Play a few simulated weeks of complaints on the real services (about a minute)
	@$(RUN)/redress demo $(DEMO_ARGS)

up: .venv/.ready ## Run all four services here until Ctrl-C
	@$(RUN)/redress up

test: .venv/.ready ## All tests that need only what PyPI brings
	@$(RUN)/python -m pytest -n 3 --dist loadgroup -m "not servers and not slow and not browser" $(TEST_ARGS)

test-slow: .venv/.ready ## Only the tests that take longer: long kill runs, large replays, the demo played twice
	@$(RUN)/python -m pytest -n 2 --dist loadgroup -m "slow and not servers and not browser" $(TEST_ARGS)

test-servers: .venv/.ready ## The tests on Apache Kafka and the MongoDB protocol (Java 17 and Maven, Docker, or addresses)
	@$(RUN)/python -m pytest -rs -m "servers and not slow" $(TEST_ARGS)

test-browser: .venv/.ready ## What customers see, in Debian's Chromium
	@$(RUN)/python -m pytest -rs -m "browser" $(TEST_ARGS)

test-all: test test-slow test-servers test-browser ## Every test

faults: .venv/.ready ## The kill tests in their long form
	@REDRESS_TEST_KILLS=20 $(RUN)/python -m pytest tests/faults -s $(TEST_ARGS)

check: .venv/.ready ## Style, types, arrows between modules, contracts, links
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports --no-cache > .lint-imports.log 2>&1 || { cat .lint-imports.log; exit 1; }
	@rm -f .lint-imports.log
	@$(RUN)/python -m deploy.contracts --check
	@$(RUN)/python -m deploy.links

contracts: .venv/.ready ## Generate AsyncAPI, JSON Schema and OpenAPI into docs/
	@$(RUN)/python -m deploy.contracts

format: .venv/.ready ## Format the code
	@$(RUN)/ruff check --fix --quiet . || true
	@$(RUN)/ruff format .

bench: .venv/.ready ## Measure against the bare loop (see docs/benchmarks.md)
	@$(RUN)/python -m tests.benchmarks

sbom: .venv/.ready ## Write the bill of materials to dist/sbom.json
	@mkdir -p dist && $(UV) export --format cyclonedx1.5 --no-dev --quiet > dist/sbom.json && echo dist/sbom.json

deploy-tools: .venv/.ready ## Bring the linter of docker-compose.yml, if npm is here
	@if command -v npm >/dev/null 2>&1; then npm install --silent --no-fund --no-audit --prefix .venv/npm dclint@3.1.0 2>/dev/null || \
	echo "dclint cannot be had from npm: the test that needs it is skipped"; \
	else echo "npm is not installed: the test that needs dclint is skipped"; fi

clean: ## Remove what make brought, and caches
	rm -rf .venv .uv dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
