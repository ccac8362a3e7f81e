#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Resolves tools/requirements/*.in anew. It writes the lock files that `make` installs from, with the hashes of every file, and
# cores.txt: the releases of ansible-core that `make test-matrix` runs on, each with the Pythons that can run it.

set -euo pipefail

cd "$(dirname "$0")/requirements"
uv=$PWD/../../.cache/uv/bin/uv
[ -x "$uv" ] || { "$(../find-python.sh least 3.11)" -m venv "${uv%/bin/uv}" && "${uv%/uv}/pip" install --quiet uv; }

compile() {
  "$uv" pip compile --quiet --no-header --no-annotate --upgrade "$@"
}

compile --universal --python-version 3.11 --generate-hashes run.in --output-file run.lock
compile --universal --python-version 3.11 --generate-hashes all.in --constraint run.lock --output-file all.lock
compile --universal --python-version 3.11 --generate-hashes bench.in --constraint all.lock --output-file bench.lock

core() { # a requirement, what make matrix runs on it, the Pythons that can run it
  local version
  version=$(compile --no-deps --python-version "${3%% *}" --prerelease allow - <<<"$1" | sed -n 's/^ansible-core==//p')
  echo "$version $2 $3"
}

{
  echo "# ansible-core, what runs on it (all, or sanity alone), and the Pythons that can run it, best first. Written by tools/lock.sh."
  core 'ansible-core==2.17.*' all '3.12 3.11'
  core 'ansible-core==2.18.*' sanity '3.12 3.13 3.11'
  core 'ansible-core==2.19.*' sanity '3.12 3.13 3.11'
  core 'ansible-core==2.20.*' sanity '3.13 3.12'
  core 'ansible-core==2.21.*' all '3.13 3.12'
  core 'ansible-core>=2.22.0a1' sanity '3.13'
} >cores.txt
