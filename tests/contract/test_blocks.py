"""Where blocks end changes nothing: whoever is fed block after block, and every analysis as a whole."""

from __future__ import annotations

import random
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from helpers.advice_cases import every_kind
from helpers.blocks import KINDS, blocks_of, plans, show_kind
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.fit.collect import Collecting
from losscli.analyses.fit.correction import link_for, unsuited
from losscli.common.errors import LosscliError
from losscli.inputs.block import COUNTS
from losscli.inputs.chunk import Chunk
from losscli.inputs.formats.csv import pieces, source
from losscli.inputs.pairing import distinct
from losscli.inputs.pairing.assemble import Assembler, Assembly
from losscli.inputs.pairing.classes import Classes, FoundClasses, LabelEdits
from losscli.inputs.pairing.distinct import Distinct

some = settings(deadline=None, max_examples=45, suppress_health_check=list(HealthCheck))
NAMES = ("", "a", "b", "p_a", "p_b", "1", "1.0", "01", "0", "x")
CELLS = (0.0, 1.0, -1.0, 0.5, 7.0, np.nan, np.inf)


def runs(rows, cuts):
    """Return slices of so many rows, cut at these places."""
    return [slice(*pair) for pair in pairwise(sorted({0, *(cut % rows for cut in cuts), rows}))]


def text(names):
    return np.array([name.encode() for name in names], dtype="S8")


@st.composite
def tables(draw):
    """Return how labels and predictions become a block, made anew at each call, and rows of them."""
    rows = draw(st.integers(1, 12))

    def several(elements):
        return draw(st.lists(elements, min_size=rows, max_size=rows))

    drop = draw(st.booleans())
    edited = draw(st.sampled_from(((), ("1",), ("x", "1"), ("a",)))), draw(st.sampled_from(({}, {"x": "a"})))
    kind = draw(st.sampled_from(("columns", "names", "numbers", "texts")))
    names = draw(st.permutations(NAMES)) if draw(st.booleans()) else ("", "a", "b", "c")
    label = np.array(several(st.sampled_from(CELLS))) if kind == "numbers" else text(several(names_of(names)))
    prediction = np.array(several(st.tuples(*[st.sampled_from(CELLS)] * 2)))
    if kind == "names":
        prediction = text(several(names_of(names)))

    def made():
        readings = tuple(Classes(one, "p.csv") for one in (("p_a", "p_b"), ("a", "b")))
        return Assembly(
            LabelEdits(*edited),
            drop,
            readings if kind == "columns" else (),
            FoundClasses("p.csv and l.csv") if kind == "names" else None,
        )

    weight = draw(st.sampled_from((None, (1.0, 0.0, 2.0, -1.0, np.nan), (1.0, 2.0))))
    columns = {"prediction": prediction}
    if weight is not None:
        columns["weight"] = np.array(several(st.sampled_from(weight)))
    row = np.arange(1, rows + 1)
    bad = {(role, one): "?" for role in ("label", "prediction", "weight") for one in row.tolist()}
    return made, Chunk("p.csv", row, columns, bad), Chunk("l.csv", row[::-1], {"label": label}, bad)


def names_of(names):
    return st.sampled_from(names)


def assembled(made, left, right, cuts, block_rows):
    """Return what is known of each row, how classes are called, and what is wrong."""
    assembler, found, error = Assembler(made(), block_rows), [], None
    pairs = ((left.take(rows), right.take(rows)) for rows in runs(len(left), cuts))
    try:
        for block in assembler.blocks(pairs):
            assert 0 < len(block) <= block_rows
            out = [COUNTS] * len(block) if block.left_out is None else block.left_out.tolist()
            weight = out if block.weight is None else block.weight.tolist()
            rows = zip(
                block.row.tolist(), block.label.tolist(), block.prediction.tolist(), weight, strict=True
            )
            found += [(why, *(row if why == COUNTS else ())) for why, row in zip(out, rows, strict=True)]
    except LosscliError as wrong:
        error = str(wrong)
        # What is wrong with names together is told at once; of a bad row, behind those before it.
        return ([] if error.startswith("p.csv and l.csv") else found), error
    return found, assembler.classes, assembler.found is not None and assembler.found.apart


@some
@given(tables(), st.lists(st.integers(0, 99), max_size=4), st.integers(1, 5))
def test_assembled_rows_are_the_same_for_any_blocks(table, cuts, block_rows):
    wanted = assembled(*table, (), 99)
    assert assembled(*table, range(99), 1) == wanted
    assert assembled(*table, cuts, block_rows) == wanted


def test_class_names_come_up_in_the_order_of_the_rows():
    def report(labels, predictions, block_rows):
        data = pd.DataFrame({"label": labels, "prediction": predictions})
        return losscli.evaluate(data, loss="zero_one", block_rows=block_rows)

    for block_rows in (1, 9):
        with pytest.raises(LosscliError, match="a label, such as b"):
            report(["x", "y"], ["b", "a"], block_rows)
        respelled = report(["1.0", "1"], ["0", "1"], block_rows).results[0].worst
        assert [sample.label for sample in respelled] == ["1.0", "1.0"]
        with pytest.raises(LosscliError, match=r"classes 2\.0, 2 are the same number, but z is not a number"):
            report(["2.0", "1", "2", "z", "1.0", "a"], ["2"] * 6, block_rows)


@some
@given(
    st.lists(st.sampled_from(("1", "2", "10", "a", "b", "abcdefgh", "abcdefghi")), min_size=1, max_size=14),
    st.lists(st.integers(0, 99), max_size=4),
    st.booleans(),
    st.sampled_from((1, 20, 1 << 20)),
)
def test_ids_are_told_apart_the_same_in_any_blocks(ids, cuts, repeatable, budget):
    def told(cuts):
        parts = [np.array([one.encode() for one in ids[rows]]) for rows in runs(len(ids), cuts)]
        # Each as wide as its longest, in whole words, as readers make them.
        parts = [part.astype(f"S{-(-part.dtype.itemsize // 8) * 8}") for part in parts]
        seen = Distinct((lambda: (part for part in parts)) if repeatable else None, budget)
        for part in parts:
            seen.add(part)
        found = seen.repeated(), [id_ for part in seen.first(9) for id_ in part.tolist()]
        seen.close()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "SHARE_BYTES", 24)
        wanted = told(())
        assert told(range(99)) == told(cuts) == wanted
    again = sorted({one for one in ids if ids.count(one) > 1})
    assert wanted[0] == (len(again), [one.encode() for one in again[:5]])


@pytest.mark.parametrize("kind", KINDS, ids=show_kind)
@settings(some, max_examples=15)
@given(data=st.data())
def test_a_fit_gathers_the_same_samples_from_any_blocks(kind, data):
    plan = data.draw(plans(kind, drop=True, most=1), label="plan")
    bound = plan.losses[0]
    if unsuited(bound, "affine") is not None:
        return
    block = data.draw(blocks_of(plan.losses), label="block")

    def gathered(cuts):
        fold = Collecting(plan, link_for(bound))
        found = fold.empty()
        try:
            for rows in runs(len(block), cuts):
                part = block.take(rows)
                found = found.merge(fold.of(part, fold.rows(part)))
        except LosscliError as error:
            return str(error)
        if not found.parts:
            return None
        samples, losses = found.samples()
        parts = (samples.label, samples.place, samples.weight, samples.group, losses)
        return found.held_bytes, [None if part is None else (part.dtype, part.tolist()) for part in parts]

    cuts = data.draw(st.lists(st.integers(0, 99), max_size=3))
    assert repr(gathered(range(99))) == repr(gathered(())) == repr(gathered(cuts))


def outcome(work):
    try:
        with np.errstate(all="ignore"):
            return repr(work())
    except LosscliError as error:
        return str(error)


def spoiled(data, chance):
    """Return a table with some cells that are no number, no class, or outside of most domains."""
    data = pd.DataFrame(data).astype(object).reset_index(drop=True)
    for _ in range(chance.randrange(3)):
        cell = chance.choice((None, -1.0, 3.0, 0.0, "x", 1e9))
        data.iloc[chance.randrange(len(data)), chance.randrange(data.shape[1])] = cell
    return data


@pytest.mark.parametrize("kind", every_kind(2))
@pytest.mark.parametrize("bad_rows", ["error", "drop"])
def test_block_size_changes_nothing_of_any_report(kind, bad_rows):
    predictions, labels, spec = every_kind(14)[kind]
    chance = random.Random(f"{kind} {bad_rows}")
    for _ in range(3):
        options = {"bad_rows": bad_rows}
        inputs = spoiled(predictions, chance), spoiled(labels, chance)
        if chance.random() < 0.5:
            ids = [f"s{row}" if row else chance.choice(("s0", "s0", "")) for row in range(14)]
            inputs = [data.assign(id=chance.sample(ids, 14)) for data in inputs]
        if chance.random() < 0.5:
            inputs[0]["w"] = [chance.choice((0.0, 1.0, 2.5)) for _ in range(14)]
            options["weight"] = "w"
        works = [
            partial(losscli.evaluate, loss=spec),
            partial(losscli.gradient, loss=spec, of="cost"),
            partial(losscli.fit, loss=spec, epochs=1, folds=2),
            losscli.recommend,
        ]
        for work in works:
            wanted = outcome(partial(work, *inputs, **options))
            for block_rows in (1, 2, 5):
                assert outcome(partial(work, *inputs, **options, block_rows=block_rows)) == wanted


BAD_LINES = ("0.5,1,s\n", "0.5\n", "\n", "0.5,1,s,9\n", '0.5,"1,s\n', '0.5,1"2,s\n', "x,1,s\n", "0.5,,s\n")
BAD_LINES += ("7,1,s\n", "0.5,3,s\n", "0.5,1,\n", "0.5,1,\xff\n", '"0.5","1","s"\n', f"0.5,1,{'s' * 5000}\n")


@pytest.mark.parametrize("group", [None, "g"])
@pytest.mark.parametrize("seed", range(12))
def test_the_first_bad_row_of_a_text_is_told_for_any_blocks(tmp_path, monkeypatch, seed, group):
    # Pieces of some rows each, so that some bad rows share one and others do not.
    monkeypatch.setattr(source, "HEAD_BYTES", 24)
    monkeypatch.setattr(pieces, "HEAD_BYTES", 24)
    chance, path = random.Random(seed), tmp_path / "p.csv"
    for _ in range(8):
        lines = [f"0.{chance.randrange(9)},{chance.randrange(2)},s\n" for _ in range(30)]
        for at in chance.sample(range(30), chance.randrange(1, 4)):
            lines[at] = chance.choice(BAD_LINES)
        path.write_bytes("".join(["prediction,label,g\n", *lines]).encode("latin-1"))
        work = partial(losscli.evaluate, str(path), loss="brier", group=group)
        wanted = outcome(partial(work, block_rows=1))
        for block_rows in (3, 10, 999):
            assert outcome(partial(work, block_rows=block_rows)) == wanted


@pytest.mark.parametrize("bad_rows", ["error", "drop"])
@pytest.mark.parametrize("first", ["café", "cafe\u0301", "x"])
@pytest.mark.parametrize("cells", ["0.5,0.5", "0.5,0.9", "oops,0.5"])
def test_labels_that_look_like_classes_are_told_for_any_blocks(tmp_path, first, cells, bad_rows):
    paths = tmp_path / "p.csv", tmp_path / "l.csv"
    paths[0].write_text(f"prob_café,prob_naïve\n{cells}\n" + "0.5,0.5\n" * 3)
    work = partial(losscli.evaluate, *paths, loss="cross_entropy", bad_rows=bad_rows)
    for labels in ((first, "nai\u0308ve", "café", "x"), (first, "cafe\u0301", "nai\u0308ve", "a")):
        paths[1].write_text("\n".join(("label", *labels)))
        wanted = outcome(partial(work, block_rows=1))
        if cells == "0.5,0.5" and (first, bad_rows) != ("x", "error"):
            assert "look the same" in wanted
        for block_rows in (2, 3, 999):
            assert outcome(partial(work, block_rows=block_rows)) == wanted
