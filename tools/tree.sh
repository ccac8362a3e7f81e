#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lays the collection at DIR/ansible_collections/huaweicloud/drs, whatever the checkout's own folder is called.
#   tree.sh link DIR   a link to the checkout: enough for pytest, ansible-playbook and ansible-lint
#   tree.sh copy DIR   a copy of what git tracks or would track: ansible-test resolves links, and then finds no collection

set -euo pipefail

cd "$(dirname "$0")/.."
root=$PWD
target=$2/ansible_collections/huaweicloud/drs

rm -rf "$2/ansible_collections"
mkdir -p "$(dirname "$target")"
case $1 in
  link)
    ln -s "$root" "$target"
    ;;
  copy)
    mkdir "$target"
    git ls-files -z --cached --others --exclude-standard |
      while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done |
      tar --null -T - -cf - | tar -C "$target" -xf -
    # ansible-test asks git for the files of the nearest repository, and a copy inside of the checkout is ignored there.
    git init --quiet "$target"
    ;;
  *)
    echo "tree.sh: link or copy, not $1" >&2
    exit 2
    ;;
esac
