"""The JSON Schema of a config: valid itself, current, and of one mind with what reads configs."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from helpers.documents import DOCUMENTS, ROOT, blocks

import losscli
from losscli.cli.commands.check.config import read
from losscli.cli.commands.check.keys import KEYS, REFUSED, as_text, schema

SHIPPED = Path(losscli.__file__).parent / "cli/commands/check/config.schema.json"
SCHEMA = json.loads(SHIPPED.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BASE = '[[check]]\npredictions = "p.csv"\nloss = "mse"\n'


def valid(text):
    return VALIDATOR.is_valid(tomllib.loads(text))


def test_the_shipped_schema_is_current():
    """`losscli check --print-schema > losscli/cli/commands/check/config.schema.json` writes it anew."""
    assert SHIPPED.read_text(encoding="utf-8") == as_text(schema())


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_is_described():
    properties = SCHEMA["$defs"]["check"]["properties"]
    assert properties.keys() == {"name", *KEYS} - REFUSED.keys()
    assert all(one["description"].strip() for one in properties.values())
    assert properties["bad-rows"]["enum"] == ["error", "drop"]
    assert properties["top"]["default"] == 10


@pytest.mark.parametrize(
    "text",
    [
        BASE,
        BASE + 'map-labels = {"0" = -1}\n',
        BASE + 'map-labels = "0=-1"\nheader = false\nfail-above = 3\ntop = 0\nprediction = [0, "b"]\n',
        BASE + 'output = "a"\nformat = "json"\nexit-zero = true\n' + BASE,
        (ROOT / "sample_data" / "losscli.toml").read_text(encoding="utf-8"),
        *(
            block.text
            for document in DOCUMENTS
            for block in blocks(document, "toml")
            if "[[check]]" in block.text
        ),
    ],
)
def test_what_is_right_is_valid(text, tmp_path):
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    assert read(str(path)).checks()[1] == []
    VALIDATOR.validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "line",
    [
        "top = -1",
        "top = 1.5",
        "top = true",
        'top = "3"',
        'bad-rows = "dropp"',
        'fail-above = "3"',
        "header = 1",
        "delimiter = 3",
        "loss = 3",
        'loss = [["mse"]]',
        "quiet = true",
        'color = "never"',
        "los = 3",
        'map-labels = ["a=b", 3]',
        "map-labels = {a = true}",
        'format = "json"',
        'name = " "',
        'labels = "-"',
        'per-sample = "-"',
        "id = true",
    ],
)
def test_what_is_wrong_is_not(line):
    assert not valid(f'[[check]]\npredictions = "p.csv"\n{line}\n')


@pytest.mark.parametrize("text", ["", "check = []", "[check]", '[[check]]\nloss = "mse"', BASE + "[other]"])
def test_a_file_of_another_shape_is_not(text):
    assert not valid(text)
