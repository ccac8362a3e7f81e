# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's error codes with their texts, and the two error bodies: the service's own and the gateway's."""

from __future__ import annotations

from typing import Any

MESSAGES = {
    "DRS-M00000": "Request processed successfully",
    "APIGW.0308": "The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute",
    "DRS.M00002": "The returned result is empty.",
    "DRS.M00004": "Service is abnormal. Check logs.",
    "DRS.M00007": "Invalid request parameter.",
    "DRS.M00100": "Invalid token.",
    "DRS.M00101": "The user role is empty.",
    "DRS.M00102": "Insufficient user permissions.",
    "DRS.M00103": "You do not have operation permissions. Check account permissions on IAM.",
    "DRS.M00105": "User restricted.",
    "DRS.M00200": "Parameter error.",
    "DRS.M00201": "The parameter %s is empty.",
    "DRS.M00202": "The value of parameter %s is invalid.",
    "DRS.M00210": "The value of Page is invalid, %s",
    "DRS.M00211": "The value of Page exceeds the upper limit.",
    "DRS.M00261": "Invalid project ID.",
    "DRS.M00289": "The task does not exist.",
    "DRS.M00299": "Only one jobId is allowed.",
    "DRS.M00300": "Invalid request, %s",
    "DRS.M00301": "There are duplicate %s in request.",
    "DRS.M00302": "The transfer schema is invalid, please refer to supported transfer schema.",
    "DRS.M00304": "This API cannot be called in the current task status.",
    "DRS.M01501": "Service error.",
    "DRS.M01503": "Operation too frequent. Try again later.",
    "DRS.M01504": "Another operation is being performed on the migration task or the migration task is abnormal. "
    "Try again later.",
    "DRS.M05003": "Task information not found.",
    "DRS.M05004": "The task has been deleted or the resource has been released.",
}


def text(code: str, about: str = "") -> str:
    """The message of a code, with its one placeholder filled."""
    message = MESSAGES.get(code, "Service error.")
    return message % about if "%s" in message else message


class ServiceError(Exception):
    """A request refused as a whole."""

    def __init__(
        self, status: int, code: str, about: str = "", *, message: str | None = None, gateway: bool = False
    ) -> None:
        self.status = status
        self.code = code
        self.message = text(code, about) if message is None else message
        self.gateway = gateway
        super().__init__(f"{status} {code}: {self.message}")

    def body(self, request_id: str) -> dict[str, Any]:
        """The body sent; the gateway's names the request."""
        answer = {"error_code": self.code, "error_msg": self.message}
        if self.gateway:
            answer["request_id"] = request_id
        return answer


def invalid(parameter: str) -> ServiceError:
    """400 for a value of the wrong type or form, or a parameter that nobody knows."""
    return ServiceError(400, "DRS.M00202", parameter)


def empty(parameter: str) -> ServiceError:
    """400 for a parameter that is missing or empty."""
    return ServiceError(400, "DRS.M00201", parameter)
