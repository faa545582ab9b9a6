"""`evaluate --receipt`: which bytes, which call, which figures."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import zipfile
from contextlib import closing

import pytest
from helpers.calls import SAMPLES, losscli, shell
from helpers.documents import prose
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.run import evaluate
from losscli.api import load_loss
from losscli.inputs.request import Request

PAIR = ("diabetes_linear.csv", "diabetes_labels.csv")


@pytest.fixture
def folder(tmp_path):
    for name in PAIR:
        (tmp_path / name).write_bytes((SAMPLES / name).read_bytes())
    return tmp_path


def written(folder, *arguments, status=0, **more):
    done = losscli("evaluate", *arguments, "--receipt", "r.json", "--quiet", cwd=folder, **more)
    assert done.returncode == status, done.stderr
    return json.loads((folder / "r.json").read_text())


def digest(data):
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_both_inputs_are_told_by_path_size_digest_and_rows(folder):
    found = written(folder, *PAIR, "--loss", "mse")
    for role, name in zip(("predictions", "labels"), PAIR, strict=True):
        assert found["inputs"][role] == {"path": name, **digest((folder / name).read_bytes()), "rows": 442}


def test_one_file_with_both_is_one_input(folder):
    (folder / "t.csv").write_text("prediction,label\n1,2\n")
    found = written(folder, "t.csv", "--loss", "mse")
    assert list(found["inputs"]) == ["predictions"]
    assert "labels" not in found["call"]


@pytest.mark.parametrize("which", [0, 1])
def test_standard_input_has_a_digest_too(folder, which):
    paths = list(PAIR)
    data = (folder / paths[which]).read_text()
    paths[which] = "-"
    found = written(folder, *paths, "--loss", "mse", stdin=data)
    role = ("predictions", "labels")[which]
    assert found["inputs"][role] == {"path": "-", **digest(data.encode()), "rows": 442}


def test_a_fifo_has_a_digest_too(folder):
    line = f"losscli evaluate <(cat {PAIR[0]}) <(cat {PAIR[1]}) --loss mse --quiet --receipt r.json"
    assert shell(line, cwd=folder).returncode == 0
    found = json.loads((folder / "r.json").read_text())["inputs"]
    assert [found[role]["sha256"] for role in found] == [
        digest((folder / name).read_bytes())["sha256"] for name in PAIR
    ]


def zipped(data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv", data)
    return file.getvalue()


PACKED = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zip": zipped,
    ".2.gz": lambda data: gzip.compress(data[:1000]) + gzip.compress(data[1000:]) + bytes(100_000),
    ".2.xz": lambda data: lzma.compress(data) + bytes(100_000),
}


@pytest.mark.parametrize("suffix", PACKED)
def test_of_a_compressed_file_it_is_the_digest_of_the_compressed_bytes(folder, suffix):
    data = PACKED[suffix]((folder / PAIR[0]).read_bytes())
    (folder / f"p.csv{suffix}").write_bytes(data)
    found = written(folder, f"p.csv{suffix}", PAIR[1], "--loss", "mse")
    assert found["inputs"]["predictions"] == {"path": f"p.csv{suffix}", **digest(data), "rows": 442}
    assert found["results"][0]["cost"] == 2978.4128969905414


def test_ids_that_are_read_a_second_time_are_hashed_once(folder):
    header, *rows = (folder / PAIR[0]).read_text().splitlines(keepends=True)
    (folder / "p.csv").write_text("".join([header, *reversed(rows)]))
    found = written(folder, "p.csv", PAIR[1], "--loss", "mse", "--block-rows", "7")
    assert found["inputs"]["predictions"]["sha256"] == digest((folder / "p.csv").read_bytes())["sha256"]


def test_what_was_read_of_a_file_on_standard_input_is_what_is_hashed(folder):
    """Whoever started us had read the first line."""
    (folder / "t.csv").write_text("a comment\nprediction,label\n1,2\n")
    call = "losscli evaluate - --loss mse --quiet --receipt r.json"
    line = f"(read -r line; {call}) < t.csv"
    # A shell reads ahead from a pipe only; from a file it goes back to where the line ends.
    assert shell(line, cwd=folder).returncode == 0
    found = json.loads((folder / "r.json").read_text())["inputs"]["predictions"]
    assert found == {"path": "-", **digest(b"prediction,label\n1,2\n"), "rows": 1}


@settings(max_examples=examples(25))
@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=300),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.integers(1, 400),
)
def test_the_digest_is_that_of_the_file_whatever_its_text(tmp_path_factory, rows, encoding, block_rows):
    path = tmp_path_factory.mktemp("digest") / "t.csv"
    path.write_bytes(("prediction,label\n" + "".join(f"{a},{b}\n" for a, b in rows)).encode(encoding))
    request = Request(str(path), loss=(load_loss("mse"),), block_rows=block_rows, fingerprints=True, top=0)
    found = evaluate(request).predictions.fingerprint
    assert {"bytes": found.size, "sha256": found.sha256} == digest(path.read_bytes())


def test_nothing_is_hashed_where_no_receipt_is_wanted(monkeypatch):
    import losscli.inputs.streams.counter as counter

    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(counter, "_sha256", refuse)
    request = Request(str(SAMPLES / PAIR[0]), str(SAMPLES / PAIR[1]), loss=(load_loss("mse"),))
    assert evaluate(request).predictions.fingerprint is None


def test_the_same_call_writes_the_same_receipt(folder):
    first = written(folder, *PAIR, "--loss", "mse", "--top", "3")
    assert written(folder, *PAIR, "--block-rows", "7", "--all", "--loss", "mse", "--color", "never") == first


def test_every_option_that_decides_on_the_figures_is_in_the_call(folder):
    (folder / "p.tsv").write_text("nr;guess;w\na;1,5;1\nb;2;2\nc;9;1\n")
    (folder / "l.tsv").write_text("key|true|g\nb|2|x\na|1|y\nc|0|x\n")
    options = (
        "--loss huber:delta=2.0 --loss l1 --prediction guess --label true --id nr --label-id key --weight w"
        " --group g --align id --delimiter ; --decimal , --label-delimiter | --label-decimal ."
        " --header --label-header --encoding utf-8 --label-encoding latin-1 --bad-rows drop"
        " --ignore-label 0 --map-labels 2=3,1=1 --reduction sum"
    )
    found = written(folder, "p.tsv", "l.tsv", *options.split(), "--gate", " mae  <=  9.0 ")
    assert found["call"] == {
        "predictions": "p.tsv",
        "labels": "l.tsv",
        "loss": ["huber:delta=2", "mae"],
        "gate": ["mae <= 9"],
        "prediction": ["guess"],
        "label": ["true"],
        "ignore-label": ["0"],
        "id": "nr",
        "label-id": "key",
        "weight": "w",
        "group": "g",
        "map-labels": {"2": "3", "1": "1"},
        "align": "id",
        "bad-rows": "drop",
        "reduction": "sum",
        "delimiter": ";",
        "decimal": ",",
        "encoding": "utf-8",
        "header": True,
        "label-delimiter": "|",
        "label-encoding": "latin-1",
        "label-header": True,
    }
    assert found["gates"][0]["gate"] == "mae <= 9"
    assert found["verdict"] == "pass"
    replayed = losscli("replay", "r.json", "--quiet", cwd=folder)
    assert (replayed.returncode, replayed.stdout) == (0, "proved\n"), replayed.stderr


def test_no_sample_is_in_a_receipt(folder):
    (folder / "t.csv").write_text("id,prediction,label\nsecret-person,1,2\nother-person,1,5\n")
    written(folder, "t.csv", "--loss", "mse", "--all")
    assert "person" not in (folder / "r.json").read_text()


def test_code_is_named_with_its_digest(folder):
    source = "def odd(label, prediction):\n    return abs(label - prediction)\n"
    (folder / "own.py").write_text(source)
    found = written(folder, *PAIR, "--loss", "./own.py:odd", "--loss", "mse")
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    assert found["code"] == [{"loss": "./own.py:odd", "path": "./own.py", "sha256": sha256}]
    assert found["signature"].startswith(f"own.py:odd@{sha256[:12]}+mse|")


def test_a_failed_gate_keeps_no_receipt_from_being_written(folder):
    assert written(folder, *PAIR, "--loss", "mse", "--fail-above", "1", status=1)["verdict"] == "fail"


def test_without_figures_there_is_no_receipt(folder):
    (folder / "r.json").write_text("earlier")
    done = losscli("evaluate", PAIR[0], "--loss", "mse", "--receipt", "r.json", cwd=folder)
    assert done.returncode == 2
    assert (folder / "r.json").read_text() == "earlier"
    assert sorted(path.name for path in folder.iterdir()) == sorted([*PAIR, "r.json"])


@pytest.mark.parametrize(
    "outputs",
    [
        ["--receipt", "diabetes_labels.csv"],
        ["--receipt", "./diabetes_linear.csv"],
        ["--receipt", "own.py"],
        ["--output", "x.txt", "--receipt", "x.txt"],
        ["--per-sample", "x.csv", "--receipt", "./x.csv"],
        ["--receipt", "-"],
    ],
)
def test_a_receipt_takes_the_place_of_nothing_that_the_call_reads_or_writes(folder, outputs):
    (folder / "own.py").write_text("def odd(label, prediction):\n    return abs(label - prediction)\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = losscli("evaluate", *PAIR, "--loss", "own.py:odd", *outputs, cwd=folder)
    assert done.returncode == 2
    assert "--receipt" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_figures_are_shown_though_the_receipt_cannot_be_written(folder):
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--quiet", "--receipt", "no/r.json", cwd=folder)
    assert (done.returncode, done.stdout) == (74, "2978.4128969905414\n")
    assert "no/r.json" in done.stderr


def test_a_receipt_is_there_though_nobody_reads_the_report(folder):
    call = f"losscli evaluate {' '.join(PAIR)} --loss mse --all --receipt r.json"
    line = f"{call} | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = shell(line, cwd=folder)
    assert done.returncode in (0, 141)
    assert json.loads((folder / "r.json").read_text())["document"] == "receipt"


def test_a_file_that_changes_while_it_is_read_gives_no_receipt(folder):
    """The archive is read here and there, so that its digest takes a second look."""
    path = folder / "p.csv.zip"
    path.write_bytes(zipped((folder / PAIR[0]).read_bytes()))
    from losscli.common.errors import LosscliError
    from losscli.inputs.formats.csv.source import CsvSource

    source = CsvSource(str(path), hashed=True)
    for _ in source.chunks((), 1000):
        pass
    path.write_bytes(path.read_bytes() + b"x")
    with closing(source), pytest.raises(LosscliError, match="changed while it was being read"):
        source.fingerprint()


def test_every_key_of_a_receipt_is_documented(folder):
    (folder / "own.py").write_text("def odd(label, prediction):\n    return abs(label - prediction)\n")
    found = written(folder, *PAIR, "--loss", "own.py:odd", "--gate", "own.py:odd < 900", "--group", "sex")
    text = prose(SAMPLES.parent / "docs" / "receipts.md")
    keys = {*found, *found["code"][0], *found["versions"], *found["inputs"], *found["inputs"]["labels"]}
    keys |= found["call"].keys() - {"group", "delimiter"}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


def test_a_folder_that_cannot_be_written_to_is_no_bug(folder):
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    locked = folder / "locked"
    locked.mkdir(mode=0o500)
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--quiet", "--receipt", "locked/r.json", cwd=folder)
    assert done.returncode == 74
