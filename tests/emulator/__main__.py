# Copyright: (c) 2026, huaweicloud.drs contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the emulator alone: ``python3 -m tests.emulator``."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import signal
import ssl
import sys
import threading
from typing import Any

from . import coverage
from .core import Emulator
from .seed import load_seed
from .server import Serving, serve

_PARENT_LOOKED_FOR_EVERY = 0.5


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to end."""
    options = parser().parse_args(arguments)
    if options.coverage:
        sys.stdout.write(coverage.markdown())
        return 0
    try:
        settings = dict(_setting(text) for text in options.setting)
        if options.latency is not None:
            settings["latency"] = options.latency / 1000
        emulator = Emulator(load_seed(options.seed), clock=options.clock, scale=options.scale, **settings)
        context = _tls(options.tls_cert, options.tls_key)
        with serve(emulator, port=options.port, ssl_context=context) as serving:
            _until_told(options, serving)
    except (OSError, ValueError) as error:
        print(f"drs-emulator: {error}", file=sys.stderr)
        return 1
    return 0


def environment(serving: Serving) -> dict[str, str]:
    """The variables with which the collection's modules find this emulator and are let in by access key."""
    project = serving.emulator.identity.projects[0]
    key = serving.emulator.identity.first_key()
    return {
        "HW_DRS_ENDPOINT": serving.url,
        "HW_AUTH_URL": f"{serving.url}/v3",
        "HW_REGION_NAME": project["name"],
        "HW_PROJECT_ID": project["id"],
        **({"HW_ACCESS_KEY": key["access_key"], "HW_SECRET_KEY": key["secret_key"]} if key else {}),
    }


def _until_told(options: argparse.Namespace, serving: Serving) -> None:
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    parent = os.getppid()
    if options.port_file:
        _write_port(pathlib.Path(options.port_file), serving.port)
    print(_greeting(serving), flush=True)
    while not ending.wait(_PARENT_LOOKED_FOR_EVERY):
        if options.until_parent_gone and os.getppid() != parent:
            return


def _greeting(serving: Serving) -> str:
    identity = serving.emulator.identity
    lines = [
        f"The DRS emulator listens at {serving.url}",
        f"Its admin prefix is {serving.url}/_emulator/ (state, journal, faults, ...)",
        "",
    ]
    lines += [f"export {name}='{value}'" for name, value in environment(serving).items()]
    user, token = identity.first_user(), identity.first_token()
    lines += [
        "# In place of the access key, a user:" if user else "",
        *(
            f"# export {name}='{user[key]}'"
            for name, key in (("HW_USER_NAME", "name"), ("HW_USER_PASSWORD", "password"), ("HW_DOMAIN_NAME", "domain"))
            if user
        ),
    ]
    lines += ["# or a token:", f"# export HW_AUTH_TOKEN='{token}'"] if token else []
    return "\n".join(lines)


def _write_port(path: pathlib.Path, port: int) -> None:
    """Write the file whole or not at all: whoever waits for it must not read half a number."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(f"{port}\n", encoding="ascii")
    part.replace(path)


def _tls(certificate: str | None, key: str | None) -> ssl.SSLContext | None:
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--setting {text}: name=value is wanted")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        prog="python3 -m tests.emulator", description="An emulator of the DRS v3 API on loopback."
    )
    options.add_argument("--port", type=int, default=0, help="where to listen; 0 takes a free port")
    options.add_argument("--seed", default="examples", help="a JSON file, or the name of one in seeds/ (examples)")
    options.add_argument("--clock", choices=("immediate", "scaled", "manual"), default="scaled")
    options.add_argument("--scale", type=float, default=1.0, help="service seconds in a real one, for the scaled clock")
    options.add_argument("--latency", type=float, metavar="MS", help="milliseconds added to every answer")
    options.add_argument(
        "--setting", action="append", default=[], metavar="NAME=JSON", help="a setting over the seed's; may be repeated"
    )
    options.add_argument("--port-file", metavar="PATH", help="written with the port once it listens")
    options.add_argument("--tls-cert", metavar="PATH", help="serve TLS with this certificate")
    options.add_argument("--tls-key", metavar="PATH")
    options.add_argument(
        "--until-parent-gone", action="store_true", help="end when the process that started it is gone"
    )
    options.add_argument(
        "--coverage", action="store_true", help="print where each line of behaviour is known from, and end"
    )
    return options


if __name__ == "__main__":
    sys.exit(main())
