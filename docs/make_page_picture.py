"""Takes the picture of a page that the README shows, `pictures/page.png`, in Chromium.

    python docs/make_page_picture.py

`tests/browser/prepare` installs Chromium where there is none.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from pathlib import Path

from losscli.cli.main import main as losscli

ROOT = Path(__file__).resolve().parent.parent
CALL = "evaluate diabetes_linear.csv diabetes_labels.csv --loss mse --level 0.95 --gate mse<=3100"
WIDTH, HEIGHT = 1000, 1180


def main() -> int:
    """Write a page, open it, and take the picture of its upper part."""
    sys.path.insert(0, str(ROOT / "tests"))
    from helpers.browser import Browser, program

    path = program()
    if path is None:
        print("there is no Chromium: tests/browser/prepare", file=sys.stderr)
        return 1
    os.chdir(ROOT / "sample_data")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        if losscli([*CALL.split(), "--output", str(page)]) != 0:
            return 1
        browser = Browser(path, Path(folder, "profile"))
        try:
            browser.send(
                "Emulation.setDeviceMetricsOverride",
                width=WIDTH,
                height=HEIGHT,
                deviceScaleFactor=1,
                mobile=False,
            )
            browser.open(page)
            taken = browser.send("Page.captureScreenshot", format="png")
        finally:
            browser.close()
    (ROOT / "docs" / "pictures" / "page.png").write_bytes(base64.b64decode(taken["data"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
