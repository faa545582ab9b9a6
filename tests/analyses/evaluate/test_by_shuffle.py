"""Inputs whose rows lie in other files than their labels: share by share, and the document of one run."""

import pickle
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate import in_parts, run
from losscli.analyses.evaluate.document import document
from losscli.common.errors import LosscliError
from losscli.inputs import partitions
from losscli.inputs.chunk import Chunk
from losscli.inputs.edits import Edits
from losscli.inputs.request import Request
from losscli.inputs.shards.scattered import dealt
from losscli.loss import registry
from losscli.loss.spec import parse_spec

N = 150


class Dealing:
    """A crew in this process: whatever goes between tasks is sent, in any order."""

    def __init__(self, workers=3, order=0):
        self.workers, self._random, self.shares, self.tasks = workers, random.Random(order), 0, 0

    def __call__(self, function, tasks):
        return [sent(function(sent(task))) for task in tasks]

    def deal(self, read, tasks, fold, shares):
        self.tasks = len(tasks)
        given, told = {}, []
        for task in self._random.sample(tasks, len(tasks)):
            one, dealt = sent(read(sent(task)))
            told.append(one)
            for share, piece in dealt.items():
                assert 0 <= share < shares
                given.setdefault(share, []).append(piece)
        self.shares = len(given)
        return told, [sent(sent(fold)(given[share])) for share in self._random.sample([*given], len(given))]


def sent(what):
    return pickle.loads(pickle.dumps(what))


def request(place, losses, **asked):
    bound = tuple(parse_spec(spec, registry.find) for spec in losses)
    asked.setdefault("predictions", str(place / "p"))
    asked.setdefault("labels", str(place / "l"))
    return Request(loss=bound, **asked)


def agree(asked, crew):
    """Hold a run share by share against a whole one; return the document."""
    whole, found = run.evaluate(asked), in_parts.evaluate(asked, crew)
    assert document(found) == document(whole)
    assert found == whole
    assert crew.shares


LAYOUTS = {
    "numbers": ("mse", "rmse", "huber"),
    "weights and groups": ("mae", "mse"),
    "class columns": ("cross_entropy", "zero_one"),
    "class names": ("zero_one",),
    "outputs": ("mse",),
}


def tables(layout, seed, kind):
    """Return predictions and labels, whose ids are in no common order."""
    rng = np.random.default_rng(seed)
    ids = {
        "integers": lambda: rng.permutation(N) - 40,
        "texts": lambda: [f"ä{number * 7}" + "x" * (number % 23) for number in range(N)],
        "both": lambda: [str(number) if number % 3 else f"id {number}" for number in range(N)],
    }[kind]()
    predictions, labels = pd.DataFrame({"id": ids}), pd.DataFrame({"id": ids})
    if layout == "class columns":
        shares = rng.dirichlet([1, 1, 1], N)
        for place, name in enumerate(("cat", "dog", "hen")):
            predictions[f"prob_{name}"] = shares[:, place]
        labels["label"] = rng.choice(["hen", "dog", "cat"], N)
    elif layout == "class names":
        predictions["prediction"] = rng.choice(["cat", "dog", "2.0", "2"] if seed == 1 else ["cat", "dog"], N)
        labels["label"] = rng.choice(["dog", "cat", "hen"], N)
    elif layout == "outputs":
        for number in range(2):
            predictions[f"prediction_{number}"], labels[f"label_{number}"] = rng.normal(size=(2, N))
    else:
        # Few values: equal losses are told apart by their rows.
        predictions["prediction"], labels["label"] = rng.integers(0, 4, (2, N)) / 4
    if layout == "weights and groups":
        predictions["g"] = rng.choice(["a", "b", "long name"], N)
        labels["w"] = rng.choice([0.5, 1, 2, 1e-3], N)
    return predictions.sample(frac=1, random_state=seed), labels.sample(frac=1, random_state=seed + 1)


def written(table, folder, cuts, suffix="csv", name="part"):
    folder.mkdir()
    for number, (start, stop) in enumerate(pairwise([0, *sorted(cuts), len(table)])):
        part, path = table.iloc[start:stop], folder / f"{name}-{number}.{suffix}"
        if suffix == "jsonl":
            path.write_text(part.to_json(orient="records", lines=True) if len(part) else "")
        elif suffix == "parquet":
            part.to_parquet(path, index=False)
        else:
            text = part.to_csv(index=False)
            path.write_text(f"# above\n{text}" if number == 1 else text)


@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(
    layout=st.sampled_from([*LAYOUTS]),
    seed=st.integers(0, 9),
    kind=st.sampled_from(["integers", "texts", "both"]),
    cuts=st.tuples(*[st.lists(st.integers(0, N), max_size=7)] * 2),
    suffixes=st.tuples(*[st.sampled_from(["csv", "csv", "jsonl", "parquet"])] * 2),
    workers=st.integers(1, 5),
    hashed=st.booleans(),
    block_rows=st.sampled_from([7, 1 << 18]),
)
def test_shares_are_the_whole(
    tmp_path_factory, layout, seed, kind, cuts, suffixes, workers, hashed, block_rows
):
    place = tmp_path_factory.mktemp("shares")
    predictions, labels = tables(layout, seed, kind)
    cuts = [
        [cut for cut in some if cut or suffix != "jsonl"] for some, suffix in zip(cuts, suffixes, strict=True)
    ]
    cuts = [
        sorted(set(some) - {0, N}) if suffix == "jsonl" else some
        for some, suffix in zip(cuts, suffixes, strict=True)
    ]
    written(predictions, place / "p", cuts[0], suffixes[0])
    written(labels, place / "l", cuts[1], suffixes[1], "other")
    asked = request(
        place,
        LAYOUTS[layout],
        weight="w" if layout.startswith("weights") else None,
        group=("g",) if layout.startswith("weights") else (),
        top=9,
        fingerprints=hashed,
        block_rows=block_rows,
    )
    if told(run.evaluate, asked) is None:
        agree(asked, Dealing(workers, seed))
    else:
        assert told(in_parts.evaluate, asked, Dealing(workers, seed)) == told(run.evaluate, asked)


def told(function, *arguments):
    """Return what is wrong, in the words of the error; None for nothing."""
    try:
        function(*arguments)
    except LosscliError as error:
        return str(error)
    return None


@pytest.fixture
def spread(tmp_path):
    predictions, labels = tables("numbers", 1, "texts")
    written(predictions, tmp_path / "p", [30, 70], name="part")
    written(labels, tmp_path / "l", [100], name="true")
    return tmp_path


@pytest.fixture
def nowhere_else(monkeypatch):
    """Let every run over everything fail, once what is expected is known."""

    def begin():
        monkeypatch.setattr(run, "evaluate", lambda *_, **__: pytest.fail("it was left to one run"))
        monkeypatch.setattr(run, "of_opened", lambda *_, **__: pytest.fail("it was left to one run"))

    return begin


@pytest.mark.parametrize("layout", [*LAYOUTS])
@pytest.mark.parametrize("kind", ["integers", "texts", "both"])
def test_what_fits_is_not_left_to_one_run(tmp_path, nowhere_else, layout, kind):
    predictions, labels = tables(layout, 2, kind)
    written(predictions, tmp_path / "p", [30, 70], name="part")
    written(labels, tmp_path / "l", [100], name="true")
    asked = request(tmp_path, LAYOUTS[layout])
    whole = run.evaluate(asked)
    nowhere_else()
    assert in_parts.evaluate(asked, Dealing()) == whole


@pytest.mark.parametrize("single", ["p", "l"])
def test_one_file_beside_several(spread, nowhere_else, single):
    head, *rest = [path.read_text().replace("# above\n", "") for path in sorted((spread / single).iterdir())]
    path = spread / "one.csv"
    path.write_text(head + "".join(text.partition("\n")[2] for text in rest))
    asked = request(spread, ["mse"], **{"p": {"predictions": str(path)}, "l": {"labels": str(path)}}[single])
    whole = run.evaluate(asked)
    nowhere_else()
    assert in_parts.evaluate(asked, Dealing()) == whole


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("l/true-0.csv", "ä", "e", "only in"),
        ("p/part-2.csv", "\nä", "\n", ""),
        ("p/part-0.csv", "0.", "zero", "row "),
        ("l/true-1.csv", "id,label", "id,truth", "the same columns in all files"),
    ],
    ids=["alone", "another", "no number", "other columns"],
)
def test_errors_are_those_of_one_run(spread, file, old, new, found):
    path = spread / file
    path.write_text(path.read_text().replace(old, new, 1))
    asked = request(spread, ["mse"])
    whole = told(run.evaluate, asked)
    assert found in whole
    assert told(in_parts.evaluate, asked, Dealing()) == whole


@pytest.mark.parametrize("side", ["p", "l"])
def test_an_id_in_two_files_is_told(spread, side):
    one, *_, other = sorted((spread / side).iterdir())
    row = one.read_text().splitlines()[-1]
    other.write_text(f"{other.read_text()}{row}\n")
    asked = request(spread, ["mse"])
    assert "more than once" in told(run.evaluate, asked)
    assert told(in_parts.evaluate, asked, Dealing()) == told(run.evaluate, asked)


def test_an_empty_id_is_told(spread):
    path = spread / "p" / "part-2.csv"
    path.write_text(path.read_text() + ",0.5\n")
    asked = request(spread, ["mse"])
    assert "the id is empty" in told(run.evaluate, asked)
    assert told(in_parts.evaluate, asked, Dealing()) == told(run.evaluate, asked)


def test_columns_of_two_types_are_left_to_one_run(tmp_path):
    predictions, labels = tables("numbers", 3, "integers")
    (tmp_path / "p").mkdir()
    predictions[:50].astype({"prediction": "float32"}).to_parquet(tmp_path / "p" / "a.parquet", index=False)
    predictions[50:].to_parquet(tmp_path / "p" / "b.parquet", index=False)
    written(labels, tmp_path / "l", [60])
    asked, crew = request(tmp_path, ["mse"]), Dealing()
    found = in_parts.evaluate(asked, crew)
    assert found == run.evaluate(asked)
    assert any("float32 in a.parquet" in note for note in found.notes)
    assert crew.shares


@pytest.mark.parametrize("more", [{"unmatched": "drop"}, {"top": None}, {"align": "position"}])
def test_what_shares_cannot_do_is_not_dealt(spread, more):
    asked, crew = request(spread, ["mse"], **more), Dealing()
    assert told(in_parts.evaluate, asked, crew) == told(run.evaluate, asked)
    assert not crew.tasks


def test_ids_to_exclude_are_not_dealt(spread):
    (spread / "ids.txt").write_text("3\n5\n")
    asked = request(spread, ["mse"], edits=Edits(exclude_ids=str(spread / "ids.txt")))
    crew = Dealing()
    assert told(in_parts.evaluate, asked, crew) == told(run.evaluate, asked)
    assert not crew.tasks


def test_bad_rows_that_are_dropped(spread, nowhere_else):
    path = spread / "p" / "part-1.csv"
    path.write_text(path.read_text().replace("0.", "zero", 3))
    asked = request(spread, ["mse"], bad_rows="drop")
    whole = run.evaluate(asked)
    assert whole.results[0].dropped
    nowhere_else()
    assert in_parts.evaluate(asked, Dealing()) == whole


def test_a_file_that_changes_after_it_was_read(spread):
    class Meddling(Dealing):
        def deal(self, read, tasks, fold, shares):
            found = super().deal(read, tasks, fold, shares)
            path = spread / "p" / "part-1.csv"
            path.write_text(path.read_text().replace("0.", "1.", 1))
            return found

    asked = request(spread, ["mse"], fingerprints=True)
    assert in_parts.evaluate(asked, Meddling()) == run.evaluate(asked)


def test_another_version_is_an_error(spread):
    class Older(Dealing):
        def deal(self, read, tasks, fold, shares):
            told, found = super().deal(read, tasks, fold, shares)
            return [replace(one, version="0.0.7") for one in told], found

    with pytest.raises(LosscliError, match=r"it has losscli 0\.0\.7"):
        in_parts.evaluate(request(spread, ["mse"]), Older())


def test_a_worker_without_a_file_is_an_error(spread):
    class Elsewhere(Dealing):
        def deal(self, read, tasks, fold, shares):
            told, _ = super().deal(read, tasks, fold, shares)
            return [replace(told[0], refused=True, missing=(tasks[0].data,)), *told[1:]], []

    with pytest.raises(LosscliError, match="there is no such file for it"):
        in_parts.evaluate(request(spread, ["mse"]), Elsewhere())


@pytest.mark.parametrize("order", [0, 1, 2])
def test_stretches_of_two_texts_in_other_orders(tmp_path, nowhere_else, monkeypatch, order):
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)
    predictions, labels = tables("weights and groups", order, "texts")
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).write_text("# above\n" + table.to_csv(index=False))
    asked = request(tmp_path, ["mse"], weight="w", group=("g",), top=20, fingerprints=True)
    whole = run.evaluate(asked)
    assert whole.results[0].worst[0].line == whole.results[0].worst[0].row + 2
    nowhere_else()
    crew = Dealing(4, order)
    assert in_parts.evaluate(asked, crew) == whole
    assert crew.tasks == 8


def test_rows_of_several_lines(tmp_path, nowhere_else):
    predictions, labels = tables("numbers", 4, "texts")
    replaced = {predictions["id"].iloc[40]: "two\nlines"}
    predictions, labels = (table.replace({"id": replaced}) for table in (predictions, labels))
    written(predictions, tmp_path / "p", [30, 70])
    written(labels, tmp_path / "l", [60], name="other")
    asked = request(tmp_path, ["mse"], top=N, show=("id",))
    whole = run.evaluate(asked)
    assert {one.line is None for one in whole.results[0].worst} == {True, False}
    nowhere_else()
    assert in_parts.evaluate(asked, Dealing()) == whole


@pytest.mark.parametrize("begin", ["", "user", "a long beginning of an id "])
def test_ids_are_dealt_out_evenly(begin):
    ids = np.array([f"{begin}{number:04}".encode() for number in range(4000)], dtype="S32")
    chunk = Chunk("x", np.arange(4000), {"id": ids})
    for shares in (4, 7):
        dealt_out = dealt(iter([chunk]), shares)
        assert sorted(dealt_out) == [*range(shares)]
        assert all(0.8 < len(one) * shares / 4000 < 1.2 for one in dealt_out.values())


def test_an_id_is_in_one_share_however_it_is_held():
    numbers = np.arange(-50, 50)
    whole = dealt(iter([Chunk("x", numbers, {"id": numbers})]), 5)
    texts = np.array([str(number).encode() for number in numbers], dtype="S24")
    again = dealt(iter([Chunk("x", numbers, {"id": texts})]), 5)
    assert {share: one.row.tolist() for share, one in whole.items()} == {
        share: one.row.tolist() for share, one in again.items()
    }
