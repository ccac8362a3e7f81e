# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options that hold credentials."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  token:
    description:
      - A token of IAM that was issued for the project. It is used as it is and cannot be renewed when it expires.
      - This is one of three authentication methods. The others are O(access_key) with O(secret_key), and O(username) with
        O(password) and O(domain_name). Give exactly one.
      - "Environment variables: E(HW_AUTH_TOKEN), or E(OS_AUTH_TOKEN), E(OS_TOKEN)."
    type: str
  access_key:
    description:
      - The access key (AK) that signs requests (SDK-HMAC-SHA256). Needs O(secret_key).
      - "Environment variables: E(HW_ACCESS_KEY), E(HUAWEICLOUD_SDK_AK), or E(OS_ACCESS_KEY)."
    type: str
  secret_key:
    description:
      - The secret key (SK) of O(access_key). It is never sent.
      - "Environment variables: E(HW_SECRET_KEY), E(HUAWEICLOUD_SDK_SK), or E(OS_SECRET_KEY)."
    type: str
  security_token:
    description:
      - The security token of a temporary O(access_key).
      - "Environment variables: E(HW_SECURITY_TOKEN), E(HUAWEICLOUD_SDK_SECURITY_TOKEN), or E(OS_SECURITY_TOKEN)."
    type: str
  username:
    description:
      - The name of an IAM user. A token is fetched for this user, and another one when it expires. Needs O(password) and
        O(domain_name).
      - "Environment variables: E(HW_USER_NAME), or E(OS_USERNAME)."
    type: str
  password:
    description:
      - The password of O(username). If IAM refuses it, it is not tried again.
      - "Environment variables: E(HW_USER_PASSWORD), or E(OS_PASSWORD)."
    type: str
  domain_name:
    description:
      - The name of the account (the domain) of O(username). The other authentication methods do not use it.
      - "Environment variables: E(HW_DOMAIN_NAME), or E(OS_USER_DOMAIN_NAME), E(OS_DOMAIN_NAME)."
    type: str
notes:
  - An empty value counts as absent, so that an unanswered question of a survey does no harm.
  - Secrets of fewer than 8 characters are refused.
  - The credentials come from the options if any of their options is given, else from the variables that begin with C(HW_) or
    C(HUAWEICLOUD_SDK_), else from those that begin with C(OS_). Options are not completed by variables. Two authentication
    methods among the options, or among the variables of one of these two families, are an error.
  - An access key, its secret key and its security token come from variables of one prefix. If any of E(HW_ACCESS_KEY),
    E(HW_SECRET_KEY) and E(HW_SECURITY_TOKEN) is set, the C(HUAWEICLOUD_SDK_) variables of these values are not used.
  - The two families are never mixed. Region, project and addresses come from their options, or else from the family of the
    credentials. If the credentials are options, they come from C(HW_) variables if any of these is set, else from C(OS_)
    variables. The id and the name of a project come from options together, or else from variables of one prefix.
  - Secrets in C(OS_) variables are used only if their cloud is known, by E(OS_AUTH_URL) or by one of the options O(auth_url),
    O(endpoint) and O(cloud_domain). Secrets in options are sent to E(OS_AUTH_URL) only if none of these three options is given.
  - The variables are read where the module runs. With C(connection=local), that is the controller or the execution
    environment.
"""
