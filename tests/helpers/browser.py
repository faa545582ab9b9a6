"""A real browser, by its own protocol over two pipes: pages opened, what they ask for, say and look like.

Nothing is installed for it but Chromium; `tests/browser/prepare` gets it, and axe-core.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "google-chrome", "chromium-browser")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--remote-debugging-pipe"),
)
# The browser reads from 3 and writes to 4, whatever the numbers are here.
LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3), os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 60.0
"""Seconds for an answer, on a busy machine."""


def program() -> str | None:
    """Return the path of a browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def axe() -> Path | None:
    """Return the path of axe-core where `tests/browser/prepare` put it, or None."""
    prepare = (Path(__file__).parents[1] / "browser" / "prepare").read_text()
    version = re.findall(r"^version=(.+)$", prepare, re.MULTILINE)[0]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = cache / "losscli" / f"axe-core-{version}" / "axe.min.js"
    return found if found.exists() else None


class Browser:
    """One tab of a browser of its own, with an empty profile."""

    def __init__(self, path: str, profile: Path) -> None:
        ours_in, theirs_out = _pipe()
        theirs_in, ours_out = _pipe()
        command = [sys.executable, "-c", LAUNCH, theirs_in, theirs_out, path, *OPTIONS]
        self._process = subprocess.Popen(
            [*map(str, command), f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out
        self._rest, self._count, self._session = b"", 0, ""
        self._events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "Audits"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        """End the browser; what does not end is killed."""
        try:
            self._session = ""
            self.send("Browser.close")
            self._process.wait(10.0)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        finally:
            os.close(self._in)
            os.close(self._out)

    def send(self, method: str, **params: object) -> dict[str, Any]:
        """Return the answer to a command; events before it are kept."""
        self._count += 1
        call: dict[str, object] = {"id": self._count, "method": method, "params": params}
        if self._session:
            call["sessionId"] = self._session
        data = json.dumps(call).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        until = time.monotonic() + PATIENCE
        while (message := self._next(until)).get("id") != self._count:
            self._events.append(message)
        assert "error" not in message, (method, message["error"])
        return dict(message["result"])

    def _next(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError("the browser does not answer")
            data = os.read(self._in, 1 << 20)
            if not data:
                raise ConnectionError("the browser ended")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def open(self, path: Path) -> None:
        """Open a file, and wait until it is there."""
        self._events.clear()
        done = self.send("Page.navigate", url=path.as_uri())
        assert not done.get("errorText"), (path, done)
        until = time.monotonic() + PATIENCE
        while not any(one["method"] == "Page.loadEventFired" for one in self._events):
            self._events.append(self._next(until))
        # What a page does at once after it has been read is seen too.
        self.value("new Promise(done => setTimeout(done, 50))")

    def asked(self) -> list[str]:
        """Return the addresses that the page asked for, itself included."""
        requests = [one for one in self._events if one["method"] == "Network.requestWillBeSent"]
        return [one["params"]["request"]["url"] for one in requests]

    def said(self) -> list[str]:
        """Return what stands on the console: calls, exceptions, refusals of a policy, issues."""
        found = []
        for one in self._events:
            match one["method"]:
                case "Runtime.consoleAPICalled":
                    found.append(json.dumps([part.get("value") for part in one["params"]["args"]]))
                case "Runtime.exceptionThrown":
                    found.append(one["params"]["exceptionDetails"]["text"])
                case "Log.entryAdded":
                    found.append(one["params"]["entry"]["text"])
                case "Audits.issueAdded":
                    found.append(json.dumps(one["params"]["issue"]))
        return found

    def value(self, script: str) -> Any:
        """Return what a script comes to; the page's policy does not hold for it."""
        done = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wide(self, width: int, height: int = 900) -> None:
        """Make the window so wide, in pixels."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def media(self, medium: str = "screen", *, dark: bool = False, forced: bool = False) -> None:
        """Say for whom pages are drawn."""
        features = {
            "prefers-color-scheme": "dark" if dark else "light",
            "forced-colors": "active" if forced else "none",
        }
        listed = [{"name": name, "value": value} for name, value in features.items()]
        self.send("Emulation.setEmulatedMedia", media=medium, features=listed)


def _pipe() -> tuple[int, int]:
    """Return two ends of a pipe, numbered beyond those that the browser wants."""
    found = os.pipe()
    kept = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in found]
    for one in found:
        os.close(one)
    return kept[0], kept[1]
