# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the bytecode of what Python imports out of ZIP files, in the folder DRS_TEST_BYTECODE; without that variable it does nothing.

ansible-core sends every module and what it imports as a ZIP file of sources, which Python compiles anew for each task: a third of the
time that the tests of playbooks and roles take. The root's conftest.py puts this folder into PYTHONPATH.
"""

import os
import zipimport
from importlib.util import MAGIC_NUMBER

FOLDER = os.environ.get("DRS_TEST_BYTECODE")
_compile = getattr(zipimport, "_compile_source", None)  # not part of Python's promises: without it, nothing is kept


def _kept(pathname, source):
    """The code of a source: what compiling it gave the first time."""
    import hashlib
    import marshal

    name = pathname.rpartition(".zip")[2]
    key = hashlib.sha256(b"\0".join([MAGIC_NUMBER, name.encode(), source])).hexdigest()
    path = os.path.join(FOLDER, key)
    try:
        with open(path, "rb") as stream:
            return marshal.load(stream)
    except (OSError, EOFError, ValueError, TypeError):
        pass
    code = _compile(pathname, source)
    part = f"{path}.{os.getpid()}"
    try:
        with open(part, "wb") as stream:
            marshal.dump(code, stream)
        os.replace(part, path)
    except OSError:
        pass
    return code


if FOLDER and _compile:
    zipimport._compile_source = _kept
