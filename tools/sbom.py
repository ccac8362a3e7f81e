# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the CycloneDX SBOM of what a user installs: sbom.py TARBALL < components.json > sbom.json

The components, read from standard input, are what cyclonedx-py finds in an environment with ansible-core and requests; the collection is
put on top of them, with its digest.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import sys
from typing import Any


def with_collection(bom: dict[str, Any], tarball: pathlib.Path) -> dict[str, Any]:
    """The same SBOM with the collection as its subject, which depends on ansible-core and requests."""
    namespace, name, version = tarball.name.removesuffix(".tar.gz").split("-", 2)
    subject = f"{namespace}.{name}@{version}"
    bom.setdefault("metadata", {})["component"] = {
        "type": "library",
        "bom-ref": subject,
        "group": namespace,
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(tarball.read_bytes()).hexdigest()}],
    }
    direct = sorted(part["bom-ref"] for part in bom["components"] if part["name"] in {"ansible-core", "requests"})
    bom.setdefault("dependencies", []).append({"ref": subject, "dependsOn": direct})
    return bom


if __name__ == "__main__":
    json.dump(with_collection(json.load(sys.stdin), pathlib.Path(sys.argv[1])), sys.stdout, indent=2)
    print()
