# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options for region, project, addresses and requests."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  region:
    description:
      - The region, such as V(eu-de) or V(cn-north-4). Needed unless O(endpoint) and O(project_id) are given.
      - "Environment variables: E(HW_REGION_NAME), or E(OS_REGION_NAME)."
    type: str
  project_id:
    description:
      - The id of the project that the jobs belong to.
      - If absent, it comes with the token that is fetched with a password, or IAM is asked for the project named
        O(project_name).
      - "Environment variables: E(HW_PROJECT_ID), E(HUAWEICLOUD_SDK_PROJECT_ID), or E(OS_PROJECT_ID), E(OS_TENANT_ID)."
    type: str
  project_name:
    description:
      - The name of the project. It is used if O(project_id) is absent. If both are absent, it is the name of the region, as
        each region has a project of that name.
      - "Environment variables: E(HW_PROJECT_NAME), or E(OS_PROJECT_NAME), E(OS_TENANT_NAME)."
    type: str
  cloud_domain:
    description:
      - The domain of the cloud, such as V(otc.t-systems.com). O(endpoint) and O(auth_url) are built from it if they are
        absent.
      - If absent, it is the domain of O(endpoint) or O(auth_url), whichever is given, else V(myhuaweicloud.com). Secrets or
        an address in C(OS_) variables have no such default.
      - "Environment variable: E(HW_CLOUD)."
    type: str
  endpoint:
    description:
      - The address of DRS, without a version or a project. If absent, it is V(https://drs.{region}.{cloud_domain}).
      - It begins with V(https://). Plain V(http://) is allowed for a loopback address only, for which no proxy is used.
      - A user name in it is refused, and a query too.
      - "Environment variable: E(HW_DRS_ENDPOINT)."
    type: str
  auth_url:
    description:
      - The address of IAM. V(/v3) is added if it is missing. If absent, it is V(https://iam.{region}.{cloud_domain}/v3).
      - It is used to fetch tokens and to look up a project. The rules of O(endpoint) apply.
      - "Environment variables: E(HW_AUTH_URL), or E(OS_AUTH_URL)."
    type: str
  validate_certs:
    description:
      - Whether to check the certificates of DRS and IAM. Never turn this off in production.
    type: bool
    default: true
  ca_cert:
    description:
      - The path of a bundle of certificate authorities that replaces the system's.
      - "Environment variable: E(OS_CACERT), if C(OS_) variables are used."
    type: path
  request_timeout:
    description:
      - The longest time in seconds that one request may take.
    type: int
    default: 30
  max_retries:
    description:
      - How many times in a row a request that only reads is retried after a lost connection or an error of the server.
        Requests that change something are not retried in this way, and throttling does not count.
    type: int
    default: 5
  language:
    description:
      - The language of the service's own messages.
    type: str
    choices: [en-us, zh-cn]
    default: en-us
  max_parallel:
    description: Requests in flight, from 1 to 16. Halved while the service throttles.
    type: int
    default: 4
"""
