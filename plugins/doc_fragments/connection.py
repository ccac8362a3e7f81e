# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options that say where the service is and how it is talked to."""

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
      - If absent, it comes with the token that a password gives, or IAM is asked for the project of the name
        O(project_name).
      - "Environment variables: E(HW_PROJECT_ID), E(HUAWEICLOUD_SDK_PROJECT_ID), or E(OS_PROJECT_ID), E(OS_TENANT_ID)."
    type: str
  project_name:
    description:
      - The name of the project, used if O(project_id) is absent. If it is absent too, it is the region's, since every
        region has a project of its own name.
      - "Environment variables: E(HW_PROJECT_NAME), or E(OS_PROJECT_NAME), E(OS_TENANT_NAME)."
    type: str
  cloud_domain:
    description:
      - The domain of the cloud, such as V(otc.t-systems.com), of which O(endpoint) and O(auth_url) are built if they
        are absent.
      - If absent, it is taken from whichever of O(endpoint) and O(auth_url) is given, else it is V(myhuaweicloud.com).
        With secrets or an address from C(OS_) variables there is no such default.
      - "Environment variable: E(HW_CLOUD)."
    type: str
  endpoint:
    description:
      - The address of DRS, without a version or project. If absent, it is V(https://drs.{region}.{cloud_domain}).
      - It begins with V(https://). Plain V(http://) is for a loopback address only, and then no proxy is used.
      - "Environment variable: E(HW_DRS_ENDPOINT)."
    type: str
  auth_url:
    description:
      - The address of IAM. V(/v3) is added if it is missing. If absent, it is V(https://iam.{region}.{cloud_domain}/v3).
      - It is used for tokens and to look up a project, and has the same rules as O(endpoint).
      - "Environment variables: E(HW_AUTH_URL), or E(OS_AUTH_URL)."
    type: str
  validate_certs:
    description:
      - Whether the certificates of DRS and IAM are checked. Never switch this off in production.
    type: bool
    default: true
  ca_cert:
    description:
      - The path of a bundle of certificate authorities to trust instead of the system's.
      - "Environment variable: E(OS_CACERT), where C(OS_) variables are used."
    type: path
  request_timeout:
    description:
      - The longest time in seconds that one request may take.
    type: int
    default: 30
  max_retries:
    description:
      - How many times in a row a request that only reads is sent again after a cut connection or an error of the
        server. Requests that change something are not repeated so; throttling does not count here.
    type: int
    default: 5
  language:
    description:
      - The language of the service's own messages.
    type: str
    choices: [en-us, zh-cn]
    default: en-us
"""
