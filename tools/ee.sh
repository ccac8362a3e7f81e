#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds an execution environment that holds the collection: tools/ee.sh TARBALL IMAGE
# All of these have a default:
#   EE_RUNTIME     podman or docker
#   EE_BASE_IMAGE  an image with Python and apt-get
#   EE_PYTHON      the path of Python in it
#   EE_BUILD_ARGS  more arguments for the build, in one string
#   EE_PIP_CONF    a pip.conf to build with, where pip needs one, and
#   EE_CA          the certificates that go with it

set -euo pipefail

tarball=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
image=$2
cd "$(dirname "$0")/.."

work=$PWD/.cache/ee
rm -rf "$work"
mkdir -p "$work"
core=$(sed -n 's/^ansible-core==\([^ ;]*\).*/\1/p' tools/requirements/run.lock | sort -V | head -1)
runner=$(sed -n 's/^ansible-runner==\([^ ;]*\).*/\1/p' tools/requirements/all.lock)

{
  cat <<DEFINITION
---
version: 3
images:
  base_image:
    name: ${EE_BASE_IMAGE:-python:3.12-slim}
dependencies:
  python_interpreter:
    package_system: python3
    python_path: ${EE_PYTHON:-/usr/local/bin/python3}
  ansible_core:
    package_pip: ansible-core==$core
  ansible_runner:
    package_pip: ansible-runner==$runner
  galaxy:
    collections:
      - name: dist/$(basename "$tarball")
        type: file
options:
  package_manager_path: /usr/bin/apt-get
  skip_pip_install: true
additional_build_files:
  - src: $tarball
    dest: dist
DEFINITION
  if [ -n "${EE_PIP_CONF:-}" ]; then
    printf '  - {src: "%s", dest: pip}\n' "$EE_PIP_CONF" "$EE_CA"
  fi
  # A Python of the distribution's own takes packages only when told so.
  cat <<DEFINITION
additional_build_steps:
  prepend_base:
    - ENV PIP_BREAK_SYSTEM_PACKAGES=1
DEFINITION
  if [ -n "${EE_PIP_CONF:-}" ]; then
    cat <<DEFINITION
    - COPY _build/pip/$(basename "$EE_CA") /etc/ssl/certs/ca-certificates.crt
    - COPY _build/pip/$(basename "$EE_PIP_CONF") /etc/pip.conf
DEFINITION
  fi
} >"$work/execution-environment.yml"

cd "$work"
ansible-builder build --container-runtime "${EE_RUNTIME:-podman}" -t "$image" ${EE_BUILD_ARGS:+"--extra-build-cli-args=$EE_BUILD_ARGS"} >build.log ||
  { tail -40 build.log >&2; exit 1; }
echo "The execution environment is $image"
