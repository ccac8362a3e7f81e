# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test runs in each new virtual environment to get pip, in place of a script that it would download.

pip comes from the package index alone, and once for all: tools/ansible-test.sh lays it beside the copy of this file that
ansible-test finds, and each environment is told where it lies.
"""

from __future__ import annotations

import pathlib
import sysconfig

if __name__ == "__main__":
    pip = pathlib.Path(__file__).resolve().with_suffix("")
    (pathlib.Path(sysconfig.get_path("purelib")) / "pip.pth").write_text(f"{pip}\n", encoding="utf-8")
