"""The ways in which text becomes columns; each has to read what the others read."""

import pytest
from helpers.readers import READERS, use


@pytest.fixture(params=READERS)
def reader(request, monkeypatch):
    """Read with each of the readers in turn."""
    use(request.param, monkeypatch)
    return request.param
