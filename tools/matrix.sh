#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs ansible-test sanity on each ansible-core of tools/requirements/cores.txt, modules on every Python from 3.9 to 3.13 that is found,
# and the tests that start Ansible on the oldest and the newest; it ends with a table of what ran and what did not.
#   tools/matrix.sh [CORE ...]   all of them, or those named: 2.17, 2.19.14
# SANITY_OPTIONS_PRERELEASE: more options for ansible-test sanity on a pre-release.
# STRICT=1: what could not run for want of a Python is a failure.

set -uo pipefail

cd "$(dirname "$0")/.." || exit
cores=tools/requirements/cores.txt
table=()
failed=0
missing=0

note() { # core, python, what, result, seconds
  table+=("$(printf '%-10s  %-7s  %-12s  %-11s  %s' "$@")")
}

run() { # core, python, what, command ...
  local core=$1 python=$2 what=$3 start=$SECONDS result=passed
  shift 3
  echo
  echo "== ansible-core $core on Python $python: $what"
  "$@" || { result=FAILED; failed=1; }
  note "$core" "$python" "$what" "$result" "$((SECONDS - start)) s"
}

pinned() { # the packages named, at the versions of the lock file
  local name
  for name in "$@"; do grep -oE "^$name==[^ ;]+" tools/requirements/all.lock; done
}

make_venv() { # core, path of a Python
  local venv=.cache/cores/$1
  [ -f "$venv/stamp" ] && return
  rm -rf "$venv"
  # shellcheck disable=SC2046 # one word a package
  "$2" -m venv "$venv" &&
    "$venv/bin/python" -m pip install -qq "ansible-core==$1" \
      $(pinned cryptography huaweicloudsdkcore huaweicloudsdkdrs hypothesis pytest pytest-timeout pytest-xdist requests ansible-runner) &&
    touch "$venv/stamp"
}

playbooks_on() { # core
  local bin=$PWD/.cache/cores/$1/bin
  PATH=$bin:$PATH "$bin/python" -m pytest -p no:cacheprovider -q --timeout 300 -n "${WORKERS:-2}" \
    tests/playbooks tests/roles tests/ansible tests/unit/plugins/action
}

sanity_on() { # core
  local more=()
  [[ $1 == *[a-z]* ]] && read -ra more <<<"${SANITY_OPTIONS_PRERELEASE:-}"
  tools/ansible-test.sh ".cache/cores/$1/bin" sanity --color no ${more[@]+"${more[@]}"}
}

[ $# -gt 0 ] || set -- 2
chosen=()
for want in "$@"; do
  mapfile -t found < <(awk -v want="$want." '!/^#/ && index($1 ".", want) == 1 { print $1 }' "$cores")
  [ ${#found[@]} -gt 0 ] || { echo "No ansible-core $want stands in $cores" >&2; exit 1; }
  chosen+=("${found[@]}")
done

for core in "${chosen[@]}"; do
  read -r what pythons <<<"$(sed -n "s/^$core //p" "$cores")"
  chosen_python=
  for python in $pythons; do
    if path=$(tools/find-python.sh exact "$python" 2>/dev/null); then chosen_python=$python; break; fi
  done
  if [ -z "$chosen_python" ]; then
    missing=1
    note "$core" - all 'NOT RUN' "needs Python $pythons"
    continue
  fi
  run "$core" "$chosen_python" venv make_venv "$core" "$path"
  run "$core" "$chosen_python" sanity sanity_on "$core"
  [ "$what" = sanity ] || run "$core" "$chosen_python" playbooks playbooks_on "$core"
done

for python in 3.9 3.10 3.11 3.12 3.13; do
  tools/find-python.sh exact "$python" >/dev/null 2>&1 || { missing=1; note all "$python" modules 'NOT RUN' "Python $python was not found"; }
done

echo
printf '%-10s  %-7s  %-12s  %-11s  %s\n' core python what result seconds
printf '%s\n' "${table[@]}"
[ "$missing" = 0 ] || echo 'Some of it did not run: see NOT RUN above.' >&2
[ "$failed" = 0 ] && { [ "$missing" = 0 ] || [ "${STRICT:-}" != 1 ]; }
