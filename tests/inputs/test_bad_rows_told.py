"""The first bad row is told with how many there are like it, and what it says, whatever the block size."""

import random

import pandas as pd
import pytest

import losscli
from losscli.common.errors import LosscliError
from losscli.inputs.pairing.assemble import ROWS_LIKE_IT

pytestmark = pytest.mark.usefixtures("reader")

SIZES = (1, 2, 3, 500, 100_000)


@pytest.fixture
def told(tmp_path):
    def told(lines, loss="bce", **options):
        path = tmp_path / "p.csv"
        path.write_text("".join(f"{line}\n" for line in lines))
        found = set()
        for block_rows in SIZES:
            with pytest.raises(LosscliError) as error:
                losscli.evaluate(str(path), loss=loss, block_rows=block_rows, **options)
            found.add(str(error.value).replace(str(path), "p.csv"))
        (one,) = found
        return one

    return told


def test_one_bad_row_is_told_by_itself(told):
    assert told(["prediction,label", "0.5,1", "0.5,x", "0.5,0"]).startswith(
        "p.csv row 2 (line 3): label is x; needed"
    )


@pytest.mark.parametrize(
    ("cells", "counted"),
    [
        (["x", "1", "x", ""], "(the first of 3 bad labels in 4 rows)"),
        (["1", "x", "", "1"], "(the first of 2 bad labels in 3 rows)"),
        (["x"] * 5000, f"(the first of {ROWS_LIKE_IT} bad labels in {ROWS_LIKE_IT} rows)"),
        (["x"] + ["1"] * (ROWS_LIKE_IT - 1) + ["x"], "label is x; needed"),
        (["x"] + ["1"] * (ROWS_LIKE_IT - 2) + ["x"], f"(the first of 2 bad labels in {ROWS_LIKE_IT} rows)"),
    ],
)
def test_rows_like_it_are_counted_from_it_on(told, cells, counted):
    assert counted in told(["prediction,label", *(f"0.5,{cell}" for cell in cells)])


def test_rows_that_are_bad_in_another_way_are_not_counted(told):
    found = told(["prediction,label,w", "x,1,1", "0.5,x,1", "y,x,1", "0.5,1,-1"], weight="w")
    assert "prediction is x (the first of 2 bad predictions in 4 rows)" in found
    found = told(["prediction,label,w", "0.5,1,-1", "0.5,x,1", "0.5,1,nan"], weight="w")
    assert "weight is -1.0 (the first of 2 bad weights in 3 rows)" in found


def test_what_cannot_be_read_ends_the_count(told):
    assert "(the first of 2 bad labels in 2 rows)" in told(["prediction,label", "0.5,x", "0.5,x", "1", "1,x"])
    assert "(the first of 2 bad labels in 2 rows)" in told(["id,prediction,label", "1,1,x", "2,1,x"])


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("yes", "no"), 'map_labels={"yes": 1, "no": 0}; or'),
        (("n", "y"), 'map_labels={"y": 1, "n": 0}; or'),
        (("spam", "ham"), 'map_labels={"spam": 1, "ham": 0}'),
        (
            ("up", "down"),
            'If these are two classes: map_labels={"up": 1, "down": 0}, or the other way round.',
        ),
        (("a", "b", "c"), 'map_labels={"A": "B"} names'),
        (("7.67%", "8%"), "This looks like a percentage"),
    ],
)
def test_remedies_have_the_words_of_the_rows_behind_it(told, words, remedy):
    lines = ["prediction,label", "0.5,1", *(f"0.5,{word}" for word in words * 3)]
    assert remedy in told(lines)


def test_words_beyond_the_rows_that_are_looked_at_are_not_known(told):
    near = ["prediction,label", *["0.5,yes"] * (ROWS_LIKE_IT - 1), "0.5,no"]
    assert '"yes": 1, "no": 0' in told(near)
    assert '"A": "B"' in told([*near[:1], "0.5,yes", *near[1:]])


def test_labels_that_are_ignored_are_no_words_beside_it(told):
    lines = ["prediction,label", "0.5,yes", "0.5,unsure", "0.5,no"]
    assert 'map_labels={"yes": 1, "no": 0}' in told(lines, ignore_label=("unsure",))


def test_classes_that_are_none_are_counted(told):
    lines = ["prob_a,prob_b,label", "0.5,0.5,a", "0.5,0.5,B", "0.5,0.5,x", "0.5,0.5,b"]
    found = told(lines, loss="cross_entropy")
    assert "row 2 (line 3): label is B (the first of 2 bad labels in 3 rows)" in found
    assert 'map_labels={"B": "b"}' in found


def test_data_in_memory_and_paired_inputs_are_told_alike():
    chance = random.Random(1)
    labels = [chance.choice(("yes", "no", *[1] * 20)) for _ in range(3000)]
    for order in (range(3000), chance.sample(range(3000), 3000)):
        left = pd.DataFrame({"id": range(3000), "prediction": 0.5})
        right = pd.DataFrame({"id": list(order), "label": [labels[place] for place in order]})
        found = set()
        for block_rows in SIZES[2:]:
            with pytest.raises(LosscliError, match=r'map_labels=\{"yes": 1, "no": 0\}') as error:
                losscli.evaluate(left, right, loss="bce", block_rows=block_rows)
            found.add(str(error.value))
        assert len(found) == 1
