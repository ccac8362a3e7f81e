# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of the type that AWX is given, for an emulator."""

from __future__ import annotations

from ansible_collections.huaweicloud.drs.tests.emulator import Serving


def place(serving: Serving) -> dict[str, str]:
    """The fields that say where, for an emulator."""
    project = serving.emulator.identity.projects[0]
    return {
        "endpoint": serving.url,
        "auth_url": f"{serving.url}/v3",
        "region": project["name"],
        "project_id": project["id"],
    }


def by_access_key(serving: Serving) -> dict[str, str]:
    """A credential with an access key."""
    key = serving.emulator.identity.first_key()
    return place(serving) | {"access_key": key["access_key"], "secret_key": key["secret_key"]}


def by_password(serving: Serving) -> dict[str, str]:
    """A credential with a user's password."""
    user = serving.emulator.identity.first_user()
    return place(serving) | {"username": user["name"], "password": user["password"], "domain_name": user["domain"]}


def by_token(serving: Serving) -> dict[str, str]:
    """A credential with a token."""
    return place(serving) | {"token": serving.emulator.identity.first_token()}
