# Cầu Nối. `make` alone tells what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
BENCH := $(VENV)/bench/.made
LOCALES := handlers/locales
comma := ,
WORDS := bot conversation handlers reports sandbox scheduler storage web
export PYTHONUTF8 := 1
unexport PYTHONDONTWRITEBYTECODE  # compiled once, not at each of a thousand starts

.DEFAULT_GOAL := help
.PHONY: help run test bench campaign lint types imports format messages lock clean

help: ## Show this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(RUNTIME) ## Chat with the bot in a browser; with a token, in CAUNOI_… or caunoi.toml, on Telegram or Zalo
	@if [ -n "$$CAUNOI_TELEGRAM_TOKEN$$CAUNOI_ZALO_BOT_TOKEN$$CAUNOI_ZALO_OA_ID" ] \
		|| grep -Eqs '^ *(telegram_token|zalo_bot_token|zalo_oa_id) *= *"[^"]' caunoi.toml; \
		then exec $(BIN)/caunoi run; else exec $(BIN)/caunoi demo; fi

test: lint types imports ## Run every check and every test
	@$(BIN)/pytest -n 3

bench: $(BENCH) ## Measure how fast it is, beside other libraries, into bench/RESULTS.md; QUICK=1 only has a look
	@$(VENV)/bench/bin/python -m bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

campaign: $(DEV) ## Break it on purpose, by the thousand, into tests/campaigns/RESULTS.md; ONLY=a,b SEED=n SHORT=1
	@$(BIN)/python -m tests.campaigns $(if $(SHORT),--short) $(if $(SEED),--seed $(SEED)) \
		$(addprefix --only ,$(subst $(comma), ,$(ONLY)))

lint: $(DEV) ## Check style and likely mistakes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV) ## Check types, tests included
	@$(BIN)/mypy

imports: $(DEV) ## Check that imports point downwards
	@$(BIN)/lint-imports --no-logo

format: $(DEV) ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

messages: $(DEV) ## Collect the texts people read into the English translation, and check it
	@mkdir -p $(LOCALES)/en/LC_MESSAGES
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --no-default-keywords --keyword=N_ \
		--project=caunoi --output=$(LOCALES)/caunoi.pot $(WORDS)
	@test -e $(LOCALES)/en/LC_MESSAGES/caunoi.po || $(BIN)/pybabel --quiet init --domain=caunoi \
		--locale=en --input-file=$(LOCALES)/caunoi.pot --output-dir=$(LOCALES)
	@$(BIN)/pybabel --quiet update --domain=caunoi --locale=en --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date --input-file=$(LOCALES)/caunoi.pot --output-dir=$(LOCALES)
	@$(BIN)/pybabel compile --statistics --locale=en \
		--input-file=$(LOCALES)/en/LC_MESSAGES/caunoi.po --output-file=/dev/null

lock: pyproject.toml ## Write requirements.lock anew, from the newest versions that pyproject.toml admits
	@rm -rf $(VENV)/lock && $(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(VENV)/lock/bin/python -m pip freeze --quiet --exclude-editable > requirements.lock
	@rm -rf $(VENV)/lock

clean: ## Remove the virtual environment and all caches
	@rm -rf $(VENV) *.egg-info build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the virtual environment: built once, and again when what it is made from has changed ---

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Cầu Nối needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python cannot make a virtual environment: on Debian, apt-get install python3-venv"; exit 1; }

$(RUNTIME): pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing what Cầu Nối needs into $(VENV) …"
	@$(PIP) --constraint requirements.lock --editable .
	@touch $@

$(DEV): pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing Cầu Nối and its tools into $(VENV) …"
	@$(PIP) --constraint requirements.lock --editable '.[dev]'
	@touch $(RUNTIME) $@

$(BENCH): pyproject.toml requirements.lock
	@echo "Installing Cầu Nối and its peers into $(VENV)/bench …"
	@$(PYTHON) -m venv $(VENV)/bench
	@grep -v '^pydantic' requirements.lock > $(VENV)/bench/constraints
	@$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint $(VENV)/bench/constraints --editable '.[bench]'
	@touch $@
