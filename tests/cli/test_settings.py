"""Settings: an option, a variable and a key of a config that say the same become the same words."""

import tomllib

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.cli.command import Command
from losscli.cli.commands import evaluate
from losscli.cli.options.environment import keys_of, retold
from losscli.cli.options.settings import Key, Setting, arguments, from_config, from_environment, nearest
from losscli.common.errors import LosscliError, UsageError

KEYS = {key.name: key for key in keys_of(evaluate.command)}
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def options_of(words):
    """Return what `evaluate` reads in these words."""
    with click.Context(evaluate.command, info_name="evaluate") as context:
        Command.parse_args(evaluate.command, context, list(words))
        return dict(context.params)


def from_toml(text):
    table = tomllib.loads(text)
    return [from_config(KEYS[key], value, "here") for key, value in table.items()]


def test_every_long_option_of_evaluate_is_a_key_of_some_kind():
    wanted = {
        option.opts[0].removeprefix("--")
        for option in evaluate.command.params
        if isinstance(option, click.Option) and not option.is_eager
    }
    assert {name for name, key in KEYS.items() if not key.argument} == wanted
    assert [name for name, key in KEYS.items() if key.argument] == ["predictions", "labels"]
    assert KEYS["header"].off == "--no-header"
    assert KEYS["top"].kind == KEYS["block-rows"].kind == "integer"
    assert KEYS["bad-rows"].choices == ("error", "drop")
    assert KEYS["fail-above"].kind == "number"
    assert KEYS["map-labels"].kind == "mapping"
    assert KEYS["exit-zero"].kind == KEYS["all"].kind == "switch"
    assert KEYS["ignore-label"].kind == KEYS["id"].kind == "value"
    assert KEYS["output"].path
    assert not KEYS["id"].path


@given(
    columns=st.lists(TEXT, max_size=3),
    labels=st.lists(st.one_of(TEXT, st.integers(), st.floats(allow_nan=False)), max_size=3),
    id_=st.none() | TEXT,
    top=st.none() | st.integers(0, 10**9),
    limit=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    header=st.none() | st.booleans(),
    exit_zero=st.none() | st.booleans(),
    predictions=TEXT,
)
def test_a_config_reads_back_as_the_options_that_it_names(
    columns, labels, id_, top, limit, header, exit_zero, predictions
):
    values = {
        "prediction": columns,
        "ignore-label": labels,
        "id": id_,
        "top": top,
        "fail-above": limit,
        "header": header,
        "exit-zero": exit_zero,
        "predictions": predictions,
    }
    given_ = {key: value for key, value in values.items() if value is not None}
    found = options_of(arguments(from_config(KEYS[key], value, "") for key, value in given_.items()))
    assert found["prediction"] == tuple(columns)
    assert found["ignore_label"] == tuple(
        label if isinstance(label, str) else repr(label) if isinstance(label, float) else str(label)
        for label in labels
    )
    assert found["id_"] == id_
    assert found["top"] == (10 if top is None else top)
    assert found["fail_above"] == limit
    assert found["header"] is header
    assert found["exit_zero"] is bool(exit_zero)
    assert found["predictions"] == predictions
    assert found["labels"] is None


@pytest.mark.parametrize(
    ("text", "found", "needed"),
    [
        ("top = 'ten'", "the text 'ten'", "an integer"),
        ("top = 1.5", "the number 1.5", "an integer"),
        ("top = true", "true", "an integer"),
        ("fail-above = '3'", "the text '3'", "a number"),
        ("fail-above = false", "false", "a number"),
        ("header = 'yes'", "the text 'yes'", "true or false"),
        ("header = 1", "the number 1", "true or false"),
        ("delimiter = 1", "the number 1", "text in quotes"),
        ("delimiter = [',']", "an array", "one value: text in quotes"),
        ("loss = [['mse']]", "an array within an array", "text in quotes"),
        ("loss = {a = 1}", "a table", "text in quotes"),
        ("id = true", "true", "text in quotes, or a number"),
        ("id = 2020-01-01", "a date", "text in quotes, or a number"),
        ("map-labels = {a = true}", "true", 'text such as "0=-1,1=1", or a table of old and new labels'),
        ("map-labels = {'a=' = 1}", "'a=' = '1'", "labels without = and commas"),
        ("map-labels = {a = '1,2'}", "'a' = '1,2'", "labels without = and commas"),
        ("bad-rows = 'dropp'", "'dropp'", "one of error, drop"),
        ('predictions = "a\\u0000b"', "a NUL character in 'a\\x00b'", "text without one"),
    ],
)
def test_a_value_of_another_type_says_what_was_found_and_needed(text, found, needed):
    with pytest.raises(UsageError) as error:
        from_toml(text)
    assert (error.value.found, error.value.needed) == (found, needed)


def test_tables_of_labels_are_what_the_option_says():
    found = from_toml('map-labels = {"0" = -1, "1" = 1.5, b = "c d"}\npredictions = "p"')
    assert options_of(arguments(found))["map_labels"] == {"0": "-1", "1": "1.5", "b": "c d"}


def test_values_that_begin_with_a_dash_are_values():
    found = from_toml('ignore-label = [-1, "--top"]\nlabels = "-l"\npredictions = "--loss"')
    found = options_of(arguments(found))
    assert (found["ignore_label"], found["predictions"], found["labels"]) == (("-1", "--top"), "--loss", "-l")


def test_variables_are_split_at_line_ends_where_options_repeat():
    found, errors = from_environment(
        KEYS.values(),
        {
            "LOSSCLI_GATE": "mse <= 3\n\n  mae <= 2 \r\n",
            "LOSSCLI_ID": "a b\nc",
            "LOSSCLI_HEADER": "No",
            "LOSSCLI_EXIT_ZERO": "1",
            "LOSSCLI_TOP": "",
            "LOSSCLI_PREDICTIONS": "no option",
        },
    )
    assert errors == []
    assert {name: setting.values for name, setting in found.items()} == {
        "gate": ("mse <= 3", "mae <= 2"),
        "id": ("a b\nc",),
        "header": ("false",),
        "exit-zero": ("true",),
    }
    assert arguments([found["header"], found["exit-zero"]]) == ["--no-header", "--exit-zero"]
    assert found["gate"].origin == "LOSSCLI_GATE"


def test_a_switch_that_is_neither_on_nor_off_is_an_error_beside_the_rest():
    found, (error,) = from_environment(KEYS.values(), {"LOSSCLI_ALL": "maybe", "LOSSCLI_TOP": "3"})
    assert list(found) == ["top"]
    assert str(error) == "LOSSCLI_ALL: 'maybe'; needed: true or false"


def test_a_switch_without_an_option_for_no_is_left_out():
    switch = Key("exit-zero", "switch")
    assert arguments([Setting(switch, ("false",), "config", "")]) == []


def test_settings_are_shown_as_a_config_writes_them():
    def shown(text):
        (setting,) = from_toml(text)
        return setting.shown

    assert shown("top = 3") == 3
    assert shown("fail-above = 0.5") == 0.5
    assert shown("header = false") is False
    assert shown("loss = 'mse'") == ["mse"]
    assert shown("id = 'a'") == "a"
    assert Setting(Key("top", "integer"), ("x",), "option", "--top").shown == "x"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UsageError("--gate", "no", "yes"), "LOSSCLI_GATE: no; needed: yes"),
        (UsageError("--gate mse <= 3", "no"), "LOSSCLI_GATE mse <= 3: no"),
        (UsageError("", "Invalid value for '--gate': no."), "LOSSCLI_GATE: no."),
        (UsageError("--loss", "no"), "--loss: no"),
        (UsageError("--gatepost", "no"), "--gatepost: no"),
        (LosscliError("gate.csv", "no --gate"), "gate.csv: no --gate"),
        (UsageError("", "Missing argument"), "Missing argument"),
    ],
)
def test_errors_about_an_option_are_told_of_what_stands_for_it(error, told):
    gate = Setting(KEYS["gate"], ("x",), "environment", "LOSSCLI_GATE")
    assert str(retold(error, {"gate": gate})) == told


def test_what_no_setting_is_about_may_have_a_place_of_its_own():
    told = retold(UsageError("--loss", "no"), {}, otherwise="c.toml, check 'a'")
    assert str(told) == "c.toml, check 'a': --loss: no"


def test_the_nearest_word_is_named_or_none():
    assert nearest("gat", ["gate", "id"]) == "Did you mean gate?"
    assert nearest("zzz", ["gate", "id"]) == ""
