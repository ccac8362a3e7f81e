#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints the path of a Python interpreter.
#   find-python.sh least 3.11   the first one found that is 3.11 or newer
#   find-python.sh exact 3.9    one that is 3.9
# A name on PATH may be a shim without an interpreter behind it, so each candidate is tried by running it.

set -euo pipefail

how=$1
wanted=$2

candidates() {
  local name root
  if [ "$how" = exact ]; then
    type -aP "python$wanted" || true
  else
    for name in python3 python3.14 python3.13 python3.12 python3.11; do type -aP "$name" || true; done
  fi
  root=${PYENV_ROOT:-$(pyenv root 2>/dev/null || true)}
  for name in "${root:-/nonexistent}"/versions/"${wanted%%.*}".*/bin/python /usr/local/bin/python3.* /opt/python/*/bin/python; do
    [ -x "$name" ] && printf '%s\n' "$name"
  done
  type -aP python3 || true
}

fits() {
  "$1" - "$how" "$wanted" 2>/dev/null <<'PYTHON'
import sys

how, wanted = sys.argv[1], tuple(int(part) for part in sys.argv[2].split("."))
here = sys.version_info[:2]
assert here == wanted if how == "exact" else here >= wanted
import ensurepip, venv
print(getattr(sys, "_base_executable", sys.executable))  # not that of a venv
PYTHON
}

while read -r candidate; do
  if found=$(fits "$candidate") && [ -n "$found" ]; then
    printf '%s\n' "$found"
    exit 0
  fi
done < <(candidates)

echo "No Python ($how $wanted, with its venv and ensurepip modules) was found. On Debian and Ubuntu: apt-get install python3 python3-venv" >&2
exit 1
