"""Formats are found by file name, and imported on use."""

from __future__ import annotations

import pytest
from helpers.calls import python

from losscli.common.errors import UsageError
from losscli.outputs.formats import Format, load, names


def test_the_promised_formats_are_there() -> None:
    assert {"csv", "html", "json", "jsonl", "markdown", "quiet", "table"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_format_is_called_as_its_file(name: str) -> None:
    found = load(name)
    assert isinstance(found, Format)
    assert found.name == name
    assert found.summary


@pytest.mark.parametrize("name", ["jsn", "_document", "per_sample", "", "../x", "__init__"])
def test_an_unknown_format_is_a_usage_error_that_lists_what_there_is(name: str) -> None:
    with pytest.raises(UsageError, match="json, jsonl, junit, markdown"):
        load(name)


def test_the_nearest_format_is_named() -> None:
    with pytest.raises(UsageError, match=r"Did you mean json\?"):
        load("jsno")


def test_the_formats_are_known_before_anything_heavy_is_imported() -> None:
    program = (
        "import sys; from losscli.outputs.formats import load, names\n"
        "[load(name) for name in names()]\n"
        "sys.exit(bool({'numpy', 'pandas', 'rich', 'xml', 'csv'} & set(sys.modules)))"
    )
    assert python(program).returncode == 0
