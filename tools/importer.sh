#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Has galaxy-importer check the tarball: tools/importer.sh TARBALL
# Its exit status does not tell of what it finds: an ERROR or WARNING line does.

set -euo pipefail

tarball=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.."
mkdir -p .cache/importer
cd .cache/importer

status=0
GALAXY_IMPORTER_CHECK_REQUIRED_TAGS=true python -m galaxy_importer.main "$tarball" >importer.log 2>&1 || status=$?
if [ $status != 0 ] || grep -qE '^(ERROR|WARNING)' importer.log; then
  cat importer.log >&2
  exit 1
fi
echo 'galaxy-importer: no error and no warning'
