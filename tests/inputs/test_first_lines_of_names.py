"""First lines of text that may be names of columns or the first sample: read right, or refused."""

import random

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli as run

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.header import TextFormat

HEADER, NO_HEADER = TextFormat(header=True), TextFormat(header=False)
CLASSES = ("cat", "dog", "bird")


@pytest.fixture
def write(tmp_path):
    def write(*columns):
        paths = [tmp_path / f"{place}.csv" for place in range(len(columns))]
        for path, cells in zip(paths, columns, strict=True):
            path.write_text("".join(f"{cell}\n" for cell in cells))
        return paths

    return write


def cost(*inputs, **options):
    result = evaluate(*inputs, loss="zero_one", **options).results[0]
    return result.n, result.cost


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("fox", "cat"),
        ("cat", "cat"),
        ("true", "true"),
        ("True", "True"),
        ("Y", "Y"),
        ("class-1", "class-1"),
        ("type_a", "type_a"),
        ("y", "y"),
        ("Dog", "Dog"),
    ],
)
def test_classes_without_header_are_refused_with_the_way_out(write, first, other):
    rest = {
        "true": ("false", "false"),
        "class-1": ("class-2", "class-2"),
        "type_a": ("type_b", "x"),
        "y": "nn",
    }
    rest = rest.get(first, ("dog", "bird"))
    paths = write((first, *rest), (other, *rest))
    with pytest.raises(
        LosscliError, match=r"first line: .*TextFormat\(header=True\) or format=TextFormat\(header=False\)"
    ):
        cost(*paths)
    assert cost(*paths, format=NO_HEADER) == (len(rest) + 1, (first != other) / (len(rest) + 1))
    if first != "fox":
        assert cost(*paths, format=HEADER) == (len(rest), 0.0)


@pytest.mark.parametrize(
    "names", [("y", "y_hat"), ("true", "pred"), ("y_true", "y_pred"), ("y", "prediction")]
)
@pytest.mark.parametrize("rows", [("t", "false"), ("yes", "no"), ("n", "n"), ("False", "True")])
def test_y_and_true_above_switches_are_names_where_another_name_says_so(write, names, rows):
    assert cost(*write((names[1], *rows), (names[0], *rows))) == (2, 0.0)


@pytest.mark.parametrize(
    ("prediction", "label"),
    [
        ("prediction", "label"),
        ("predicted_species", "species"),
        ("Species", "Species"),
        ("forecast", "fruit"),
        ("fruit", "trueFruit"),
        ("fruit_pred", "fruit"),
        ("fruit", "y"),
        ("class", "class"),
        ("outcome", "result of the trial"),
    ],
)
def test_a_word_of_headers_in_one_of_two_files_is_enough(write, prediction, label):
    assert cost(*write((prediction, *CLASSES), (label, "dog", "dog", "bird"))) == (3, 1 / 3)


@pytest.mark.parametrize("header", ["fruit", "fruit,n", "id,fruit", ",fruit"])
def test_what_the_text_proves_needs_no_word(write, header):
    rows = [",".join(filter(None, ("7" if "," in header else "", name))) for name in CLASSES]
    if header == "fruit,n":
        rows = [f"{name},7" for name in CLASSES]
    if header == "id,fruit":
        rows = [f"k{place},{name}" for place, name in enumerate(CLASSES)]
    paths = write((header, *rows), (header, *rows))
    more = {"prediction": "fruit", "label": "fruit"} if header == "fruit,n" else {}
    if header == "fruit":
        with pytest.raises(LosscliError, match="may be column names"):
            cost(*paths)
    elif header == ",fruit":
        assert cost(*paths, align="position") == (3, 0.0)
    else:
        assert cost(*paths, **more) == (3, 0.0)


def test_integer_classes_below_a_name_and_named_columns(write):
    assert cost(*write(("fruit", *[1, 2, 3] * 9), ("fruit", *[1, 2, 2] * 9))) == (27, 1 / 3)
    with pytest.raises(LosscliError, match="may be column names"):
        cost(*write(("ham", 1, 2), ("ham", 1, 2)))
    paths = write(("fruit", *CLASSES), ("fruit", *CLASSES))
    assert cost(*paths, prediction="fruit") == (3, 0.0)
    assert cost(*paths, label_format=HEADER) == (3, 0.0)


def test_a_number_names_no_column_of_a_header(write):
    paths = write(("1,cat", "2,dog", "3,dog"), ("1,fox", "2,dog", "3,cat"))
    with pytest.raises(LosscliError, match="may be column names"):
        cost(*paths, prediction="1", label="1")
    assert cost(*paths, prediction="1", label="1", format=NO_HEADER) == (3, 2 / 3)


def test_rows_of_classes_that_recur_prove_a_name_that_never_does(write):
    mixed = CLASSES * 20
    assert cost(*write(("fruit", *mixed), ("fruit", *mixed))) == (60, 0.0)
    for rows in (sorted(mixed), mixed[:59], (*mixed, "rare")):
        with pytest.raises(LosscliError, match="may be column names"):
            cost(*write(("fruit", *rows), ("fruit", *rows)))
    with pytest.raises(LosscliError, match="may be column names"):
        cost(*write(("Cat", *mixed), ("Cat", *mixed)))


@pytest.mark.parametrize("block_rows", [1, 7, 1000])
def test_where_blocks_end_changes_nothing(write, block_rows):
    mixed = CLASSES * 20
    assert cost(*write(("fruit", *mixed), ("fruit", *mixed)), block_rows=block_rows) == (60, 0.0)
    with pytest.raises(LosscliError, match="may be column names"):
        cost(*write(("fruit", *sorted(mixed)), ("fruit", *sorted(mixed))), block_rows=block_rows)


@pytest.mark.parametrize("block_rows", [1, 7, 1000])
@pytest.mark.parametrize("left_out", [{"ignore_label": "skip"}, {"bad_rows": "drop"}])
def test_rows_that_are_left_out_are_of_no_class(write, left_out, block_rows):
    more = ["skip" if "ignore_label" in left_out else '""', "dog"] * 20
    predictions, labels = ("rare", *CLASSES[:2] * 20), ("rare", *CLASSES[:2] * 20)
    paths = write(("panda", *predictions, *["cat"] * 40), ("koala", *labels, *more))
    with pytest.raises(LosscliError, match="may be column names"):
        cost(*paths, **left_out, block_rows=block_rows)
    paths = write(("panda", *predictions[1:], *["cat"] * 40), ("koala", *labels[1:], *more))
    assert cost(*paths, **left_out, block_rows=block_rows) == (60, 1 / 3)


@pytest.mark.parametrize("name", ["y", "true", "yes"])
def test_a_label_that_options_speak_of_is_no_name(write, name):
    other = {"y": "n", "true": "false", "yes": "no"}[name]
    mapping = {name: "1", other: "0"}
    paths = write((f"{name},0.9", f"{other},0.2", f"{other},0.3"))
    options = {"label": name, "prediction": "0.9"} if name == "yes" else {}
    with pytest.raises(LosscliError, match="is also the name of a class"):
        evaluate(*paths, loss="bce", map_labels=mapping, **options)
    two = write((0.9, 0.2, 0.3), (name, other, other))
    with pytest.raises(LosscliError, match="3 and 2 rows"):
        evaluate(*two, loss="bce", map_labels=mapping)
    right = evaluate(*two, loss="bce", map_labels=mapping, format=NO_HEADER).results[0]
    assert right.n == 3


def test_rows_that_differ_by_one_say_what_may_be_wrong(write):
    with pytest.raises(
        LosscliError, match=r"2 rows; .*1.csv may be a row: label_format=TextFormat\(header=False"
    ):
        cost(*write(("prediction", *CLASSES), CLASSES))


@pytest.mark.parametrize("kind", [np.array, pd.Series, list])
def test_data_in_memory_has_no_first_line(kind):
    assert cost(kind([0, 1, 2]), kind([0, 1, 1])) == (3, 1 / 3)
    assert cost(kind(list(CLASSES)), kind(["dog", "dog", "bird"])) == (3, 1 / 3)
    named = pd.Series(list(CLASSES), name="cat")
    assert cost(named, named) == (3, 0.0)
    assert cost(named.to_frame(), named.to_frame()) == (3, 0.0)


@pytest.mark.parametrize("seed", range(150))
def test_no_first_sample_is_lost_in_silence(write, seed):
    chance = random.Random(seed)
    words = (
        "cat",
        "dog",
        "true",
        "false",
        "y",
        "n",
        "class a",
        "class b",
        "yes",
        "no",
        "Cat",
        "1",
        "True",
        "2",
    )
    names = chance.sample(words, chance.randrange(1, 5))
    rows = chance.choice((1, 2, 3, 5, 80))
    labels = [chance.choice(names) for _ in range(rows)]
    predictions = [label if chance.random() < 0.8 else chance.choice(names) for label in labels]
    if chance.random() < 0.3:
        labels, predictions = sorted(labels), sorted(predictions)
    right = rows, float(np.mean([one != other for one, other in zip(labels, predictions, strict=True)]))
    headers = chance.choice((((), ()), (("prediction",), ("label",)), (("fruit",), ("fruit",))))
    try:
        found = cost(*write((*headers[0], *predictions), (*headers[1], *labels)))
    except LosscliError:
        return
    assert found == right, (predictions, labels)


ANIMALS, OUTPUTS = "cat\ndog\nbird\n", "0,1\n0.9,0.1\n0.2,0.8\n"


@pytest.mark.parametrize(
    ("predictions", "labels", "loss", "told"),
    [
        (ANIMALS, "label\n" + ANIMALS, "zero_one", "p.csv may be a row: --no-header --label-header."),
        ("prediction\n" + ANIMALS, ANIMALS, "zero_one", "l.csv may be a row: --label-no-header."),
        (OUTPUTS, "label\n0\n1\n", "cross_entropy", "n.csv may be a header: --header."),
        (
            ANIMALS,
            "label\ncat\ndog\n",
            "zero_one",
            "Say which: --header, or --no-header --label-header",
        ),
    ],
)
def test_what_is_advised_of_a_first_line_works(tmp_path, predictions, labels, loss, told):
    name = "n.csv" if predictions == OUTPUTS else "p.csv"
    (tmp_path / name).write_text(predictions)
    (tmp_path / "l.csv").write_text(labels)
    call = ("evaluate", name, "l.csv", "--loss", loss, "--quiet")
    done = run(*call, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    options = told.rpartition(": ")[2].rstrip(".").partition(", or ")[0]
    again = run(*call, *options.split(), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
