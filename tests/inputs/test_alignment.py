"""Rows pair by id or by position, exactly or not at all."""

import io
import random
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.pairing import distinct
from losscli.inputs.pairing.distinct import Distinct, hashed


@pytest.fixture
def pair(tmp_path):
    """Write two files and return their paths."""

    def write(predictions, labels):
        paths = tmp_path / "p.csv", tmp_path / "l.csv"
        for path, text in zip(paths, (predictions, labels), strict=True):
            path.write_text(text)
        return paths

    return write


def mae(*arguments, **options):
    return evaluate(*arguments, loss="mae", **options)


def table(name, ids, values):
    return f"id,{name}\n" + "".join(f"{id_},{value}\n" for id_, value in zip(ids, values, strict=True))


def test_files_with_ids_pair_in_any_order(pair):
    ids = [f"s{place}" if place % 3 else str(place) for place in range(5000)]
    shuffled = list(range(5000))
    random.Random(1).shuffle(shuffled)
    for order in (range(5000), shuffled, [*range(4000), *reversed(range(4000, 5000))]):
        paths = pair(
            table("pred", ids, range(5000)),
            table("label", [ids[place] for place in order], [place + 2 for place in order]),
        )
        for block_rows in (7, 262_144):
            report = mae(*paths, block_rows=block_rows)
            assert (report.alignment, report.results[0].cost, report.results[0].n) == ("id", 2.0, 5000)
            assert [sample.row for sample in report.results[0].worst][:3] == [1, 2, 3]


@pytest.mark.parametrize(
    ("predictions", "labels", "message"),
    [
        (
            "ab",
            "ac",
            (
                r"1 id \('b'\) only in .*p\.csv; 1 id \('c'\) only in .*l\.csv; needed: the same ids in both"
                r"\. To keep the 1 that both have, and leave out and count the rest: unmatched=.drop.$"
            ),
        ),
        ("abc", "ab", r"p\.csv and .*l\.csv: 1 id \('c'\) only in .*p\.csv; needed: the same"),
        ("ab", "abc", r"1 id \('c'\) only in .*l\.csv"),
        ("abcdefgh", "a", r"7 ids \('b', 'c', 'd', 'e', 'f' and 2 more\) only in .*p\.csv"),
        ("a", "abcdefgh", r"7 ids \('b', 'c', 'd', 'e', 'f' and 2 more\) only in .*l\.csv"),
        (
            "aba",
            "aba",
            (
                r"1 id \('a'\) appears more than once; needed: a unique id for every row\. "
                r"Choose another id column: id=\"…\"\. Only if row N is the same sample in both files: align="
            ),
        ),
        ("aba", "abc", r"p\.csv: 1 id \('a'\) appears more than once"),
        ("abc", "aba", r"l\.csv: 1 id \('a'\) appears more than once"),
        ("bac", "aba", r"l\.csv: 1 id \('a'\) appears more than once"),
        ("ab", "abb", r"l\.csv: 1 id \('b'\) appears more than once"),
        ("ab", "aba", r"l\.csv: 1 id \('a'\) appears more than once"),
        ("aab", "ab", r"p\.csv: 1 id \('a'\) appears more than once"),
        (
            "abcabcabcdeffed",
            "abcabcabcdeffed",
            r"6 ids \('a', 'b', 'c', 'd', 'e' and 1 more\) appear more than once",
        ),
        (
            ["a", ""],
            ["a", ""],
            r"p\.csv row 2 \(line 3\): the id is empty; needed: a unique id for every row",
        ),
        (["a", "b"], ["b", " "], r"l\.csv row 2 \(line 3\): the id is empty"),
        (["007"], ["7"], r"1 id \('007'\) only in .*; 1 id \('7'\) only in"),
        (["7.0"], ["7"], r"only in"),
        (["9007199254740993"], ["9007199254740992"], r"only in"),
        (["nan"], ["NaN"], r"only in"),
        (["A"], ["a"], r"only in"),
        (["\x1b[31m"], ["x"], r"1 id \('\\x1b\[31m'\) only in"),
    ],
)
@pytest.mark.parametrize("block_rows", [1, 2, 262_144])
def test_ids_that_do_not_pair_are_refused(pair, predictions, labels, message, block_rows):
    paths = pair(
        table("pred", predictions, range(len(predictions))), table("label", labels, range(len(labels)))
    )
    with pytest.raises(LosscliError, match=message):
        mae(*paths, block_rows=block_rows)


def test_ids_of_any_kind_pair_exactly(pair):
    ids = [
        "NA",
        "",
        "None",
        "null",
        "007",
        "7",
        "7.0",
        "1e3",
        "1000",
        str(2**53 + 1),
        str(2**53),
        str(10**40),
    ]
    ids = [id_ for id_ in ids if id_] + ["é", "x" * 3000, "a b", '"a,b"', "True", "-0", "0"]
    paths = pair(table("pred", ids, range(len(ids))), table("label", ids[::-1], range(len(ids))[::-1]))
    assert mae(*paths).results[0].cost == 0.0


def test_blanks_and_quotes_around_ids_do_not_matter(pair):
    paths = pair('id,pred\n a ,1\n"b",2\n', 'id,label\nb,2\n"a",1\n')
    assert mae(*paths).results[0].cost == 0.0


def test_by_position_the_counts_must_agree(pair):
    paths = pair("pred\n1\n2\n3\n", "label\n1\n2\n")
    with pytest.raises(
        LosscliError, match=r"p\.csv and .*l\.csv: 3 and 2 rows; needed: as many predictions as labels"
    ):
        mae(*paths)
    with pytest.raises(LosscliError, match=r"2 and 3 rows"):
        mae(*paths[::-1], prediction="label", label="pred", block_rows=1)


@pytest.mark.parametrize("align", ["auto", "position"])
@pytest.mark.parametrize("id_", ["", "id,"])
@pytest.mark.parametrize("unmatched", ["error", "drop"])
def test_an_input_without_rows_is_told_as_such_and_nothing_of_ids_or_counts(pair, align, id_, unmatched):
    if unmatched == "drop" and (align == "position" or not id_):
        unmatched = "error"
    row = f"{id_ and 'a,'}1\n"
    for rows, name in (("", row), "p"), ((row, ""), "l"), (("", ""), "p"):
        paths = pair(f"{id_}pred\n{rows[0]}", f"{id_}label\n{rows[1] * 3}")
        with pytest.raises(
            LosscliError, match=rf"[\\/]{name}\.csv: no data rows; needed: at least one sample(\.|$)"
        ):
            mae(*paths, align=align, unmatched=unmatched)


def test_auto_needs_an_id_in_both_files(pair):
    paths = pair("id,pred\nb,1\na,2\n", "label\n1\n2\n")
    report = mae(*paths)
    assert (report.alignment, report.results[0].cost) == ("position", 0.0)
    with pytest.raises(LosscliError, match=r"l\.csv: no column is the id; the columns are label"):
        mae(*paths, align="id")


def test_position_wins_over_ids_where_it_is_asked_for(pair):
    paths = pair("id,pred\na,1\nb,2\n", "id,label\nb,1\na,2\n")
    assert mae(*paths).results[0].cost == 1.0
    report = mae(*paths, align="position")
    assert (report.alignment, report.results[0].cost) == ("position", 0.0)
    assert [sample.id for sample in report.results[0].worst] == ["a", "b"]


def test_ids_may_be_called_differently(pair):
    paths = pair("key,pred\na,1\nb,2\n", "name,label\nb,1\na,2\n")
    report = mae(*paths, id="KEY", label_id="Name")
    assert (report.alignment, report.results[0].cost) == ("id", 1.0)
    with pytest.raises(
        LosscliError, match=r"l\.csv: there is no column 'key' \(id\); needed: one of .*name, label"
    ):
        mae(*paths, id="key")
    with pytest.raises(LosscliError, match=r"p\.csv: no column is the id"):
        mae(*paths, label_id="name")
    with pytest.raises(LosscliError, match="there is no label file"):
        mae(paths[0], label_id="name")


def test_an_unnamed_first_column_is_an_id(pair):
    paths = pair('"","pred"\n"1",1\n"2",2\n', '"","label"\n"2",1\n"1",2\n')
    report = mae(*paths)
    assert (report.alignment, report.results[0].cost) == ("id", 1.0)
    named = pair(",id,pred\n0,a,1\n1,b,2\n", "id,label\nb,1\na,2\n")
    assert mae(*named).results[0].cost == 1.0


@pytest.mark.parametrize("role", ["pred", "label", "w"])
@pytest.mark.parametrize("block_rows", [1, 3, 262_144])
def test_a_bad_cell_is_named_by_the_row_of_its_own_file_after_a_join(pair, role, block_rows):
    ids = [f"i{place}" for place in range(10)]
    predictions, labels = pd.DataFrame({"id": ids}), pd.DataFrame({"id": ids[::-1]})
    predictions["pred"], labels["label"], labels["w"] = "1", "2", "3"
    frame = predictions if role == "pred" else labels
    frame.loc[frame["id"] == "i2", role] = "oops"
    paths = pair(predictions.to_csv(index=False), labels.to_csv(index=False))
    where = r"p.csv row 3 \(line 4\)" if role == "pred" else r"l.csv row 8 \(line 9\)"
    what = {"pred": "prediction", "w": "weight"}.get(role, role)
    with pytest.raises(LosscliError, match=f"{where}: {what} is oops"):
        mae(*paths, weight="w", block_rows=block_rows)
    result = mae(*paths, weight="w", block_rows=block_rows, bad_rows="drop").results[0]
    assert (result.n, result.dropped, result.cost) == (9, 1, 1.0)


def test_weight_and_group_may_stand_in_either_file(pair):
    left, right = "id,pred,w\na,1,3\nb,2,1\n", "id,label,g\nb,4,x\na,1,y\n"
    for paths in (pair(left, right), pair("id,pred,g\na,1,y\nb,2,x\n", "id,label,w\nb,4,1\na,1,3\n")):
        result = mae(*paths, weight="W", group="G").results[0]
        assert (result.cost, result.weight_sum) == (0.5, 4.0)
        assert {group.group: group.cost for group in result.groups} == {"x": 2.0, "y": 0.0}
    with pytest.raises(LosscliError, match=r"\(weight\), and w differs in row 1: '3' and '4'"):
        mae(*pair("id,pred,w\na,1,3\n", "id,label,w\na,1,4\n"), weight="w")
    with pytest.raises(
        LosscliError, match=r"there is no column 'z' \(weight\); needed: one of the columns found"
    ):
        mae(*pair(left, right), weight="z")


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("1,-1", r"row 2 \(line 3\): weight is -1\.0; needed: a finite weight ≥ 0"),
        ("1,", r"row 2 \(line 3\): weight is missing; needed: a finite weight ≥ 0"),
        ("inf,1", r"row 1 \(line 2\): weight is inf; needed: a finite"),
        ("0,0", r"the weights sum to 0; needed: a positive sum"),
    ],
)
def test_weights_are_finite_and_not_negative(tmp_path, weights, message):
    path = tmp_path / "p.csv"
    rows = "".join(f"1,2,{weight}\n" for weight in weights.split(","))
    path.write_text("pred,label,w\n" + rows)
    with pytest.raises(LosscliError, match=message):
        mae(path, weight="w")


def test_a_weight_of_zero_counts_in_n(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("pred,label,w\n1,2,0\n1,4,2\n")
    result = mae(path, weight="w").results[0]
    assert (result.n, result.weight_sum, result.cost) == (2, 2.0, 3.0)


def write_ids(path, name, ids):
    path.write_text(f"id,{name}\n" + "".join(f"{id_},1\n" for id_ in ids))


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_ascending_ids_of_a_file_are_not_kept_and_read_again_if_the_order_breaks(
    tmp_path, monkeypatch, suffix
):
    held = []
    hold = Distinct._hold
    monkeypatch.setattr(Distinct, "_hold", lambda self, ids: (held.append(len(ids)), hold(self, ids)))
    paths = [tmp_path / f"{name}.csv{suffix}" for name in ("pred", "label")]
    for ids, kept in (
        ([*range(1000)], 0),
        ([*range(900), 5000, *range(900, 999)], 1000),
        ([*range(100, 999), 5], 900),
    ):
        for path in paths:
            pd.DataFrame({"id": ids, path.name.partition(".")[0]: 1}).to_csv(path, index=False)
        for block_rows in (10, 262_144):
            held.clear()
            assert mae(*paths, block_rows=block_rows).results[0].n == len(ids)
            assert sum(held) == kept
    for path in paths:
        pd.DataFrame({"id": [*range(500), 7], path.name.partition(".")[0]: 1}).to_csv(path, index=False)
    with pytest.raises(LosscliError, match=r"1 id \('7'\) appears more than once"):
        mae(*paths)


def test_a_prediction_file_that_was_replaced_is_not_read_again(tmp_path, monkeypatch):
    paths = tmp_path / "pred.csv", tmp_path / "label.csv"
    for path in paths:
        write_ids(path, path.stem, [*range(30_000), 7])
    add = Distinct.add

    def replace_and_add(self, ids):
        other = Path(f"{paths[0]}.new")
        write_ids(other, "pred", range(30_001))
        other.replace(paths[0])
        add(self, ids)

    monkeypatch.setattr(Distinct, "add", replace_and_add)
    with pytest.raises(LosscliError, match=r"pred\.csv: the file changed while it was being read"):
        mae(*paths, block_rows=1000)


def as_text(ids, width=8):
    return np.array([str(id_).encode() for id_ in ids], dtype=f"S{width}")


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("budget", [1, 1 << 10, 1 << 25])
@pytest.mark.parametrize("share_bytes", [64, 1 << 26])
def test_distinct_counts_what_a_set_counts(monkeypatch, again, budget, share_bytes):
    monkeypatch.setattr(distinct, "SHARE_BYTES", share_bytes)
    rnd = random.Random(3)
    for case in range(30):
        highest = rnd.choice([20, 10_000, 10**9])
        ids = [rnd.randrange(highest) for _ in range(rnd.randint(0, 60))]
        ids = sorted(ids) if case % 3 == 0 else sorted(set(ids)) if case % 3 == 1 else ids
        parts = [as_text(ids[place : place + 7], rnd.choice([16, 24])) for place in range(0, len(ids), 7)]
        seen = Distinct((lambda parts=parts: (part for part in parts)) if again else None, budget)
        for part in parts:
            seen.add(part)
        twice = sorted({str(id_).encode() for id_ in ids if ids.count(id_) > 1})
        assert seen.repeated() == (len(twice), twice[:5])
        for count in (0, 5, 99):
            first = [id_ for part in seen.first(count) for id_ in part.tolist()]
            assert first == as_text(ids, 24).tolist()[:count]
        seen.close()


@pytest.mark.parametrize(
    ("ids", "ascending"),
    [
        (["1", "2", "10"], True),
        (["10", "2"], False),
        (["1", "1"], False),
        (["a", "b", "aa"], True),
        (["b", "a"], False),
        (["12345678", "12345679"], True),
        (["123456789", "123456790", "1234567890"], True),
        (["123456790", "123456789"], False),
        (["ab", "abc", "b"], False),
    ],
)
def test_ascending_is_shorter_first_then_as_text(ids, ascending):
    width = -(-max(map(len, ids)) // 8) * 8
    assert Distinct().ascends(as_text(ids, width)) is ascending
    seen = Distinct()
    steps = [seen.ascends(as_text([id_], width)) for id_ in ids]
    assert all(steps) is ascending


def test_the_hash_of_an_id_does_not_depend_on_the_width_of_its_array():
    ids = ["", "7", "12345678", "x" * 9]
    np.testing.assert_array_equal(hashed(as_text(ids, 16)), hashed(as_text(ids, 40)))
    assert len(set(hashed(as_text(range(5000)))).intersection()) == 5000


@pytest.mark.parametrize("size", [1, 50, 5000])
@pytest.mark.parametrize("again", [False, True])
def test_no_room_for_the_temporary_file_of_ids_is_an_error_of_its_own(monkeypatch, tmp_path, size, again):
    ids = [f"{place:08d}" for place in range(size, 0, -1)]
    path = tmp_path / "p.csv"
    path.write_text("id,prediction,label\n" + "".join(f"{one},1,2\n" for one in ids))
    labels = path if again else pd.read_csv(path, dtype={"id": str})
    monkeypatch.setattr(distinct.Distinct.__init__, "__defaults__", (None, 1))
    assert evaluate(path, labels, loss="mse", prediction="prediction", label="label").results[0].n == size
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: open("/dev/full", "w+b"))  # noqa: PTH123, SIM115
    if size > 1:
        with pytest.raises(
            LosscliError, match=r"No space left on device; needed: space for the ids.*TMPDIR"
        ) as raised:
            evaluate(path, labels, loss="mse", prediction="prediction", label="label")
        assert raised.value.status == 2
    monkeypatch.setattr("tempfile.TemporaryFile", _no_folder)
    if size > 1:
        with pytest.raises(LosscliError, match="No usable temporary directory"):
            evaluate(path, labels, loss="mse", prediction="prediction", label="label")


def _no_folder(**_):
    raise FileNotFoundError(2, "No usable temporary directory found in [...]")


def test_a_temporary_file_that_cannot_be_read_back_is_an_error(monkeypatch, tmp_path):
    class Broken(io.FileIO):
        def read(self, size=-1):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: Broken(tmp_path / "ids", "w+"))
    with closing(Distinct(budget=1)) as seen:
        for one in (b"2", b"1"):
            seen.add(np.array([one], dtype="S8"))
        with pytest.raises(LosscliError, match="cannot be read: Input/output"):
            seen.repeated()
