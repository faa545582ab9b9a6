"""Compression by the first bytes, files of other formats, pipes that are named twice."""

import bz2
import gzip
import json
import lzma
import os
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.header import TextFormat

pytestmark = pytest.mark.usefixtures("reader")

TEXT = b"prediction,label\n1,2\n3,4\n"


def zipped(tmp_path, name="n.csv"):
    with zipfile.ZipFile(tmp_path / "made", "w") as archive:
        archive.writestr(name, TEXT)
    return (tmp_path / "made").read_bytes()


@pytest.mark.parametrize("kind", ["gzip", "bz2", "xz", "zip", "plain"])
@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "csv.bz2", "csv.xz", "zip", "bin"])
def test_compression_is_known_by_the_first_bytes(tmp_path, kind, suffix):
    made = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "plain": bytes}
    path = tmp_path / f"n.{suffix}"
    path.write_bytes(zipped(tmp_path) if kind == "zip" else made[kind](TEXT))
    assert evaluate(path, loss="mse").results[0].sum == 2.0
    damaged = tmp_path / f"d.{suffix}"
    damaged.write_bytes(path.read_bytes()[:-4])
    if kind != "plain":
        with pytest.raises(LosscliError):
            evaluate(damaged, loss="mse")


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "losscli", "evaluate", *arguments, "--loss", "mse", "--format", "json"],
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


def test_gzip_on_standard_input_is_read():
    done = run("-", input=gzip.compress(TEXT))
    assert json.loads(done.stdout)["results"][0]["cost"] == 1.0


def test_one_pipe_is_not_dealt_out_between_the_inputs(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for names in (("/dev/stdin", "-"), ("-", "/dev/fd/0"), (tmp_path / "fifo", tmp_path / "." / "fifo")):
        done = run(*map(str, names), input=TEXT)
        assert done.returncode == 2
        assert b"both are the same pipe" in done.stderr


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PAR1\x15\x04", "Parquet"),
        (b"ARROW1\0\0", "Arrow"),
        (b"FEA1\0", "Feather"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x89HDF\r\n\x1a\n\0", "HDF5"),
        (pickle.dumps({"a": [1.0]}), "pickle"),
        (pickle.dumps([1, 2]), "pickle"),
        (b"\xd0\xcf\x11\xe0\xa1", "Excel"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\n <html lang=en>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (gzip.compress(b"\x28\xb5\x2f\xfd\0", mtime=0), "zstd -dc"),
    ],
)
def test_files_of_other_formats_are_named(tmp_path, data, what):
    path = tmp_path / "n.csv"
    path.write_bytes(data)
    with pytest.raises(LosscliError) as raised:
        evaluate(path, loss="mse")
    assert what in str(raised.value)


def test_archives_of_other_formats_are_named(tmp_path):
    for name, what in (("[Content_Types].xml", "Excel workbook"), ("arr_0.npy", "NumPy")):
        path = tmp_path / "n.xlsx"
        path.write_bytes(zipped(tmp_path, name))
        with pytest.raises(LosscliError, match=what):
            evaluate(path, loss="mse")
    np.save(tmp_path / "n.npy", np.ones(3))
    with pytest.raises(LosscliError, match="NumPy array file"):
        evaluate(tmp_path / "n.npy", loss="mse", format=TextFormat(input_format="csv"))


def test_a_minus_sign_that_is_none_is_told(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("prediction,label\n\N{MINUS SIGN}0.5,1\n", encoding="utf-8")
    with pytest.raises(LosscliError, match=r"U\+2212.*hyphen-minus"):
        evaluate(path, loss="mse")


def test_utf_16_without_a_mark_is_no_bug(tmp_path):
    path = tmp_path / "n.csv"
    path.write_bytes(TEXT)
    for encoding in ("utf-16", "iso2022_jp"):
        done = run(str(path), "--encoding", encoding)
        assert done.returncode in (0, 2)


@pytest.mark.parametrize("both", [False, True])
def test_a_member_whose_name_is_flagged_as_utf_8_and_is_none_is_an_error(tmp_path, both):
    data, name = zipped(tmp_path, "n\u00e9.csv"), "\u00e9".encode()
    path = tmp_path / "p.zip"
    path.write_bytes(data.replace(name, b"\xff\xff", -1 if both else 1))
    with pytest.raises(
        LosscliError, match=r"the zip archive cannot be read: .*needed: a zip file of one CSV"
    ):
        evaluate(path, loss="mse")
    done = run(path)
    assert (done.returncode, done.stdout) == (2, b"")
