# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options by which every module is let in."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  token:
    description:
      - A token of IAM, given out for the project. It is used as it is and cannot be renewed when it expires.
      - This is one of three ways in. The others are O(access_key) with O(secret_key), and O(username) with O(password)
        and O(domain_name). Exactly one must be given.
      - "Environment variables: E(HW_AUTH_TOKEN), or E(OS_AUTH_TOKEN), E(OS_TOKEN)."
    type: str
  access_key:
    description:
      - The access key (AK) with which requests are signed (SDK-HMAC-SHA256). Needs O(secret_key).
      - "Environment variables: E(HW_ACCESS_KEY), E(HUAWEICLOUD_SDK_AK), or E(OS_ACCESS_KEY)."
    type: str
  secret_key:
    description:
      - The secret key (SK) that belongs to O(access_key). It is never sent.
      - "Environment variables: E(HW_SECRET_KEY), E(HUAWEICLOUD_SDK_SK), or E(OS_SECRET_KEY)."
    type: str
  security_token:
    description:
      - The security token that belongs to a temporary O(access_key).
      - "Environment variables: E(HW_SECURITY_TOKEN), E(HUAWEICLOUD_SDK_SECURITY_TOKEN), or E(OS_SECURITY_TOKEN)."
    type: str
  username:
    description:
      - The name of an IAM user, for whom a token is fetched once, and once more when it expires. Needs O(password) and
        O(domain_name).
      - "Environment variables: E(HW_USER_NAME), or E(OS_USERNAME)."
    type: str
  password:
    description:
      - The password that belongs to O(username).
      - "Environment variables: E(HW_USER_PASSWORD), or E(OS_PASSWORD)."
    type: str
  domain_name:
    description:
      - The name of the account (the domain) that O(username) belongs to. The other ways in do not use it.
      - "Environment variables: E(HW_DOMAIN_NAME), or E(OS_USER_DOMAIN_NAME), E(OS_DOMAIN_NAME)."
    type: str
notes:
  - Every value that is empty counts as absent, so that an unanswered question of a survey does no harm.
  - Secrets that are shorter than 8 characters are refused.
  - The way in is taken whole from the options if any option of one is given, else from the variables that begin with
    C(HW_) or C(HUAWEICLOUD_SDK_), else from those that begin with C(OS_). Two ways in among the options, or among the
    variables of one of these two families, are an error.
  - The two families are never mixed. The values that say where (region, project, addresses) come from their options
    first, and then from the family of the way in. With a way in that is given by options they come from C(HW_)
    variables if any such is set, else from C(OS_) variables. A project's id and name are taken from one place together.
  - Secrets from C(OS_) variables are used only if their cloud is named too, by E(OS_AUTH_URL) or by one of the options
    O(auth_url), O(endpoint) and O(cloud_domain). Secrets from options follow E(OS_AUTH_URL) only if none of these three
    options is given.
  - The variables are read where the module runs. With C(connection=local), that is the controller or the execution
    environment.
"""
