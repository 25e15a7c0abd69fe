# Each target sets up .venv first. `make grade` and `make test` are the ones to begin with.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup grade test test-long check doctor new bench mutants figures

help:
	@echo "make grade   build the releases, grade everything in submitted/, write feedback, print the table"
	@echo "make test    run the tests, which must run 90 % of the lines of rectify/"
	@echo "make test-long run the tests that take long, which make test leaves out"
	@echo "make check   check the course before it is released; QUICK=1 leaves the mutants out"
	@echo "make doctor  look at this machine: what grading finds, and what mends what it cannot use"
	@echo "make new     make the skeleton of a new exercise; NAME=swish is its name"
	@echo "make bench   measure grading beside nbgrader as delivered and otter-grader; N=1000 is the size"
	@echo "make mutants test the suites by wrong and right answers, and write docs/mutants.md"
	@echo "make figures draw the figures in assets/ again"

# The stamp is newer than what it was made from, so a changed pin installs again. Whatever this
# shell's umask, a sandbox that root starts must be able to read what is installed.
.venv/.installed: requirements.txt pyproject.toml
	umask 022 && $(PYTHON) -m venv .venv
	umask 022 && $(BIN)/python -m pip install --quiet --requirement requirements.txt
	umask 022 && $(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

setup: .venv/.installed

grade: setup
	$(BIN)/rectify grade

PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test: setup
	$(PYTEST) -m "not long" --cov

test-long: setup
	$(PYTEST) -m long

check: setup
	$(BIN)/rectify check $(if $(QUICK),--quick)

doctor: setup
	$(BIN)/rectify doctor

new: setup
	$(BIN)/rectify new $(or $(NAME),$(error Say its name: make new NAME=swish))

# The others have an environment of their own.
.venv-bench/.installed: bench/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --requirement bench/requirements.txt
	@touch $@

bench: setup .venv-bench/.installed
	$(BIN)/python -m bench $(if $(N),--count $(N))

mutants: setup
	$(BIN)/rectify mutants

figures: setup
	$(BIN)/python assets/draw.py
