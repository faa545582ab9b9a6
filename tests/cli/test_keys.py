"""Keys: an option, a variable and a key of a config that say the same are the same to `evaluate`."""

import tomllib

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.cli.commands import evaluate
from losscli.cli.commands.check import keys
from losscli.cli.commands.check.config import Check
from losscli.cli.commands.check.keys import KEYS, Setting, kind_of, value_of
from losscli.cli.commands.check.prepare import prepared_one
from losscli.cli.options.environment import renamed
from losscli.cli.options.repeat import words
from losscli.common.errors import LosscliError, SeveralErrors, UsageError

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
FILES = 'predictions = "p.csv"\nloss = "mse"\n'


def from_toml(text):
    return {
        key: Setting(value_of(KEYS[key], value), "config", "") for key, value in tomllib.loads(text).items()
    }


def options_of(found):
    """Return what `evaluate` reads in the settings of a check."""
    return prepared_one(Check("a", {"loss": Setting(["mse"], "config", ""), **found}, "c.toml")).options


def options_in(monkeypatch, *arguments, **environ):
    """Return what `evaluate` reads in a command line and the environment, and which of them said it."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with evaluate.command.make_context("evaluate", ["p.csv", *arguments]) as context:
        return context.params, {key: context.get_parameter_source(one.name) for key, one in KEYS.items()}


def test_every_long_option_of_evaluate_is_a_key_of_some_kind():
    wanted = {
        option.opts[0].removeprefix("--")
        for option in evaluate.command.params
        if isinstance(option, click.Option) and not option.is_eager
    }
    arguments = [key for key, one in KEYS.items() if isinstance(one, click.Argument)]
    assert {*KEYS} - {*arguments} == wanted
    assert arguments == ["predictions", "labels"]
    assert kind_of(KEYS["top"]) is kind_of(KEYS["block-rows"]) is keys.INTEGER
    assert kind_of(KEYS["fail-above"]) is keys.NUMBER
    assert kind_of(KEYS["map-labels"]) is keys.MAPPING
    assert kind_of(KEYS["exit-zero"]) is kind_of(KEYS["all"]) is kind_of(KEYS["header"]) is keys.SWITCH
    assert kind_of(KEYS["ignore-label"]) is kind_of(KEYS["id"]) is keys.VALUE
    assert kind_of(KEYS["bad-rows"]) is kind_of(KEYS["loss"]) is kind_of(KEYS["predictions"]) is keys.TEXT


@settings(deadline=None)
@given(
    columns=st.lists(TEXT, max_size=3),
    labels=st.lists(st.one_of(TEXT, st.integers(), st.floats(allow_nan=False)), max_size=3),
    id_=st.none() | TEXT,
    top=st.none() | st.integers(0, 10**9),
    limit=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    header=st.none() | st.booleans(),
    exit_zero=st.none() | st.booleans(),
    predictions=TEXT.filter(lambda text: text != "-"),
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
    found = options_of(
        {
            key: Setting(value_of(KEYS[key], value), "config", "")
            for key, value in values.items()
            if value is not None
        }
    )
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
        ("map-labels = {a = true}", "true", 'text such as "0=-1,1=1", or a table of old and new names'),
        ('map-labels = {a = "\\u0000"}', "a NUL character in 'a=\\x00'", "text without one"),
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
    assert options_of(found)["map_labels"] == {"0": "-1", "1": "1.5", "b": "c d"}


def test_values_that_begin_with_a_dash_are_values():
    found = options_of(from_toml('ignore-label = [-1, "--top"]\nlabels = "-l"\npredictions = "--loss"'))
    assert (found["ignore_label"], found["predictions"], found["labels"]) == (("-1", "--top"), "--loss", "-l")


def test_the_environment_has_no_say_in_what_a_check_sets(monkeypatch):
    monkeypatch.setenv("LOSSCLI_TOP", "3")
    monkeypatch.setenv("LOSSCLI_QUIET", "yes")
    found = options_of(from_toml(FILES))
    assert (found["top"], found["quiet"]) == (10, False)


def test_variables_are_split_at_line_ends_where_options_repeat(monkeypatch):
    found, sources = options_in(
        monkeypatch,
        LOSSCLI_IGNORE_LABEL="a b\n\n  c \r\n",
        LOSSCLI_ID="a b\nc",
        LOSSCLI_HEADER="No",
        LOSSCLI_EXIT_ZERO="1",
        LOSSCLI_TOP="",
        LOSSCLI_PREDICTIONS="no option",
    )
    assert found["ignore_label"] == ("a b", "c")
    assert (found["id_"], found["header"], found["exit_zero"]) == ("a b\nc", False, True)
    assert (found["top"], found["predictions"]) == (10, "p.csv")
    assert {key for key, source in sources.items() if source.name == "ENVIRONMENT"} == {
        *("ignore-label", "id", "header", "exit-zero")
    }


@pytest.mark.parametrize("blank", ["maybe", " ", "2"])
def test_a_switch_that_is_neither_on_nor_off_is_an_error_beside_the_rest(monkeypatch, blank):
    with pytest.raises(SeveralErrors) as error:
        options_in(monkeypatch, LOSSCLI_ALL=blank, LOSSCLI_TOP="x")
    assert sorted(map(str, error.value.errors)) == [
        f"LOSSCLI_ALL: '{blank}'; needed: true or false",
        "LOSSCLI_TOP: 'x'; needed: a whole number ≥ 0. The default is --top 10",
    ]


def test_words_say_what_an_option_says():
    assert [*words(KEYS["exit-zero"], False)] == []
    assert [*words(KEYS["exit-zero"], "on")] == ["--exit-zero"]
    assert [*words(KEYS["header"], "no")] == ["--no-header"]
    assert [*words(KEYS["gate"], ["a", "b c"])] == ["--gate=a", "--gate=b c"]
    assert [*words(KEYS["top"], 3)] == ["--top=3"]


def test_settings_are_shown_as_a_config_writes_them():
    def shown(text):
        ((key, setting),) = from_toml(text).items()
        return setting.shown(KEYS[key])

    assert shown("top = 3") == 3
    assert shown("fail-above = 0.5") == 0.5
    assert shown("header = false") is False
    assert shown("loss = 'mse'") == ["mse"]
    assert shown("id = 'a'") == "a"
    assert shown("prediction = [0, 'a']") == ["0", "a"]
    assert Setting("x", "option", "--top").shown(KEYS["top"]) == "x"
    assert Setting("3", "option", "--top").shown(KEYS["top"]) == 3
    assert Setting(True, "option", "--all").texts == ("true",)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UsageError("--gate", "no", "yes"), "LOSSCLI_GATE: no; needed: yes"),
        (UsageError("--gate mse <= 3", "no"), "LOSSCLI_GATE mse <= 3: no"),
        (UsageError("--loss", "no"), "--loss: no"),
        (UsageError("--gatepost", "no"), "--gatepost: no"),
        (LosscliError("gate.csv", "no --gate"), "gate.csv: no --gate"),
        (UsageError("", "Missing argument"), "Missing argument"),
    ],
)
def test_errors_about_an_option_are_told_of_what_stands_for_it(error, told):
    assert str(renamed(error, {"--gate": "LOSSCLI_GATE"})) == told


def test_what_no_setting_is_about_may_have_a_place_of_its_own():
    assert (
        str(renamed(UsageError("--loss", "no"), {}, "c.toml, check 'a'")) == "c.toml, check 'a': --loss: no"
    )
    assert str(renamed(UsageError("", "no"), {}, "c.toml, check 'a'")) == "c.toml, check 'a': no"
