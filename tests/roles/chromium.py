# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium, told what to do over a pair of pipes (its --remote-debugging-pipe)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from typing import Any

PATIENCE = 120
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "about:blank",
]


def program() -> str | None:
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Chromium(contextlib.ExitStack):
    """A browser with one page, gone when the context ends. events holds what the page has told, oldest first."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self._number, self._rest = 0, b""
        profile = self.enter_context(tempfile.TemporaryDirectory(prefix="drs-look-", ignore_cleanup_errors=True))
        theirs, self._out = os.pipe()
        self._in, their_out = os.pipe()
        # It reads from 3 and writes to 4.
        shell = ["sh", "-c", f'exec "$@" 3<&{theirs} 4>&{their_out}', "sh"]
        command = [*shell, path, *_FLAGS[:-1], f"--user-data-dir={profile}", _FLAGS[-1]]
        self._process = subprocess.Popen(
            command, pass_fds=(theirs, their_out), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.callback(self._end)
        os.close(theirs)
        os.close(their_out)
        targets = self._call("Target.getTargets", {}, None)["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self._call("Target.attachToTarget", {"targetId": page, "flatten": True}, None)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Calls a method of the DevTools protocol on the page."""
        return self._call(method, parameters, self._session)

    def open(self, url: str, *, width: int, height: int, media: str = "screen", scheme: str = "light") -> None:
        """Loads a page on a screen of this size, and waits until all of it is there."""
        self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.do("Emulation.setEmulatedMedia", media=media, features=features)
        self.events.clear()
        self.do("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._hear()

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def picture(self, path: pathlib.Path) -> None:
        """Writes what the screen shows, as PNG."""
        path.write_bytes(base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"]))

    def print(self, path: pathlib.Path) -> None:
        """Prints the page on A4, as PDF."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": False}
        path.write_bytes(base64.b64decode(self.do("Page.printToPDF", **paper)["data"]))

    def complaints(self) -> list[str]:
        """What the console says, exceptions, and requests for anything but the page's own file."""
        found = []
        for event in self.events:
            what = event["params"]
            if event["method"] == "Log.entryAdded":
                found.append(f"{what['entry']['level']}: {what['entry']['text']}")
            elif event["method"] == "Runtime.consoleAPICalled":
                found.append(f"console.{what['type']}")
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(what["exceptionDetails"]["text"])
            elif event["method"] == "Network.requestWillBeSent" and what.get("type") != "Document":
                found.append(f"asks for {what['request']['url'][:80]}")
        return found

    def _call(self, method: str, parameters: dict[str, Any], session: str | None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._hear()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _hear(self) -> dict[str, Any]:
        """The next message of the browser; an event is kept as well."""
        while b"\0" not in self._rest:
            part = os.read(self._in, 1 << 20)
            if not part:
                raise RuntimeError("Chromium has ended.")
            self._rest += part
        message, _end, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(message)
        if "method" in heard:
            self.events.append(heard)
        return heard

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)
