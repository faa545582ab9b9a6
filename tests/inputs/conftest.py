"""How text becomes numbers: each way is held against the same tests."""

import pytest

from losscli.inputs.formats.csv import numbers


@pytest.fixture(params=["pandas", "cells"])
def parser(request, monkeypatch):
    """Parse all text with pandas, or all of it cell by cell, whatever was imported before."""
    monkeypatch.setattr(numbers, "is_small", lambda _total: request.param == "cells")
    return request.param
