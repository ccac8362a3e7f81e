#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs ansible-test on a copy of the collection: tools/ansible-test.sh BIN COMMAND [OPTION ...]
#   BIN  the bin folder of a venv that holds ansible-core, such as .venv/bin
# The copy lies under ANSIBLE_TEST_HOME (.cache/home), which two runs at once may not share; results go to tests/output there.
# ANSIBLE_TEST_TREE=DIR: a copy that is there already.

set -euo pipefail

cd "$(dirname "$0")/.."
bin=$(cd "$1" && pwd)
command=$2
shift 2

home=$PWD/${ANSIBLE_TEST_HOME:-.cache/home}
tree=${ANSIBLE_TEST_TREE:+$PWD/$ANSIBLE_TEST_TREE}
tree=${tree:-$home/ansible-test/$command}
pythons=$home/pythons

[[ $PWD != *[[:space:]]* ]] || { echo "ansible-test does not work in a folder with a space in its path: $PWD" >&2; exit 1; }
command -v shellcheck >/dev/null || { echo "ansible-test would pass over shell scripts: shellcheck is missing" >&2; exit 1; }

# Names that lead to an interpreter, in place of pyenv's shims, which may not.
mkdir -p "$pythons" "$home"
for version in 3.9 3.10 3.11 3.12 3.13; do
  if python=$(tools/find-python.sh exact "$version" 2>/dev/null); then
    ln -sfn "$python" "$pythons/python$version"
  else
    rm -f "$pythons/python$version"
    echo "NOT CHECKED: Python $version was not found on this machine, so nothing runs on it here" >&2
  fi
done

# pip comes from the package index alone: tools/get_pip.py, by the name that this ansible-core's ansible-test looks for.
cache=$home/.ansible/test/cache
mkdir -p "$cache"
lib=$("$bin/python" -c 'import ansible_test, os; print(list(ansible_test.__path__)[0])')
grep -oE "pip='[0-9.]+'" "$lib/_internal/python_requirements.py" | grep -oE '[0-9.]+' | sort -u | while read -r version; do
  name=get_pip_${version//./_}
  if [ ! -d "$cache/$name" ]; then
    "$bin/python" -m pip install -qq --no-deps --no-compile --target "$cache/$name.part" "pip==$version"
    for python in "$pythons"/python*; do PYTHONDONTWRITEBYTECODE='' "$python" -m compileall -q "$cache/$name.part"; done
    mv "$cache/$name.part" "$cache/$name"
  fi
  cp tools/get_pip.py "$cache/$name.py"
done

[ -n "${ANSIBLE_TEST_TREE:-}" ] || tools/tree.sh copy "$tree"
cd "$tree/ansible_collections/huaweicloud/drs"
# Where tasks in the background leave their results: without it ansible-core writes to HOME and reads in root's own home.
[ "$command" != integration ] || echo "ansible_async_dir: $home/.ansible_async" >tests/integration/integration_config.yml
unset ANSIBLE_COLLECTIONS_PATH ANSIBLE_HOME
path=$(tr : '\n' <<<"$PATH" | grep -v '/shims$' | paste -sd : -)
HOME=$home PATH=$bin:$pythons:$path ansible-test "$command" "$@"
