"""Arrays of NumPy in files: every type and layout, and what is no whole array."""

import io
import os
import pickle
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli
from losscli.common.errors import LosscliError
from losscli.inputs.formats.npy import source as npy_source
from losscli.inputs.header import TextFormat
from tests.helpers.calls import losscli as call

LABELS = np.array([1.0, 2.0, 4.0, 8.0])
SCORES = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5], [0.6, 0.3, 0.1]])


def saved(path, array):
    np.save(path, array, allow_pickle=True)
    return str(path)


def raw(descr, shape, data=b"", *, fortran=False, version=b"\1\0"):
    """Return the bytes of an array, whatever its header says."""
    text = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape!r}, }}".encode()
    size = 2 if version == b"\1\0" else 4
    return b"\x93NUMPY" + version + (len(text) + 1).to_bytes(size, "little") + text + b"\n" + data


@pytest.fixture
def labels(tmp_path):
    return saved(tmp_path / "labels.npy", LABELS)


def mae(*inputs, **asked):
    return losscli.evaluate(*map(str, inputs), loss="mae", **asked)


def same(one, other):
    """Whether two reports say the same figures to the last bit."""
    one, other = (
        [(r.loss, r.n, r.dropped, r.cost, r.std, r.min, r.max, r.quantiles) for r in report.results]
        for report in (one, other)
    )
    return one == other


@pytest.mark.parametrize(
    "kind",
    ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<i1", "<i2", ">i4", "<i8", ">i8", "u1", ">u2", "<u8", "g"],
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_every_type_and_order(tmp_path, labels, kind, order):
    values = np.array([0, 3, 1, 9])
    expected = mae_of(values)
    path = saved(tmp_path / "p.npy", values.astype(kind))
    assert mae(path, labels).cost == expected
    matrix = np.array(np.stack([values, values[::-1], values], axis=1).astype(kind), order=order)
    several = saved(tmp_path / "m.npy", matrix)
    assert mae(several, labels, prediction="0").cost == expected
    assert mae(several, labels, prediction="1").cost == mae_of(values[::-1])


def mae_of(values):
    return losscli.evaluate(values.astype(float), LABELS, "mae").cost


def test_columns_of_a_matrix_are_classes(tmp_path):
    saved(tmp_path / "p.npy", np.asfortranarray(SCORES))
    saved(tmp_path / "y.npy", np.array([0, 1, 2, 1]))
    report = losscli.evaluate(str(tmp_path / "p.npy"), str(tmp_path / "y.npy"), "cross_entropy")
    assert same(report, losscli.evaluate(SCORES, [0, 1, 2, 1], "cross_entropy"))
    saved(tmp_path / "one.npy", LABELS[:, None])
    saved(tmp_path / "flat.npy", LABELS)
    assert mae(tmp_path / "one.npy", tmp_path / "flat.npy").cost == 0


def test_small_types_are_widened_first(tmp_path):
    p = saved(tmp_path / "p.npy", np.array([200], dtype=np.uint8))
    y = saved(tmp_path / "y.npy", np.array([201], dtype=np.uint8))
    assert mae(p, y).cost == 1
    half = np.full(100_000, 0.1, dtype=np.float16)
    p, y = saved(tmp_path / "p.npy", half), saved(tmp_path / "y.npy", np.zeros(100_000))
    report = mae(p, y)
    assert report.cost == float(np.float16(0.1))
    assert f"{p}: the array is float16, which holds 3 to 4 digits" in report.notes


def test_nan_is_a_bad_value(tmp_path, labels):
    path = saved(tmp_path / "p.npy", np.array([1.0, np.nan, np.inf, 8.0]))
    with pytest.raises(LosscliError, match=r"p.npy row 2: prediction is nan"):
        mae(path, labels)
    assert mae(path, labels, bad_rows="drop")["mae"].dropped == 2


@pytest.mark.parametrize("kind", ["i8", "u8"])
def test_integers_that_float64_does_not_have(tmp_path, kind):
    big = np.array([7, 2**53, 2**53 + 2, 2**53 + 1], dtype=kind)
    path, other = saved(tmp_path / "p.npy", big), saved(tmp_path / "y.npy", np.zeros(4))
    with pytest.raises(LosscliError, match=r"row 4: .* is 9007199254740993, which .*float64 holds exactly"):
        mae(path, other)
    path = saved(tmp_path / "p.npy", big[:3])
    other = saved(tmp_path / "y.npy", np.zeros(3))
    assert mae(path, other)["mae"].max == 2**53 + 2


def test_long_doubles_are_exact_or_refused(tmp_path):
    if np.finfo(np.longdouble).nmant <= 52:
        pytest.skip("long doubles are float64 here")
    zeros = saved(tmp_path / "y.npy", np.zeros(2))
    path = saved(tmp_path / "p.npy", np.array([0.5, np.longdouble(1) / 3], dtype=np.longdouble))
    with pytest.raises(LosscliError, match=r"row 2: .* is 0\.33333333333333333.*astype\('float64'\)"):
        mae(path, zeros)
    path = saved(tmp_path / "p.npy", np.array([0.5, np.longdouble(10) ** 400]))
    with pytest.raises(LosscliError, match="row 2"):
        mae(path, zeros)
    path = saved(tmp_path / "p.npy", np.array([0.5, np.nan], dtype=np.longdouble))
    with pytest.raises(LosscliError, match="row 2: prediction is nan"):
        mae(path, zeros)


def test_booleans_are_labels_and_no_predictions(tmp_path):
    truth = saved(tmp_path / "y.npy", np.array([True, False]))
    scores = saved(tmp_path / "p.npy", np.array([0.9, 0.2]))
    report = losscli.evaluate(scores, truth, "brier")
    assert report.cost == losscli.evaluate([0.9, 0.2], [1, 0], "brier").cost
    with pytest.raises(LosscliError, match=r"the prediction .* holds true and false; needed: numbers"):
        losscli.evaluate(truth, truth, "brier")


def test_text_is_classes_and_no_numbers(tmp_path):
    for kind in ("U", "S", ">U"):
        names = np.array(["1", "0", "2", "1"]).astype(kind)
        path, p = saved(tmp_path / "y.npy", names), saved(tmp_path / "p.npy", SCORES)
        expected = losscli.evaluate(SCORES, [1, 0, 2, 1], "cross_entropy")
        assert same(losscli.evaluate(p, path, "cross_entropy"), expected)
        with pytest.raises(LosscliError, match=r"the label .* holds text; needed: a column of numbers"):
            mae(saved(tmp_path / "q.npy", LABELS), path)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (np.array(["é", "ß ", " ü"]), ["é", "ß", "ü"]),
        (np.array(["a", " b\t", ""]), ["a", "b", ""]),
        (np.array([b"a", b"bb", b"ccc"]), ["a", "bb", "ccc"]),
        (np.array(["é".encode(), b"a", b"b"]), ["é", "a", "b"]),
        (np.array(["a" * 300, "b", "c"]), ["a" * 300, "b", "c"]),
        (np.array([7, -3, 0]), ["7", "-3", "0"]),
        (np.array([2**63, 2**53 + 1, 5], dtype="u8"), ["9223372036854775808", "9007199254740993", "5"]),
        (np.array(["2026-11-27", "NaT", "1969-01-01"], dtype="M8[D]"), ["2026-11-27", "", "1969-01-01"]),
        (np.array([1700000000123456, -1, 0], dtype=">M8[us]"), ["1700000000123456[us]", "-1[us]", "0[us]"]),
        (np.array([5, "NaT", 7], dtype="M8[25s]"), ["5[25s]", "", "7[25s]"]),
        (np.array([5, 6, 7], dtype="m8[ms]"), ["5[ms]", "6[ms]", "7[ms]"]),
    ],
)
def test_groups_and_shown_cells_are_text(tmp_path, names, found):
    records = np.zeros(3, dtype=[("g", names.dtype), ("prediction", "f8"), ("label", "f8")])
    records["g"], records["label"] = names, [3, 2, 1]
    path = saved(tmp_path / "r.npy", records)
    assert [one.show["g"] for one in mae(path, show="g")["mae"].worst] == found
    if "" not in found:
        assert {one.group for one in mae(path, group="g")["mae"].groups} == set(found)


def test_ids_pair_with_those_of_text(tmp_path):
    ids = [12, 2**53 + 1, -7]
    records = np.array(
        [(1.0, ids[0]), (2.0, ids[1]), (3.0, ids[2])], dtype=[("prediction", "f4"), ("id", ">i8")]
    )
    path = saved(tmp_path / "p.npy", records)
    (tmp_path / "y.csv").write_text("id,label\n-7,3\n12,1\n9007199254740993,2\n")
    report = mae(path, tmp_path / "y.csv")
    assert (report.alignment, report.cost) == ("id", 0)
    floats = saved(tmp_path / "p.npy", records.astype([("prediction", "f4"), ("id", "f8")]))
    with pytest.raises(LosscliError, match=r"the id .* is of the type float64; needed: .*7 and 7.0"):
        mae(floats, tmp_path / "y.csv")


@pytest.mark.parametrize("kind", ["U3", "S3"])
@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_no_text_file_has(tmp_path, kind, text):
    cell = (b"a\0b" if "\0" in text else b"\xff\xfe") if kind == "S3" else text
    records = np.array(
        [("x", 1.0, 1.0), (cell, 1.0, 1.0)], dtype=[("g", kind), ("prediction", "f8"), ("label", "f8")]
    )
    with pytest.raises(
        LosscliError, match=r"row 2: the group \(g\) holds (a NUL character|bytes that are no UTF-8)"
    ):
        mae(saved(tmp_path / "r.npy", records), group="g")


def test_fields_of_records_are_columns(tmp_path):
    records = np.zeros(4, dtype=[("label", "U1"), ("probs", "f4", (3,)), ("w", "i2")])
    records["label"], records["probs"], records["w"] = ["0", "1", "2", "1"], SCORES, [1, 2, 1, 1]
    path = saved(tmp_path / "r.npy", records)
    report = losscli.evaluate(path, loss="cross_entropy", weight="w")
    wide = SCORES.astype("f4").astype(float)
    frame = {"label": list("0121"), **{f"prob_{k}": wide[:, k] for k in range(3)}, "w": [1, 2, 1, 1]}
    assert same(report, losscli.evaluate(frame, loss="cross_entropy", weight="w"))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array(1.0), "an array of 0 dimensions; needed: one or two"),
        (np.zeros((2, 2, 2)), "an array of 3 dimensions; needed: one or two"),
        (np.zeros((2, 0)), "a table without columns"),
        (np.array([1.0, None], dtype=object), "Python objects.*astype\\(float\\)"),
        (np.zeros(2, dtype=[("a", "O")]), "Python objects"),
        (np.zeros(2, dtype="V2"), "bytes without a type, |V2 \\(bfloat16 is saved so\\).*float32"),
        (np.zeros(2, dtype="V5"), "bytes without a type, .V5; "),
        (np.zeros(2, dtype=[("a", [("b", "f8")])]), "the field a holds records"),
        (np.zeros(2, dtype=[("a", "f8", (2, 2))]), "the field a holds matrices"),
        (np.zeros((2, 2), dtype=[("a", "f8")]), "an array of records in 2 dimensions"),
        (np.zeros(2, dtype=[("a.0", "f8"), ("a", "f8", (1,))]), "several columns are called a.0"),
        (np.zeros(4, dtype=complex), r"the prediction \(0\) is complex; needed: real numbers. .*array.real"),
        (
            np.zeros(4, dtype="M8[s]"),
            r"the prediction \(0\) holds dates or times; needed: a column of numbers",
        ),
        (np.zeros(4, dtype="m8[s]"), r"the prediction \(0\) holds dates or times"),
        (np.zeros(0), "no data rows"),
        (np.zeros(3), "3 and 4 rows"),
        (np.zeros((4, 2)), "2 columns could be the prediction: 0, 1"),
    ],
)
def test_what_is_no_table_of_numbers(tmp_path, labels, array, message):
    with pytest.raises(LosscliError, match=message):
        mae(saved(tmp_path / "p.npy", array), labels)


def test_no_pickle_is_loaded(tmp_path, labels):
    class Bomb:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "ran"),))

    head = raw("|O", (1,), pickle.dumps(Bomb()))
    (tmp_path / "p.npy").write_bytes(head)
    with pytest.raises(LosscliError, match="Python objects"):
        mae(tmp_path / "p.npy", labels)
    assert not (tmp_path / "ran").exists()


DATA = np.arange(4.0).tobytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (raw("<f8", (4,), DATA[:-1]), "the array is cut short: 31 bytes of 32; needed: a complete file"),
        (raw("<f8", (4,), DATA + b"\0"), "there are 1 bytes behind the array; needed: one array in a file"),
        (raw("<f8", (4,), DATA) * 2, "behind the array"),
        (raw("<f8", (10**30,), DATA), "cut short"),
        (
            raw("<f8", (4,), DATA, version=b"\4\0"),
            "the version of the array format is 4.0; needed: version 1.0",
        ),
        (raw("<f8", (4,), DATA)[:30], "file that ends within its header"),
        (raw("<f8", (4,), DATA)[:7], "file that ends within its header"),
        (raw("<f8", (-4,), DATA), "the header of the array cannot be read"),
        (raw("<f8", (True,), DATA), "the header of the array cannot be read"),
        (raw("<f8", [4], DATA), "the header of the array cannot be read"),
        (raw("<q9", (4,), DATA), "the header of the array cannot be read"),
        (raw("<U0", (10**15,)), "which is empty"),
        (raw("<f8", (4,), DATA).replace(b"'shape'", b"'shap\xe9'"), "the header of the array cannot be read"),
        (raw("<f8", (4,), DATA).replace(b"False", b"0    "), "the header of the array cannot be read"),
        (b"\x93NUMPY\2\0\xff\xff\xff\xff", "the header of the array has 4294967295 bytes"),
        (
            b"1\n2\n3\n4\n",
            "the name is that of a NumPy array file, and the bytes are not.*--input-format csv|",
        ),
    ],
)
def test_what_is_no_whole_array(tmp_path, labels, content, message):
    (tmp_path / "p.npy").write_bytes(content)
    with pytest.raises(LosscliError, match=message):
        mae(tmp_path / "p.npy", labels)


@pytest.mark.parametrize("version", [b"\1\0", b"\2\0", b"\3\0"])
def test_headers_of_every_version(tmp_path, labels, version):
    (tmp_path / "p.npy").write_bytes(raw("<f8", (4,), DATA, version=version))
    assert mae(tmp_path / "p.npy", labels)["mae"].n == 4
    old = raw("<f8", (44,), DATA).replace(b"(44,)", b"(4L,)")
    (tmp_path / "p.npy").write_bytes(old)
    assert mae(tmp_path / "p.npy", labels)["mae"].n == 4


def test_format_is_told_by_the_bytes_and_can_be_forced(tmp_path, labels):
    path = tmp_path / "p.csv"
    path.write_bytes(raw("<f8", (4,), DATA))
    assert mae(path, labels)["mae"].n == 4
    (tmp_path / "q.csv").write_text("1\n2\n3\n4\n")
    with pytest.raises(LosscliError, match="these are not the bytes of a NumPy array"):
        mae(tmp_path / "q.csv", labels, format=TextFormat(input_format="npy"))


def test_pipes(tmp_path, labels):
    np.save(tmp_path / "p.npy", LABELS + 1)
    for data, said in (
        ((tmp_path / "p.npy").read_bytes(), '"cost": 1.0'),
        ((tmp_path / "p.npy").read_bytes()[:-3], "the array is cut short: 29 bytes of 32"),
        ((tmp_path / "p.npy").read_bytes() + b"x", "behind the array"),
        (raw("<f8", (4, 2), DATA * 2, fortran=True), "an array in Fortran order from a pipe"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "losscli", "evaluate", "-", labels, "-l", "mae", "--json"],
            input=data,
            capture_output=True,
            check=False,
        )
        assert said in (done.stdout + done.stderr).decode(), done.stderr


def test_file_handed_over_as_standard_input(tmp_path, labels):
    np.save(tmp_path / "p.npy", np.asfortranarray(np.stack([LABELS + 1, LABELS], axis=1)))
    with (tmp_path / "p.npy").open("rb") as file:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "losscli",
                "evaluate",
                "-",
                labels,
                "-l",
                "mae",
                "--json",
                "--prediction",
                "0",
            ],
            stdin=file,
            capture_output=True,
            check=False,
        )
    assert b'"cost": 1.0' in done.stdout, done.stderr


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("change", ["grow", "shrink", "same size"])
def test_file_that_changes_while_it_is_read(tmp_path, monkeypatch, order, change):
    monkeypatch.setattr(npy_source, "BYTES_AT_A_TIME", 32)
    path = tmp_path / "p.npy"
    np.save(path, np.array(np.ones((64, 2)), order=order))
    y = saved(tmp_path / "y.npy", np.ones(64))
    original = npy_source.NpySource._chunk
    done = []

    def chunk(self, *arguments):
        if self.path == str(path) and not done:
            done.append(True)
            size = path.stat().st_size
            with path.open("r+b") as file:
                if change == "shrink":
                    file.truncate(size // 2)
                else:
                    file.seek(size if change == "grow" else size - 8)
                    file.write(b"12345678")
            os.utime(path, ns=(1, 1))
        return original(self, *arguments)

    monkeypatch.setattr(npy_source.NpySource, "_chunk", chunk)
    with pytest.raises(LosscliError, match="changed while it was being read"):
        mae(path, y, prediction="0")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 4),
    st.sampled_from("CF"),
    st.sampled_from(["<f4", ">f8", "<i2"]),
    st.integers(1, 50),
    st.integers(1, 400),
    st.booleans(),
)
def test_figures_do_not_depend_on_layout_or_blocks(
    tmp_path_factory, n, k, order, kind, block, at_a_time, packed
):
    folder = tmp_path_factory.mktemp("npy")
    matrix = (np.random.default_rng(n * 7 + k).normal(size=(n, k)) * 100).astype(kind)
    truth = np.arange(n, dtype=float)
    (np.savez_compressed if packed else np.savez)(
        folder / "p.npz", p=np.array(matrix, order=order), other=truth
    )
    np.save(folder / "p.npy", np.array(matrix, order=order))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(npy_source, "BYTES_AT_A_TIME", at_a_time)
        column = str(k - 1)
        expected = losscli.evaluate(matrix.astype(float), truth, ["mse", "mae"], prediction=column)
        for path in (folder / "p.npy", f"{folder / 'p.npz'}:p"):
            found = losscli.evaluate(str(path), truth, ["mse", "mae"], prediction=column, block_rows=block)
            assert same(found, expected)


def archive(path, **arrays):
    np.savez(path, **arrays)
    return str(path)


def test_archives(tmp_path, labels):
    one = archive(tmp_path / "one.npz", p=LABELS)
    assert mae(one, labels).cost == 0
    two = archive(tmp_path / "two.npz", p=LABELS, **{"a b:c": LABELS + 1})
    assert mae(f"{two}:p", f"{two}:a b:c").cost == 1
    with pytest.raises(LosscliError, match=r"holds 2 arrays: p, a b:c; needed: one. .*two.npz:p"):
        mae(two, labels)
    with pytest.raises(LosscliError, match=r"two.npz: there is no array 'q'; needed: one of p, a b:c"):
        mae(f"{two}:q", labels)
    np.savez_compressed(tmp_path / "z.npz", p=np.asfortranarray(SCORES), y=np.array([0, 1, 2, 1]))
    report = losscli.evaluate(f"{tmp_path}/z.npz:p", f"{tmp_path}/z.npz:y", "cross_entropy")
    assert same(report, losscli.evaluate(SCORES, [0, 1, 2, 1], "cross_entropy"))


def test_what_is_no_archive_of_arrays(tmp_path, labels):
    with zipfile.ZipFile(tmp_path / "empty.npz", "w"):
        pass
    with pytest.raises(LosscliError, match="the archive holds no array"):
        mae(tmp_path / "empty.npz", labels)
    (tmp_path / "t.csv").write_text("1\n2\n3\n4\n")
    (tmp_path / "t.npz").write_text("1\n2\n3\n4\n")
    with pytest.raises(LosscliError, match="the name is that of a NumPy archive, and the bytes are not"):
        mae(f"{tmp_path}/t.npz:p", labels)
    with pytest.raises(LosscliError, match="there is no such file"):
        mae(f"{tmp_path}/gone.npz:p", labels)
    buffer = io.BytesIO()
    np.save(buffer, LABELS)
    with zipfile.ZipFile(tmp_path / "twice.npz", "w") as file:
        file.writestr("p.npy", buffer.getvalue())
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("p.npy", buffer.getvalue())
    with pytest.raises(LosscliError, match="the archive holds p several times"):
        mae(tmp_path / "twice.npz", labels)
    for name, content, said in (
        ("short", buffer.getvalue()[:-8], "cut short: 24 bytes of 32"),
        ("long", buffer.getvalue() + b"x", "behind the array"),
    ):
        with zipfile.ZipFile(tmp_path / f"{name}.npz", "w") as file:
            file.writestr("p.npy", content)
        with pytest.raises(LosscliError, match=said):
            mae(tmp_path / f"{name}.npz", labels)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_damaged_archives(tmp_path, save, order):
    y = saved(tmp_path / "y.npy", np.zeros(500))
    path = tmp_path / "p.npz"
    save(path, p=np.array(np.random.default_rng(1).normal(size=(500, 2)), order=order))
    whole = path.read_bytes()
    for damaged in (whole[:1000], whole[:3000] + b"\xff\0\xff" + whole[3003:], whole[:-30]):
        path.write_bytes(damaged)
        with pytest.raises(LosscliError, match="the archive is damaged or cut short"):
            mae(path, y, prediction="0")


def test_archive_in_a_pipe(tmp_path, labels):
    archive(tmp_path / "p.npz", p=LABELS)
    reading, writing = os.pipe()
    data = (tmp_path / "p.npz").read_bytes()
    thread = threading.Thread(target=lambda: (os.write(writing, data), os.close(writing)))
    thread.start()
    with pytest.raises(LosscliError, match="a NumPy archive in a pipe; needed: a NumPy archive in a file"):
        mae(f"/dev/fd/{reading}", labels)
    thread.join()
    os.close(reading)


def test_receipts_of_archives(tmp_path):
    path = archive(tmp_path / "p.npz", p=LABELS, y=LABELS + 1)
    receipt = tmp_path / "r.json"
    done = call("evaluate", f"{path}:p", f"{path}:y", "-l", "mae", "--receipt", receipt)
    assert done.returncode == 0, done.stderr
    assert call("replay", receipt).returncode == 0
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    Path(path).rename(moved / "other.npz")
    done = call("replay", receipt, "--search", moved)
    assert done.returncode == 0, done.stderr
    again = call(
        "evaluate", f"{moved}/other.npz:p", f"{moved}/other.npz:y", "-l", "mae", "-o", moved / "other.npz"
    )
    assert again.returncode == 2
    assert "also read or written" in again.stderr


def test_folder_of_arrays(tmp_path):
    folder = tmp_path / "p"
    folder.mkdir()
    for place in range(3):
        np.save(folder / f"rank-{place}.npy", np.arange(5.0) + 10 * place)
    whole = np.concatenate([np.arange(5.0) + 10 * place for place in range(3)])
    y = tmp_path / "y"
    y.mkdir()
    for place in range(3):
        np.save(y / f"rank-{place}.npy", np.zeros(5))
    assert same(mae(folder, y), losscli.evaluate(whole, np.zeros(15), "mae"))
