# Short verbs over real commands. `make grade` and `make test` do all the set-up on a fresh machine.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SUBMISSION ?= student
GRADE_ARGS ?=
AUDIT_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup grade test test-slow audit hostile check format stubs train data clean

help:  ## Show the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## Create the environment and install (the other targets do it when needed).

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...'; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

grade: $(STAMP)  ## Grade student/, or another folder or zip: make grade SUBMISSION=path
	@$(BIN)/grader grade $(SUBMISSION) $(GRADE_ARGS)

test: $(STAMP)  ## Run the harness's own tests (minutes).
	$(BIN)/python -m pytest -q -m "not slow" -n 2 --dist loadfile

test-slow: $(STAMP)  ## Run the slow proofs too.
	$(BIN)/python -m pytest -q -m slow -n 2 --dist loadfile

audit: $(STAMP)  ## Prove the checks against right and wrong submissions (minutes).
	$(BIN)/grader audit $(AUDIT_ARGS)

check: $(STAMP)  ## Lint, types, stubs up to date. Changes nothing.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/grader stubs --check

format: $(STAMP)  ## Format the code.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

stubs: $(STAMP)  ## Make student/ from reference/.
	$(BIN)/grader stubs

train: $(STAMP) data  ## Train the reference's models again (minutes; goes on where it stopped).
	$(BIN)/python -m grader.author.train_models

$(VENV)/.fuzz: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,fuzz]'
	@touch $@

hostile: $(VENV)/.fuzz  ## Prove what SECURITY.md promises (minutes).
	$(BIN)/python -m pytest -q tests/test_hostile*.py

data: $(STAMP)  ## Fetch the full MNIST, for training.
	$(BIN)/grader data

clean:  ## Remove what the other targets made, less the audit's memory in .cache.
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
