# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test runs in each new virtual environment to get pip, in place of a script that it would download.

Python's own ensurepip brings a pip, and that one fetches the version asked for from the package index: the checks need no
other server. ensurepip runs in a process of its own, since it hides pip's configuration from what follows in the same one.
"""

from __future__ import annotations

import subprocess
import sys

if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True, stdout=subprocess.DEVNULL)
    version = [argument for argument in sys.argv[1:] if argument.startswith("pip==")]
    upgrade = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *version]
    sys.exit(subprocess.run(upgrade, check=False).returncode)
