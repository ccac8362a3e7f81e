#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs ansible-test sanity on each ansible-core of tools/requirements/cores.txt, modules on every Python from 3.9 to 3.13 that is found,
# and what rests on Ansible's own ways (killed runs, secrets, progress, refusals) on the oldest and the newest; it ends with a table of what ran and what did not.
#   tools/matrix.sh [CORE ...]   those named: 2.17, 2.19.14; without a name, all but the one in .venv, which `make test` is about
# SANITY_OPTIONS_PRERELEASE: more options for ansible-test sanity on a pre-release.
# STRICT=1: what could not run for want of a Python is a failure.

set -uo pipefail

cd "$(dirname "$0")/.." || exit
cores=tools/requirements/cores.txt
workers=${WORKERS:-3}
work=.cache/matrix
rm -rf "$work"
mkdir -p "$work"
rows=()
failed=0
missing=0

row() { printf '%-10s  %-7s  %-12s  %-11s  %s\n' "$@"; }

run() { # core, python, what, command ...; beside others: what it prints is shown when it has ended, in one piece
  local core=$1 python=$2 what=$3 start=$SECONDS result=passed
  local name=$work/$core-$what
  shift 3
  "$@" >"$name.log" 2>&1 || result=FAILED
  row "$core" "$python" "$what" "$result" "$((SECONDS - start)) s" >"$name.row"
  { echo; echo "== ansible-core $core on Python $python: $what"; cat "$name.log"; } >&2
}

pinned() { # the packages named, at the versions of the lock file
  local name
  for name in "$@"; do grep -oE "^$name==[^ ;]+" tools/requirements/all.lock; done
}

make_venv() { # core, path of a Python, what runs on it: sanity or all
  local venv=.cache/cores/$1 more=()
  [ -f "$venv/stamp" ] && return
  rm -rf "$venv"
  [ "$3" = sanity ] || mapfile -t more < <(pinned cryptography hypothesis pytest pytest-timeout pytest-xdist requests ansible-runner)
  "$2" -m venv "$venv" &&
    "$venv/bin/python" -m pip install -qq "ansible-core==$1" ${more[@]+"${more[@]}"} &&
    touch "$venv/stamp"
}

playbooks_on() { # core
  local bin=$PWD/.cache/cores/$1/bin
  PATH=$bin:$PATH "$bin/python" -m pytest -p no:cacheprovider -q --timeout 300 --dist worksteal -n "$workers" \
    tests/ansible/test_{failure_text,killed,secrets,tasks_files,two_at_once,ways_to_run}.py tests/playbooks/test_progress.py tests/roles/test_{decommission,restore,stopped_windows,ways_of_failing}.py \
    tests/roles/test_maintenance_window.py::test_refused_before_anything_is_asked tests/unit/plugins/plugin_utils/test_progress_action.py
}

sanity_on() { # core, path of a Python, what runs on it
  local more=()
  make_venv "$@" || return
  if [[ $1 == *[a-z]* ]]; then
    read -ra more <<<"${SANITY_OPTIONS_PRERELEASE:-}"
  elif [ "$3" = sanity ]; then
    # Two thirds of the time, and between the oldest and the newest release it finds nothing more.
    more=(--skip-test pylint)
  fi
  ANSIBLE_TEST_HOME=.cache/cores/$1/home tools/ansible-test.sh ".cache/cores/$1/bin" sanity --color no ${more[@]+"${more[@]}"}
}

if [ $# = 0 ]; then
  of_venv=$(.venv/bin/python -c 'import ansible.release; print(ansible.release.__version__)')
  mapfile -t all < <(awk -v without="$of_venv" '!/^#/ && $1 != without { print $1 }' "$cores")
  set -- "${all[@]}"
fi
chosen=()
for want in "$@"; do
  mapfile -t found < <(awk -v want="$want." '!/^#/ && index($1 ".", want) == 1 { print $1 }' "$cores")
  [ ${#found[@]} -gt 0 ] || { echo "No ansible-core $want stands in $cores" >&2; exit 1; }
  chosen+=("${found[@]}")
done

with_playbooks=()
for core in "${chosen[@]}"; do
  read -r what pythons <<<"$(sed -n "s/^$core //p" "$cores")"
  chosen_python=
  for python in $pythons; do
    if path=$(tools/find-python.sh exact "$python" 2>/dev/null); then chosen_python=$python; break; fi
  done
  if [ -z "$chosen_python" ]; then
    missing=1
    row "$core" - all 'NOT RUN' "needs Python $pythons" >"$work/$core-sanity.row"
    rows+=("$work/$core-sanity.row")
    continue
  fi
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  run "$core" "$chosen_python" sanity sanity_on "$core" "$path" "$what" &
  rows+=("$work/$core-sanity.row")
  [ "$what" = sanity ] || with_playbooks+=("$core $chosen_python")
done
wait

# One after the other, since pytest has workers of its own.
for entry in ${with_playbooks[@]+"${with_playbooks[@]}"}; do
  read -r core chosen_python <<<"$entry"
  run "$core" "$chosen_python" playbooks playbooks_on "$core"
  rows+=("$work/$core-playbooks.row")
done

for python in 3.9 3.10 3.11 3.12 3.13; do
  if ! tools/find-python.sh exact "$python" >/dev/null 2>&1; then
    missing=1
    row all "$python" modules 'NOT RUN' "Python $python was not found" >"$work/$python.row"
    rows+=("$work/$python.row")
  fi
done

echo
row core python what result seconds
for file in "${rows[@]}"; do
  cat "$file" || failed=1
  if grep -q ' FAILED ' "$file"; then failed=1; fi
done
[ "$missing" = 0 ] || echo 'Some of it did not run: see NOT RUN above.' >&2
[ "$failed" = 0 ] && { [ "$missing" = 0 ] || [ "${STRICT:-}" != 1 ]; }
