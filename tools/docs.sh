#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Checks what ansible-doc shows, strictly, and builds the documentation site without a warning, in build/site.

set -euo pipefail

cd "$(dirname "$0")/.."
root=$PWD

antsibull-docs lint-collection-docs --plugin-docs --check-extra-docs-refs --validate-collection-refs=self .

rm -rf .cache/docs
mkdir -p .cache build
mkdir -m 700 .cache/docs
antsibull-docs sphinx-init --use-current --title huaweicloud.drs --dest-dir .cache/docs huaweicloud.drs >/dev/null
# Links into Ansible's own documentation are not looked up: the build needs no network.
cat >>.cache/docs/conf.py <<'CONF'
intersphinx_mapping = {}
suppress_warnings = ["ref.ref"]
CONF
# antsibull-docs copies the guides' text alone. Their pictures go beside them, after it has run and before Sphinx reads them.
cat >>.cache/docs/conf.py <<CONF
import shutil
shutil.copytree("$root/docs/docsite/rst/images", "rst/collections/huaweicloud/drs/docsite/images", dirs_exist_ok=True)
CONF
bash .cache/docs/build.sh >.cache/docs/build.log || { cat .cache/docs/build.log >&2; exit 1; }

rm -rf build/site
mv "$root/.cache/docs/build/html" build/site
echo "The documentation is at build/site/index.html"
