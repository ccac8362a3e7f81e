# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No test sees the ways in, proxies, certificates or netrc file of whoever runs it."""

from __future__ import annotations

import os

import pytest

_OURS = ("HW_", "HUAWEICLOUD_", "OS_")
_OTHERS = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "requests_ca_bundle",
    "curl_ca_bundle",
    "netrc",
    "ssl_cert_file",
)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(_OURS) or name.lower() in _OTHERS:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
