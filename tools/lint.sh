#!/usr/bin/env bash
# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the linters, all of them or those named: tools/lint.sh [ruff mypy ...]. Each runs whatever the others found, two at a time.

set -uo pipefail

cd "$(dirname "$0")/.." || exit
root=$PWD
collection=ansible_collections.huaweicloud.drs

work=.cache/lint

# The longest first.
all=(ansible-lint ruff mypy yamllint shellcheck codespell bandit secrets workflows changelog)

tracked() { # the files git tracks or would track, of these patterns
  git ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do if [ -f "$file" ]; then printf '%s\0' "$file"; fi; done
}

run_ruff() { ruff check --quiet . && ruff format --check --quiet .; }

run_mypy() {
  # By package names, so that the code is seen under the names that it is imported by.
  MYPYPATH=$root/.cache/tree mypy --no-error-summary -p "$collection.plugins" -p "$collection.tests.emulator" |
    sed "s|^.cache/tree/${collection//.//}/||"
}

run_yamllint() { tracked '*.yml' '*.yaml' .yamllint .ansible-lint | xargs -0 yamllint --strict; }

run_shellcheck() { { tracked '*.sh' .ci/run; } | xargs -0 shellcheck; }

run_codespell() { tracked | xargs -0 codespell; }

run_bandit() { bandit --quiet --configfile pyproject.toml --recursive plugins tests/emulator; }

run_secrets() {
  # The entropy plug-ins would flag every hash of the lock files and every job id; the others look for what a secret looks like.
  # Tests hold made-up passwords by the dozen: there, only what looks like a real key or token counts.
  local scan=(detect-secrets-hook --disable-plugin Base64HighEntropyString --disable-plugin HexHighEntropyString)
  tracked ':!tests' ':!tools/requirements/*.lock' | xargs -0 "${scan[@]}"
  local rest=$?
  tracked tests | xargs -0 "${scan[@]}" --disable-plugin KeywordDetector --disable-plugin BasicAuthDetector && [ $rest = 0 ]
}

run_ansible-lint() { ansible-lint --offline --strict -q; }

run_workflows() {
  tracked '.github/workflows/*.yml' | xargs -0 check-jsonschema --quiet --builtin-schema vendor.github-workflows
  local schema=$?
  zizmor --offline --quiet --no-progress .github && [ $schema = 0 ]
}

run_changelog() { antsibull-changelog lint; }

steps=("${@:-${all[@]}}")
rm -rf "$work"
mkdir -p "$work"
for step in "${steps[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  echo "lint: $step"
  { "run_$step" >"$work/$step.log" 2>&1 && touch "$work/$step.passed"; } &
done
wait

failed=()
for step in "${steps[@]}"; do
  [ -f "$work/$step.passed" ] || failed+=("$step")
  if [ -s "$work/$step.log" ]; then
    echo "lint: what $step said:"
    cat "$work/$step.log"
  fi
done

if [ ${#failed[@]} -gt 0 ]; then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
