#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lists what a user installs: tools/sbom.sh TARBALL
# Writes TARBALL's .cdx.json (CycloneDX) and .licences.md beside it.

set -euo pipefail

tarball=$1
base=${tarball%.tar.gz}
cd "$(dirname "$0")/.."

user=.cache/user
rm -rf "$user"
"$(tools/find-python.sh least 3.11)" -m venv --without-pip "$user"
python -m pip --python "$user/bin/python" install -qq -r tools/requirements/run.lock

cyclonedx-py environment --output-reproducible --output-format JSON "$user/bin/python" | python tools/sbom.py "$tarball" >"$base.cdx.json"
pip-licenses --python "$user/bin/python" --format markdown --with-urls --from mixed >"$base.licences.md"
cat "$base.licences.md"
