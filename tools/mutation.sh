#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Mutation testing of the planner and the loop: each mutant is a small fault put into the code, and a test should notice it.
#   tools/mutation.sh [LEAST]   fails under LEAST per cent of mutants noticed (90); prints the score and every survivor's diff
# It works in .cache/mutation, on a copy; a second run there tries again what the change touched.

set -euo pipefail

least=${1:-90}
cd "$(dirname "$0")/.."
work=$PWD/.cache/mutation
collection=ansible_collections/huaweicloud/drs

tools/tree.sh copy "$work"
rm -rf "$work/mutants"
cat >"$work/setup.cfg" <<CONFIG
[mutmut]
source_paths = $collection/plugins/module_utils
only_mutate =
    $collection/plugins/module_utils/_lifecycle.py
    $collection/plugins/module_utils/_convergence.py
also_copy = ansible_collections
# A cast does nothing when it is run: no test can tell.
do_not_mutate_patterns = t\.cast\(
timeout_multiplier = 5
pytest_add_cli_args_test_selection =
    $collection/tests/unit/plugins/module_utils/test_lifecycle.py
    $collection/tests/unit/plugins/modules/test_drs_job_batch.py
    $collection/tests/unit/faults/test_busy.py
    $collection/tests/unit/faults/test_deadline.py
    $collection/tests/unit/faults/test_lost_requests.py
    $collection/tests/unit/test_check_mode.py
pytest_add_cli_args =
    -p
    no:cacheprovider
    -k
    not test_lost_requests or (once and (cut or 500))
CONFIG
cd "$work"
# mutmut redraws one line for each mutant; what counts is read from its results afterwards.
mutmut run --max-children "${WORKERS:-2}" >mutmut.log 2>&1 || { tr '\r' '\n' <mutmut.log | grep -v '^. Running\|^. Generating' | tail -60 >&2; exit 1; }
mutmut export-cicd-stats >/dev/null

mutmut results | sed -n 's/^ *\(.*\): survived$/\1/p' | while read -r mutant; do mutmut show "$mutant"; done
python - "$least" mutants/mutmut-cicd-stats.json <<'PYTHON'
import json
import sys

least, stats = float(sys.argv[1]), json.load(open(sys.argv[2], encoding="utf-8"))
tried = stats["total"] - stats["skipped"]
noticed = stats["killed"] + stats["timeout"]
score = 100 * noticed / tried
print(f"mutation score: {score:.1f} % ({noticed} of {tried} mutants noticed, {stats['survived']} survived, {stats['no_tests']} met no test)")
sys.exit(score < least)
PYTHON
