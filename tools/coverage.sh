#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the unit tests and the integration targets under ansible-test, measures lines and branches over both, and fails under LEAST.
#   tools/coverage.sh [LEAST]   per cent, of lines and of branches alike (97)
# Controller and modules run on .venv's version of Python. ansible-test starts a process for each test and measures each by itself, so
# that not all tests of tests/unit are among these; `make unit` runs them all.

set -euo pipefail

cd "$(dirname "$0")/.."
least=${1:-97}
python=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
tree=.cache/coverage

tools/tree.sh copy "$tree"
export ANSIBLE_TEST_TREE=$tree
tools/ansible-test.sh .venv/bin units --color no --venv --python "$python" --coverage tests/unit/plugins/ \
  tests/unit/faults/test_{answers,splits,throttling,way_in,whole_refusals}.py tests/unit/security/test_{sizes,transport}.py
tools/ansible-test.sh .venv/bin integration --color no --venv --python "$python" --coverage

# Combined by .venv's coverage: ansible-test's own command wants one version of it exactly. Modules ran from a zip file elsewhere.
cd "$tree/ansible_collections/huaweicloud/drs"
cat >tests/output/coveragerc <<'CONFIG'
[run]
branch = true
data_file = tests/output/combined
[paths]
collection =
    ./
    */ansible_collections/huaweicloud/drs/
[report]
include = */plugins/*
omit =
    */__init__.py
    */tests/*
CONFIG
coverage combine --rcfile tests/output/coveragerc --keep --quiet tests/output/coverage/*=coverage.*
coverage report --rcfile tests/output/coveragerc --show-missing --skip-covered
coverage json --rcfile tests/output/coveragerc --quiet -o tests/output/coverage.json
python tools/coverage_gate.py "$least" tests/output/coverage.json
