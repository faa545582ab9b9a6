"""A browser for the tests of pages, started once; without one they are skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from helpers.browser import Browser, program


@pytest.fixture(scope="session")
def browser(tmp_path_factory) -> Iterator[Browser]:
    path = program()
    if path is None:
        pytest.skip("there is no Chromium: tests/browser/prepare installs it")
    found = Browser(path, tmp_path_factory.mktemp("profile"))
    yield found
    found.close()
