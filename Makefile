# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `make help` lists the targets. Everything is made inside of the checkout (.venv/, .cache/, build/, tests/output/) and the temp folder.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:

# The tools keep their own files in a home of their own. What git and pip are told in the user's still counts.
USER_HOME := $(HOME)
export HOME := $(CURDIR)/.cache/home
export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
ifneq ($(wildcard $(USER_HOME)/.gitconfig),)
export GIT_CONFIG_GLOBAL ?= $(USER_HOME)/.gitconfig
endif
USER_PIP := $(firstword $(wildcard $(USER_HOME)/.config/pip/pip.conf $(USER_HOME)/.pip/pip.conf))
ifneq ($(USER_PIP),)
export PIP_CONFIG_FILE ?= $(USER_PIP)
endif
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
export PYTHONDONTWRITEBYTECODE := 1
export PATH := $(CURDIR)/.venv/bin:$(PATH)

TREE := .cache/tree
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(TREE)
export ANSIBLE_HOME := $(HOME)/.ansible
# Of a task in the background ansible-core asks twice where it is, and in one place heeds HOME, in the other not.
export ANSIBLE_ASYNC_DIR := $(HOME)/.ansible_async

# Twice quiet: a warning of pip's about the machine's own configuration is nothing to act on.
# Without the dependencies, since the lock files name every one of them.
PIP_INSTALL := python -m pip install -qq --no-deps
PYTEST := .venv/bin/python -m pytest -p no:cacheprovider -q --timeout 300 --dist worksteal
VERSION := $(shell sed -n 's/^version: *//p' galaxy.yml)
TARBALL := build/huaweicloud-drs-$(VERSION).tar.gz
EE_IMAGE ?= localhost/huaweicloud-drs-ee:$(VERSION)
# One more than a small machine has processors, since the tests that start Ansible now and then wait.
WORKERS ?= 3

##@ Use
.PHONY: help demo
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/run.stamp $(TREE) ## the real playbooks against the emulator: no account, nothing sent anywhere
	@.venv/bin/python -m tests.demo

##@ Test
.PHONY: test test-matrix lint unit property contract playbooks sanity
# Everything under tests/ is in one of these. What is in operations takes as long as all the rest.
IN_OPERATIONS := tests/transport tests/roles tests/awx tests/docs/test_snippets.py tests/benchmark tests/playbooks/test_demo.py tests/ansible/test_documentation.py
test: lint unit property contract playbooks sanity ## what every change must pass, on one ansible-core (under 12 minutes)
	@echo 'make test: all passed'

lint: venv $(TREE) ## ruff, mypy, yamllint, shellcheck, codespell, bandit, secrets, ansible-lint, workflows
	tools/lint.sh

unit: venv ## tests of the parts, without a server
	$(PYTEST) -n $(WORKERS) tests/unit

property: venv ## hypothesis drives the module through random batches and faults
	$(PYTEST) -n $(WORKERS) tests/property

contract: venv ## the vendor's SDK, the emulator and the collection speak the same requests
	$(PYTEST) -n $(WORKERS) tests/contract

playbooks: venv ## playbooks, killed runs, two runs at once, secrets, progress, the tarball
	$(PYTEST) -n $(WORKERS) tests $(addprefix --ignore=,tests/unit tests/property tests/contract tests/ee $(IN_OPERATIONS))

sanity: venv ## ansible-test sanity, modules on every Python from 3.9 that is found
	tools/ansible-test.sh .venv/bin sanity --color no

##@ Test, the longer way
.PHONY: operations matrix coverage importer docs mutation ee look
# Of the files that are mutated, those alone that decide, and are pure: the others take three times as long.
test-matrix: MUTATED := _lifecycle _guards _selection _reconcile
test-matrix: operations matrix coverage importer docs sbom mutation ee ## what `make test` leaves out (under 40 minutes)
	@echo 'make test-matrix: all passed'

operations: venv ## roles in their good case and each bad one, AWX's way of running, the demo, every snippet of the documentation
	$(PYTEST) -n $(WORKERS) --durations 20 $(IN_OPERATIONS)

matrix: venv ## sanity on ansible-core 2.17 to the newest pre-release, and what rests on Ansible on the oldest and newest
	tools/matrix.sh $(CORES)

coverage: venv ## units and integration under ansible-test: 97 % of lines and of branches of plugins/
	tools/coverage.sh

importer: build ## what Galaxy checks when a collection is uploaded
	tools/importer.sh $(TARBALL)

docs: venv $(TREE) ## check the documentation, strictly, and build its site without a warning
	tools/docs.sh

mutation: venv ## put small faults into what decides: do the tests notice? (twenty minutes)
	tools/mutation.sh 95 $(MUTATED)

ee: build ## build an execution environment with the collection, and run a playbook in it as AWX does
	tools/ee.sh $(TARBALL) $(EE_IMAGE)
	EE_IMAGE=$(EE_IMAGE) $(PYTEST) tests/ee

look: venv ## look at reports in a headless Chromium, which must be installed; pictures in build/look/
	.venv/bin/python -m tests.roles.look build/look

##@ Measure
.PHONY: bench
bench: venv .cache/bench/stamp ## what the collection costs beside others, into docs/performance.md (twenty minutes; keep the machine quiet)
	.venv/bin/python -m tests.benchmark --user .cache/bench/bin

##@ Release
.PHONY: build tarball-list release-notes sbom
build: venv ## the tarball and its SHA-256, in build/: the same files give the same bytes
	.venv/bin/python tools/build.py build

tarball-list: venv ## write the committed list of the tarball's files anew
	.venv/bin/python tools/build.py build --list tests/release/tarball.txt

release-notes: venv ## move the changelog's fragments into CHANGELOG.rst, for the version of galaxy.yml
	antsibull-changelog release

sbom: build ## CycloneDX SBOM and licences of what a user installs, in build/
	tools/sbom.sh $(TARBALL)

##@ Set up
.PHONY: venv lock clean
venv: .venv/all.stamp ## the tools, in .venv, at the versions of tools/requirements/*.lock

.venv/bin/python:
	@python=$$(tools/find-python.sh least 3.11); echo "make: .venv with $$python"; "$$python" -m venv .venv

.venv/run.stamp: tools/requirements/run.lock | .venv/bin/python
	@echo 'make: what the collection runs on, into .venv'
	@.venv/bin/$(PIP_INSTALL) -r $<
	@touch $@

.venv/all.stamp: tools/requirements/all.lock .venv/run.stamp
	@echo 'make: the tools of the checks, into .venv (about a minute)'
	@.venv/bin/$(PIP_INSTALL) -r $<
	@touch $@

# What is measured and no more: some of the tools above bring packages that make every start of Python and of requests slower.
.cache/bench/stamp: tools/requirements/bench.lock | .venv/bin/python
	@.venv/bin/python -m venv .cache/bench
	@.cache/bench/bin/$(PIP_INSTALL) -r $<
	@touch $@

# Phony: the link is laid anew, since the checkout may have been moved.
.PHONY: $(TREE)
$(TREE):
	@tools/tree.sh link $@

lock: ## resolve tools/requirements/*.in anew
	tools/lock.sh

clean: ## remove all that make has made
	rm -rf .venv .cache .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage build collections mutants tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
