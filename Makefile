# Two commands matter: `make run` starts the demo, `make test` proves everything. Both set up what they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
RASA_PY := nlu/.venv/bin/python
UNIT := tests/domain tests/guards tests/launcher tests/runtime tests/simulator tests/simulator_pay tests/wechat
export RASA_TELEMETRY_ENABLED := false
export PYTHONWARNDEFAULTENCODING :=

.PHONY: help setup run test check lint fmt bench check-data train talk db-upgrade db-revision db-reset clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## both Python environments, front-end files, trained model
	@deploy/setup.sh

run: setup ## start the whole demo and print its links (Ctrl-C stops it)
	@$(PY) -m launcher run

test: setup lint ## set up everything and pass all tests
	$(RASA_PY) -m pytest -q tests/nlu tests/actions tests/stories -c nlu/pytest.ini --rootdir=. --confcutdir=tests/actions
	$(PY) -m pytest -q

check: ## fast: lint, types, imports, unit tests (one or two minutes; no whole cases, browsers, journeys)
	@deploy/setup.sh --no-model
	@$(MAKE) --no-print-directory lint
	$(PY) -m pytest -q $(UNIT)

lint: ## ruff, mypy --strict (the Rasa side by nlu/mypy.ini), import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy --config-file nlu/mypy.ini --python-executable nlu/.venv/bin/python --cache-dir .mypy_cache/rasa
	.venv/bin/lint-imports

fmt: ## format the code
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

bench: setup ## print all figures and ratios
	PYTHONPATH=tests/journeys $(PY) -m bench --save

check-data: ## after editing data/ or backend/catalogue/: words fit, the catalogue holds, the model trains, stories are walked
	$(PY) -m pytest -q tests/guards/test_words_fit_together.py tests/domain/test_materials_and_catalogue.py tests/domain/test_rule_pages.py
	$(RASA_PY) -m nlu.train
	$(RASA_PY) -m pytest -q tests/stories tests/nlu -c nlu/pytest.ini --rootdir=.

train: ## train the dialogue model if its data changed
	$(RASA_PY) -m nlu.train

talk: setup ## chat with Rasa in the terminal
	@$(PY) -m launcher talk

db-upgrade: ## migrate the demo database to the newest version
	@$(PY) -m launcher db upgrade

db-revision: ## write a migration from the models (m="what changes")
	@$(PY) -m launcher db revision "$(m)"

db-reset: ## throw the demo's data away
	@$(PY) -m launcher db reset

clean: ## remove what set-up and runs made
	rm -rf .run .tools .venv nlu/.venv deploy/web/node_modules models
