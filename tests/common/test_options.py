"""Options in messages: what the command line reads back, and what Python is told in their place."""

import ast
import inspect
import json
import re
import shlex
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import click
import numpy as np
import pandas as pd
import pytest
from helpers.examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

import losscli
from losscli.api import Inputs
from losscli.cli.commands import compare, doctor, evaluate, fit, gradient, plan, recommend, reconcile
from losscli.cli.options.environment import keys_of
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import (
    CHOICES,
    COLUMNS,
    FILES,
    KNOWN,
    NUMBERS,
    PLACEHOLDERS,
    PROSE,
    error_in_python,
    in_python,
    label_pairs,
    note_in_python,
    quoted_label,
    told_in_python,
)
from losscli.common.options import given as written
from losscli.common.text import visible
from losscli.inputs.header import TextFormat

ROOT = Path(losscli.__file__).parent
OPTION = re.compile(r"(?<![\w'\"=/-])--[a-z][a-z-]*")
COMMAND_LINE = re.compile(r"losscli (evaluate|compare|plan|gradient|fit|recommend|check|replay|verify) .*")
# What only the command line has: where results go, and what replay is told.
ELSEWHERE = {
    *("--format", "--output", "--report", "--quiet", "--color", "--receipt", "--per-sample", "--fail-above"),
    *("--full", "--list"),
    *("--search", "--predictions", "--labels"),
}
COMMANDS = (
    *(evaluate.command, compare.command, plan.command, gradient.command, fit.command, recommend.command),
    *(doctor.command, reconcile.command),
)
FUNCTIONS = (
    *(losscli.evaluate, losscli.compare, losscli.plan, losscli.gradient, losscli.fit, losscli.recommend),
    *(losscli.doctor, losscli.reconcile),
)
ARGUMENTS = {name for function in FUNCTIONS for name in inspect.signature(function).parameters}


@cache
def sources():
    """Return the nodes of each file of the package but the command line's, by its path."""
    paths = [path for path in sorted(ROOT.rglob("*.py")) if not path.is_relative_to(ROOT / "cli")]
    return {
        str(path.relative_to(ROOT)): [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
        for path in paths
    }


@cache
def texts():
    """Return every text of the package but docstrings and the command line's own, values filled in."""
    found = {}
    for path, nodes in sources().items():
        if path == "common/options.py":
            continue
        beside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        beside |= {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if id(node) in beside:
                continue
            if isinstance(node, ast.JoinedStr):
                text = ""
                for part in node.values:
                    filled = "id" if text.endswith("--") else "x"
                    text += str(part.value) if isinstance(part, ast.Constant) else filled
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            else:
                continue
            if OPTION.search(text):
                found[f"{path}:{node.lineno}:{node.col_offset}"] = text
    return found


def test_every_text_of_the_package_speaks_python():
    """A new message that names an option is one of these at once."""
    for place, text in texts().items():
        said = COMMAND_LINE.sub("", in_python(text))
        assert set(OPTION.findall(said)) <= ELSEWHERE, place
        assert in_python(in_python(text)) == in_python(text), place
    assert len(texts()) > 100


FOLLOWED = re.compile(r"(?<![\w'\"=/-])--([a-z-]+) ([a-z]+)\b(?![:=])")


def followed(text):
    """Return the words behind options that name columns, each with its option."""
    pairs = FOLLOWED.findall(COMMAND_LINE.sub("", text))
    return [(option, word) for option, word in pairs if option in COLUMNS]


def test_what_follows_an_option_in_a_text_is_its_value_or_is_known_for_none():
    found = {pair for text in texts().values() for pair in followed(text)}
    assert {("prediction", "and"), ("label", "name")} <= found
    assert {word for _, word in found} <= {*PROSE, "x"}, "is it a value?"
    assert followed("Call it: --label that, or --id=x") == [("label", "that")]


def parts():
    """Yield what errors say they found and needed, and where, as far as it stands in the code of the call."""
    for path, nodes in sources().items():
        for node in nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("LosscliError", "UsageError"):
                said = [*map(spoken, node.args[:3]), *[""] * (3 - len(node.args))]
                if any(map(OPTION.search, said)):
                    kind = UsageError if node.func.id == "UsageError" else LosscliError
                    yield f"{path}:{node.lineno}", kind(*said)
            names = [one.id for one in getattr(node, "targets", ()) if isinstance(one, ast.Name)]
            if {"found", "needed", "what"} & {*names} and OPTION.search(spoken(node.value)):
                yield f"{path}:{node.lineno}", LosscliError("", spoken(node.value))


def spoken(node):
    """Return the text of an expression: `--id` for an option that is put in, a word for all else."""
    if isinstance(node, ast.JoinedStr):
        text = ""
        for part in node.values:
            option = isinstance(part, ast.FormattedValue) and getattr(part.value, "id", "") == "option"
            filled = "id" if text.endswith("--") else "--id" if option else "2"
            text += str(part.value) if isinstance(part, ast.Constant) else filled
        return text.replace("its cost is a 2 (--reduction 2), here it is a 2", SUM)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


SUM = "its cost is a sum (--reduction sum), here it is a mean"


def test_what_errors_found_and_needed_speaks_python():
    """A new one that names an option is one of these: it needs a form in `_NAMING`."""
    errors = [*parts()]
    assert len(errors) > 20
    for place, error in errors:
        where, found, needed, _ = error_in_python(error)
        assert set(OPTION.findall(" ".join((where, found, needed)))) <= ELSEWHERE, place


DATA = "x --bad-rows drop"
ROWS = {"prediction": [1.0, 2.0], "label": [1.0, 3.0]}
OF_DATA = {
    "a label": lambda: losscli.evaluate({**ROWS, "label": [DATA, "1"]}, loss="mse"),
    "a prediction": lambda: losscli.evaluate({**ROWS, "prediction": [DATA, "1"]}, loss="mse"),
    "an id of one side": lambda: losscli.evaluate(
        {"id": [DATA, "b"], "prediction": [1.0, 2.0]}, {"id": ["c", "b"], "label": [1.0, 2.0]}, loss="mse"
    ),
    "ids that differ only in case": lambda: losscli.evaluate(
        {"id": [DATA, "b"], "prediction": [1.0, 2.0]},
        {"id": [DATA.upper().replace("BAD-ROWS DROP", "bad-rows drop"), "b"], "label": [1.0, 2.0]},
        loss="mse",
    ),
    "an id that is there twice": lambda: losscli.evaluate(
        {"id": [DATA, DATA], "prediction": [1.0, 2.0]}, {"id": ["a", "b"], "label": [1.0, 2.0]}, loss="mse"
    ),
    "a column that is not there": lambda: losscli.evaluate(
        {**ROWS, DATA: [1, 2]}, loss="mse", group="x --bad-row drop (--label)"
    ),
    "a column as asked for": lambda: losscli.evaluate(ROWS, loss="mse", weight=DATA),
    "a key": lambda: losscli.evaluate(
        {"prediction": [1.0, 2.0], DATA: [1, 2]}, {"other": [1.0, 3.0], DATA: [1, 2]}, loss="mse"
    ),
    "a group": lambda: losscli.evaluate(
        {**ROWS, "g": [DATA, "b"]}, loss="mse", group="g", gate="mse[x --bad-row drop] < 3"
    ),
    "a file": lambda: losscli.evaluate(DATA, loss="mse"),
    "a file like an option": lambda: losscli.evaluate(DATA[2:], loss="mse"),
    "classes in other case": lambda: losscli.evaluate(
        {"prediction": [DATA, "b"], "label": ["X --bad-rows drop", "b"]}, loss="zero_one"
    ),
}


@pytest.mark.parametrize("case", OF_DATA)
def test_text_of_the_data_stays_as_it_is(case):
    with pytest.raises(LosscliError) as error:
        OF_DATA[case]()
    said = str(error.value).replace(DATA.replace("x", "X"), DATA).replace("row drop", "rows drop")
    # Nothing of the data became an argument; what the remedy names is a value in quotes.
    assert "--bad-rows drop" in said
    assert 'x bad_rows="drop"' not in said
    assert "(label)" not in said


def test_a_key_of_any_name_is_read_back():
    for name in ("name", "is", "for", DATA, "a'b", "it's --top 5"):
        with pytest.raises(LosscliError) as error:
            losscli.evaluate(
                {"prediction": [1.0, 2.0], name: [1, 2]}, {"other": [1.0, 3.0], name: [1, 2]}, loss="mse"
            )
        head, _, rest = error.value.remedy.partition(" is the key of the rows: id=")
        quoted = json.dumps(name, ensure_ascii=False)
        assert head == f'Name the column: label="other" or label={quoted}. If {name}'
        assert ast.literal_eval(rest.removesuffix(".")) == name


def test_codes_that_are_one_number_are_mapped():
    table = {"prediction": ["007", "7"], "label": ["007", "b"]}
    with pytest.raises(LosscliError, match="a leading zero suggests a code") as error:
        losscli.evaluate(table, loss="zero_one")
    assert error.value.remedy == 'If they are the same class: map_labels={"007": 7}'


def test_notes_on_a_baseline_name_arguments_and_no_data():
    table = {**ROWS, "label": ["1", "2"], DATA: [1, 2]}
    earlier = losscli.evaluate({**table, "label": ["1", "--id"]}, loss="mse", ignore_label="--id")
    report = losscli.evaluate(
        table, loss="mse", weight=DATA, ignore_label=DATA, gate="mse.max <= baseline", baseline=earlier
    )
    note = f"baseline: weight is nothing there, {DATA} here; ignore_label is --id there, {DATA} here"
    assert note in report.notes


@settings(deadline=None, max_examples=examples(300))
@given(st.text(max_size=12) | st.sampled_from([DATA, "--top 5", "(--label)", "a; --weight is"]))
def test_data_is_left_alone_wherever_messages_put_it(text):
    for form in ("there is no column {!r} (--group)", "both have a column of that name (--group), and {}"):
        said = told_in_python(form.format(text + "x"))
        assert said == form.replace("--", "").format(text + "x")
    for form in ("label is {}", "{}: a header", "{} and {}", "no column is the label; the columns are {}"):
        assert told_in_python(form.format(text, text)) == form.format(text, text)
        assert note_in_python(form.format(text, text)) == form.format(text, text)


def test_arguments_are_what_is_known():
    text = {*FILES, *(f"label-{name}" for name in FILES)}
    assert {name.replace("-", "_") for name in KNOWN - text - {"as"}} <= ARGUMENTS
    assert {name.replace("-", "_") for name in FILES} == {field.name for field in fields(TextFormat)}
    given = {name.rstrip("_").replace("_", "-") for name in ARGUMENTS}
    options = {key for command in COMMANDS for key in keys_of(command)}
    assert (options & given) - {"predictions", "labels", "format"} <= KNOWN
    assert text <= options


@pytest.mark.parametrize("option", CHOICES)
def test_choices_are_those_of_the_option(option):
    found = next(keys_of(command)[option] for command in COMMANDS if option in keys_of(command))
    assert isinstance(found.type, click.Choice)
    assert set(CHOICES[option]) == set(found.type.choices)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_choices_are_those_of_the_types_in_python(function):
    hints = get_type_hints(function) | get_type_hints(Inputs)
    choices = {name: get_args(kind) for name, kind in hints.items() if get_origin(kind) is Literal}
    assert {"align", "unmatched", "bad_rows"} <= choices.keys()
    for name, words in choices.items():
        assert words == CHOICES[name.replace("_", "-")], name


def test_numbers_are_those_of_options():
    kinds = (click.types.IntParamType, click.types.FloatParamType)
    for option in NUMBERS:
        found = next(keys_of(command)[option] for command in COMMANDS if option in keys_of(command))
        assert isinstance(found.type, kinds), option


WORDS = ("a", "customer id", "a'b", 'a"b', "a.", "", "…", "é", "--id", "$x", "a\\b", *PROSE, *PLACEHOLDERS)
words = st.sampled_from(WORDS) | st.text(max_size=8)
BEHIND = st.sampled_from(["", ".", ", or so", "; if it is", ") is", ". Else: --align position."])


@settings(deadline=None, max_examples=examples(500))
@given(words, st.sampled_from(COLUMNS), BEHIND)
@example("is", "weight", ".")
def test_a_value_of_the_data_is_read_back_by_shells_and_in_python(value, option, behind):
    text = written(option, value)
    assert shlex.split(text) == [f"--{option}", visible(value)]
    told = in_python(f"Name it: {text}{behind}")
    argument = option.replace("-", "_")
    assert told.startswith(f"Name it: {argument}=")
    rest = in_python(behind)
    assert told.endswith(rest)
    literal = told.removeprefix(f"Name it: {argument}=")[: -len(rest) or None]
    assert ast.literal_eval(literal) == visible(value)


@settings(deadline=None, max_examples=examples(500))
@given(
    st.dictionaries(words.map(str.strip).filter(bool), words.map(str.strip).filter(bool), max_size=3), BEHIND
)
@example({"<=50K": "0", ">50K": "1"}, "; or --bad-rows drop")
@example({"007": "7", "1.0": "-1", "a,b": 'say "x"'}, ".")
def test_pairs_of_labels_are_a_mapping_in_python(pairs, behind):
    shown = {visible(old): visible(new) for old, new in pairs.items()}
    if not shown or any(text != text.strip() for pair in shown.items() for text in pair):
        return
    value = ",".join(f"{quoted_label(old)}={quoted_label(new)}" for old, new in pairs.items())
    assert {old: new for _, old, new in label_pairs(visible(value))} == shown
    text = written("map-labels", value)
    assert shlex.split(text) == ["--map-labels", visible(value)]
    told = in_python(text + behind)
    rest = in_python(behind)
    assert told.endswith(rest)
    mapping = ast.literal_eval(told.removeprefix("map_labels=")[: -len(rest) or None])
    assert {str(old): str(new) for old, new in mapping.items()} == shown


SENTENCES = {
    "To leave such rows out and count them: --bad-rows drop": 'them: bad_rows="drop"',
    "Choose another id column: --id COLUMN. where": 'column: id="…". where',
    "Name the column: --label COLUMN.": 'column: label="…".',
    "Name the columns: --prediction COLUMN for each.": 'columns: prediction=["…", "…"].',
    "Name each: --prediction COLUMN --prediction COLUMN; of": 'each: prediction=["…", "…"]; of',
    "there is no column 'x' (--group)": "'x' (group)",
    "--prediction and --label name the same column": "prediction and label name the same column",
    "--ignore-label, --map-labels": "ignore_label, map_labels",
    "b.json: --weight is w there, nothing here": "b.json: weight is w there, nothing here",
    "by a factor, use --model scale; by": 'by a factor, use model="scale"; by',
    "--optimizer momentum or nesterov": 'optimizer="momentum" or nesterov',
    "A lower --learning-rate may help": "A lower learning_rate may help",
    "this looks like a decimal comma: --decimal ,.": 'comma: format=TextFormat(decimal=",").',
    "Say it: --label-header.": "Say it: label_format=TextFormat(header=True).",
    "Say it: --label-no-header.": "Say it: label_format=TextFormat(header=False).",
    "--header or --no-header": "format=TextFormat(header=True) or format=TextFormat(header=False)",
    "If these are logits: --loss focal:from_logits=true; if": 'logits: loss="focal:from_logits=true"; if',
    "map the labels: --map-labels 0=-1,1=1": "labels: map_labels={0: -1, 1: 1}",
    "Rename: --map-labels A=B": 'Rename: map_labels={"A": "B"}',
    "exchanged: --rename-class 'a b=0,0=a b'; or": 'exchanged: rename_class={"a b": 0, 0: "a b"}; or',
    "Undo it: --rescale-prediction -1.5,2e-3.": "Undo it: rescale_prediction=(-1.5, 2e-3).",
    "Do: --scale-prediction 0.01 --transform-label exp": 'scale_prediction=0.01 transform_label="exp"',
    "--transform-label cube": "transform_label cube",
    "(--reduction sum), here": '(reduction="sum"), here',
    "a file '--id x' and /a/--id x": "a file '--id x' and /a/--id x",
    "Save it: --output FILE": "Save it: --output FILE",
    "Make it with: losscli evaluate … --top 0": "Make it with: losscli evaluate … --top 0",
    "no figure\n  mse[--id x] < 3\n  ^": "no figure\n  mse[--id x] < 3\n  ^",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences(text):
    assert in_python(text).endswith(SENTENCES[text])


NUMBERS_OF = {"prediction": [1.0, 2.0], "label": [1.0, 3.0]}
CALLS = [
    (lambda: losscli.evaluate({**NUMBERS_OF, "prediction": [1.0, np.nan]}, loss="mse"), 'bad_rows="drop"'),
    (
        lambda: losscli.evaluate({"id": [1, 1], **NUMBERS_OF}, NUMBERS_OF | {"id": [1, 2]}, loss="mse"),
        'id="…". Only if row N is the same sample in both files: align="position"',
    ),
    (
        lambda: losscli.evaluate({**NUMBERS_OF, "label": ["yes", "no"]}, loss="mse"),
        'map_labels={"yes": 1, "no": 0}',
    ),
    (
        lambda: losscli.evaluate({**NUMBERS_OF, "target": [1, 2]}, loss="mse"),
        'label="label" or label="target"',
    ),
    (lambda: losscli.evaluate(NUMBERS_OF, loss="nse"), "loss: there is no loss 'nse'"),
    (lambda: losscli.evaluate(NUMBERS_OF, loss="mse", gate="mae < 1"), 'Add loss="mae"; or'),
    (lambda: losscli.evaluate(NUMBERS_OF, loss="mse", gate="mse[a] < 1"), 'Add group="…".'),
    (lambda: losscli.evaluate(NUMBERS_OF, loss="mse", gate="mse < baseline"), 'Add baseline="…".'),
    (lambda: losscli.evaluate({**NUMBERS_OF, "label": [0.0, 1.0]}, loss="hinge"), "map_labels={0: -1, 1: 1}"),
    (lambda: losscli.gradient(NUMBERS_OF, loss="mse", weight="v"), "'v' (weight)"),
    (lambda: losscli.fit(NUMBERS_OF, loss="mse", epochs=0), "epochs: 0"),
    (lambda: losscli.fit(NUMBERS_OF, loss="mse", momentum=0.5), 'optimizer="momentum" or nesterov'),
    (lambda: losscli.fit(NUMBERS_OF, loss="mse", model="temperature"), 'model="temperature": '),
    (
        lambda: losscli.recommend({"prediction": [1.0]}, {"other": [1.0], "more": [2.0]}),
        'label="other" or label="more"',
    ),
    (lambda: losscli.load_loss("huber:delta"), "loss: "),
]


@pytest.mark.parametrize(("call", "said"), CALLS)
def test_what_is_raised_speaks_python(call, said):
    with pytest.raises(LosscliError) as error:
        call()
    assert said in str(error.value)
    assert not OPTION.search(str(error.value))
    assert error.value.args == tuple(
        getattr(error.value, name) for name in ("where", "found", "needed", "remedy")
    )


def test_several_errors_speak_python_each():
    with pytest.raises(LosscliError) as error:
        losscli.fit(NUMBERS_OF, loss="mse", epochs=0, learning_rate=-1, momentum=0.5)
    assert len(error.value.errors) == 3
    assert str(error.value) == "\n".join(map(str, error.value.errors))
    assert "learning_rate: -1" in str(error.value)
    assert not OPTION.search(str(error.value))


def test_notes_speak_python():
    frame = pd.DataFrame({"prediction": np.arange(9.0), "label": np.arange(9.0) ** 2})
    (note,) = losscli.fit(frame, loss="mse", epochs=1, folds=0).notes
    assert note == "adam did not converge in 1 epoch; epochs allows more"


def test_the_command_line_keeps_its_words(tmp_path):
    from helpers.calls import losscli as run

    path = tmp_path / "t.csv"
    path.write_text("prediction,label\n1,x\n")
    done = run("evaluate", path, "--loss", "mse")
    assert "or --bad-rows drop\n" in done.stderr
    assert "bad_rows" not in done.stderr
