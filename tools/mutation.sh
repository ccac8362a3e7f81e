#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Mutation testing of what decides: each mutant is a small fault put into the code, and a test should notice it.
#   tools/mutation.sh [LEAST [FILE...]]   prints the scores; fails if less than LEAST per cent (95) of a file's mutants are
#                                         noticed, and prints the diffs of those that were not. FILE: _lifecycle, _guards,
#                                         _selection, _reconcile, _convergence, _window, _waiting, _pause_record, _maintenance (all)
# It works on copies in .cache/mutation. Each file is mutated with its own tests alone, since every mutant starts them again.

set -euo pipefail

least=${1:-95}
shift $(($# ? 1 : 0))
[ $# -gt 0 ] || set -- _lifecycle _guards _selection _reconcile _convergence _window _waiting _pause_record _maintenance
cd "$(dirname "$0")/.."
root=$PWD
collection=ansible_collections/huaweicloud/drs

mutate() { # name of a file of module_utils, paths of tests
  local name=$1 work=$root/.cache/mutation/$1
  shift
  tools/tree.sh copy "$work"
  rm -rf "$work/mutants"
  {
    cat <<CONFIG
[mutmut]
source_paths = $collection/plugins/module_utils
only_mutate = $collection/plugins/module_utils/$name.py
also_copy = ansible_collections
# A cast does nothing when it is run: no test can tell.
do_not_mutate_patterns = t\.cast\(
timeout_multiplier = 5
pytest_add_cli_args =
    -p
    no:cacheprovider
pytest_add_cli_args_test_selection =
CONFIG
    printf "    $collection/tests/unit/%s\n" "$@"
  } >"$work/setup.cfg"
  # mutmut redraws one line for each mutant; what counts is read from its results afterwards.
  (cd "$work" && mutmut run --max-children "${WORKERS:-2}" >mutmut.log 2>&1 && mutmut export-cicd-stats >/dev/null) ||
    { tr '\r' '\n' <"$work/mutmut.log" | grep -v '^. Running\|^. Generating' | tail -60 >&2; return 1; }
}

survivors() { # name of a file of module_utils
  (cd ".cache/mutation/$1" && mutmut results | sed -n 's/^ *\(.*\): survived$/\1/p' | while read -r mutant; do mutmut show "$mutant"; done)
}

for file in "$@"; do
  case $file in
    _lifecycle) mutate _lifecycle plugins/module_utils/test_lifecycle.py test_check_mode.py ;;
    _guards) mutate _guards plugins/module_utils/test_guards.py ;;
    _selection) mutate _selection plugins/module_utils/test_selection.py ;;
    _reconcile) mutate _reconcile plugins/module_utils/test_{reconcile,convergence,guards}.py ;;
    _convergence) mutate _convergence plugins/module_utils/test_{convergence,guards}.py ;;
    _window) mutate _window plugins/module_utils/test_window.py ;;
    _waiting) mutate _waiting plugins/module_utils/test_waiting.py plugins/modules/test_drs_job_wait.py ;;
    _pause_record) mutate _pause_record plugins/module_utils/test_pause_record.py ;;
    _maintenance)
      mutate _maintenance plugins/module_utils/test_maintenance.py plugins/module_utils/test_maintenance_races.py \
        plugins/module_utils/test_pause_record.py
      ;;
    *)
      echo "mutation.sh: no tests are named for $file" >&2
      exit 2
      ;;
  esac
done

low=$(python - "$least" "$@" <<'PYTHON'
import json
import pathlib
import sys

least, *files = sys.argv[1:]
low = []
for file in files:
    stats = json.loads(pathlib.Path(".cache/mutation", file, "mutants/mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    tried, noticed = stats["total"] - stats["skipped"], stats["killed"] + stats["timeout"]
    score = 100 * noticed / tried
    print(
        f"{file}: {score:.1f} %, {noticed} of {tried} mutants noticed ({stats['timeout']} by a timeout), "
        f"{stats['survived']} survived, {stats['no_tests']} met no test",
        file=sys.stderr,
    )
    if score < float(least):
        low.append(file)
print(*low)
PYTHON
)
for file in $low; do survivors "$file"; done
[ -z "$low" ] || { echo "mutation.sh: under $least %: $low" >&2; exit 1; }
