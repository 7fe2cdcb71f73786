# Everything that one does with this project. `make help` lists it.

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# `make PYTHON=...` chooses the interpreter that the environment is made with.
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help set-up run demo manage chaos test test-fast test-newest-django \
  bench-accounts bench-admission bench-assignment bench-jobs bench-peers-faults \
  drill-billing drill-fleet drill-redis-away lint fix docs schema messages lock shell clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements-dev.lock
	@devstack/set-up.sh $(VENV) $<
	@touch $@

set-up: $(STAMP) ## Make the project's own environment (the others do so by themselves)

run: $(STAMP) ## Run the whole service on this machine, with demo data, until Ctrl-C
	@exec $(BIN)/python -m devstack

demo: $(STAMP) ## Play the story against a running stack and show each step
	@exec $(BIN)/python -m devstack.demo

manage: $(STAMP) ## Run an operator's command on that stack: make manage ARGS="show_user 42"
	@exec $(BIN)/python -m devstack.manage $(ARGS)

# A process for each core, each with a Redis of its own; ARGS="-n 0 ..." runs them one by one.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadgroup

test: $(STAMP) ## Run every test (about six minutes on two cores)
	@exec $(PYTEST) $(ARGS)

test-fast: $(STAMP) ## Run the tests that start no stack and no browser
	@exec $(PYTEST) -m "not stack and not browser" $(ARGS)

chaos: $(STAMP) ## Prove the ledger under fire: make chaos FAULTS=10000 SEED=7 OUT=dir
	@exec $(BIN)/python -m devstack.chaos $(if $(FAULTS),--faults $(FAULTS)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(OUT),--out $(OUT)) $(if $(REPLAY),--replay "$(REPLAY)")

test-newest-django: $(STAMP) ## Drive the admin on the newest Django that this Python allows
	@exec $(BIN)/python -m devstack.newest_django $(ARGS)

bench-accounts: $(STAMP) ## Measure account calls beside an empty view (two minutes)
	@exec $(BIN)/python -m devstack.bench_accounts $(if $(SEED),--seed $(SEED)) $(if $(OUT),--out $(OUT))

# What every long command takes: SEED= repeats a run, OUT= names the folder for its report.
REPORT := $(if $(SEED),--seed $(SEED)) $(if $(OUT),--out $(OUT)) $(ARGS)

bench-admission: $(STAMP) ## Measure how soon a proxy admits who paid, and refuses who was removed
	@exec $(BIN)/python -m devstack.bench_admission $(REPORT)

drill-redis-away: $(STAMP) ## Stop Redis for a simulated hour, and count who is shut out
	@exec $(BIN)/python -m devstack.drill_redis_away $(REPORT)

bench-jobs: $(STAMP) ## Measure the ledger of jobs beside Celery and dramatiq, in jobs a second
	@exec $(BIN)/python -m devstack.bench.jobs $(REPORT)

bench-assignment: $(STAMP) ## Measure assignments a second by fleets of three sizes (about eight minutes)
	@exec $(BIN)/python -m devstack.bench_assignment $(REPORT)

bench-peers-faults: $(STAMP) ## Count what kill -9 costs the ledger, Celery, dramatiq, RQ and huey
	@exec $(BIN)/python -m devstack.bench.peers_under_kill $(REPORT)

drill-billing: $(STAMP) ## Tell histories of money in several ways: HISTORIES=10000 FIRST=0 SEED=7 OUT=dir
	@exec $(BIN)/python -m devstack.drill_billing \
	  $(if $(HISTORIES),--histories $(HISTORIES)) $(if $(FIRST),--first $(FIRST)) $(REPORT)

drill-fleet: $(STAMP) ## Let everybody act at once on a fleet, with crashes: OPS=100000 SEED=7 OUT=dir
	@exec $(BIN)/python -m devstack.drill_fleet $(if $(OPS),--ops $(OPS)) \
	  $(if $(BATCH),--batch $(BATCH)) $(REPORT)

lint: $(STAMP) ## Check form, types, layers and dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@LANTERN_DEVELOPMENT=yes $(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/python -m devstack.lua_lint

fix: $(STAMP) ## Bring the code into form, as far as a machine can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(STAMP) ## Write the pages that are made from the code
	@LANTERN_DEVELOPMENT=yes $(BIN)/python manage.py print_docs

schema: $(STAMP) ## Write the API's description to docs/openapi.yaml
	@LANTERN_DEVELOPMENT=yes $(BIN)/python manage.py spectacular --validate --file docs/openapi.yaml

messages: $(STAMP) ## Gather the words of mails, and compile their translations
	@$(BIN)/python -m devstack.messages

lock: $(STAMP) ## Resolve the dependencies anew
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
	  --python-version 3.11 pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
	  --python-version 3.11 pyproject.toml --extra embedded --group dev -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
	  --python-version 3.11 devstack/bench/peers.in -o devstack/bench/peers.txt

shell: $(STAMP) ## Open a Python shell in development settings
	@LANTERN_DEVELOPMENT=yes exec $(BIN)/python manage.py shell

clean: ## Remove what tools leave behind; the data in var/ stays
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
	@find . -path ./$(VENV) -prune -o -path ./var -prune -o -type d -name __pycache__ -print0 | \
	  xargs -0 rm -rf
