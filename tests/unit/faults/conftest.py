# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No test sees the credentials, proxies or certificates of whoever runs it."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.unit.security.conftest import clean_environment

__all__ = ["clean_environment"]
