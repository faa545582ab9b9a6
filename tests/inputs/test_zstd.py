"""zstd data is read as other compressed data is: whole, from anywhere, in little memory, or refused."""

import random
import struct
import subprocess
import sys
import tracemalloc

import pytest

from losscli import evaluate
from losscli.analyses.fit.save import unwritable
from losscli.common.errors import LosscliError
from losscli.inputs.streams import compression
from losscli.inputs.streams.stream import ByteStream

zstandard = pytest.importorskip("zstandard", reason="the extra zstandard")

TEXT = b"prediction,label\n1,2\n2,3\n"
LONG = b"prediction,label\n" + b"".join(b"%d.25,%d\n" % (row, row % 7) for row in range(50_000))
SKIPPED = b"\x53\x2a\x4d\x18" + struct.pack("<I", 5) + b"hello"


def packed(text, level=3):
    return zstandard.ZstdCompressor(level=level).compress(text)


def parts(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.fixture
def write(tmp_path):
    def write(data, name="p.csv.zst"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("name", ["p.csv.zst", "p.csv", "p.bin", "p.csv.gz", "p.zip"])
def test_it_is_known_by_its_first_bytes(write, name):
    assert evaluate(write(packed(TEXT), name), loss="mse").results[0].sum == 2.0
    assert evaluate(write(TEXT, name), loss="mse").results[0].sum == 2.0


def test_a_suffix_before_it_says_what_separates(write):
    path = write(packed(TEXT.replace(b",", b"\t")), "p.tsv.zst")
    assert evaluate(path, loss="mse").results[0].n == 2


@pytest.mark.parametrize(
    "data",
    [
        b"".join(map(packed, parts(LONG, 7_000))),
        packed(b"") + packed(LONG) + packed(b""),
        SKIPPED + packed(LONG[:99]) + SKIPPED + packed(LONG[99:]) + SKIPPED,
        b"".join(map(packed, parts(TEXT, 1))),
    ],
    ids=["frames", "empty frames", "skipped frames", "a frame a byte"],
)
def test_several_frames_are_one_text(write, data):
    stream = ByteStream(str(write(data)))
    read = b"".join(iter(lambda: stream.read(1 << 16), b""))
    stream.close()
    assert read in (LONG, TEXT)


def test_standard_input_is_read():
    command = [sys.executable, "-m", "losscli", "evaluate", "-", "--loss", "mse", "--quiet"]
    done = subprocess.run(command, input=packed(TEXT), capture_output=True, timeout=60, check=False)
    assert done.stdout == b"1.0\n", done.stderr


def test_every_cut_and_most_damage_is_an_error(write):
    text = LONG[:2000].rpartition(b"\n")[0] + b"\n"
    data = zstandard.ZstdCompressor(write_checksum=True).compress(text)
    right = evaluate(write(data), loss="mse").results[0]
    for end in range(4, len(data), 7):
        with pytest.raises(LosscliError, match="damaged or cut short"):
            evaluate(write(data[:end]), loss="mse")
    for end in range(1, 40):
        with pytest.raises(LosscliError, match="damaged or cut short"):
            evaluate(write(data + packed(text)[:end]), loss="mse")
    chance = random.Random(1)
    for _ in range(100):
        place = chance.randrange(5, len(data))
        broken = data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]
        try:
            found = evaluate(write(broken), loss="mse").results[0]
        except LosscliError:
            continue
        assert found == right
    with pytest.raises(LosscliError, match="damaged or cut short"):
        evaluate(write(data + b"rubbish"), loss="mse")


def test_little_that_becomes_much_is_not_held(write):
    path = write(packed(b"prediction,label\n" + b" " * (1 << 28), level=19))
    assert path.stat().st_size < 1 << 16
    tracemalloc.start()
    with pytest.raises(LosscliError, match="longer than 16 MiB"):
        evaluate(path, loss="mse")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150e6


def test_a_frame_that_asks_for_too_much_memory_is_refused(write):
    params = zstandard.ZstdCompressionParameters(window_log=29, write_content_size=False)
    made = zstandard.ZstdCompressor(compression_params=params).compressobj()
    data = made.compress(LONG) + made.flush()
    with pytest.raises(LosscliError, match="requires too much memory"):
        evaluate(write(data), loss="mse")


def test_where_the_package_is_missing_the_extra_is_named(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(LosscliError, match=r"pip install 'losscli\[zstandard\]'.*zstd -dc FILE"):
        evaluate(write(packed(TEXT)), loss="mse")
    assert evaluate(write(TEXT), loss="mse").results[0].n == 2


def test_it_is_imported_when_it_is_used(write):
    code = "import sys, losscli; losscli.evaluate(sys.argv[1], loss='mse'); print('zstandard' in sys.modules)"
    for data, wanted in ((TEXT, b"False\n"), (packed(TEXT), b"True\n")):
        done = subprocess.run([sys.executable, "-c", code, write(data)], capture_output=True, check=True)
        assert done.stdout == wanted


def test_what_is_fed_at_a_time_changes_nothing(write, monkeypatch):
    path = write(packed(LONG))
    wanted = evaluate(path, loss="mse").results[0]
    for feed in (1, 3, 1 << 20):
        monkeypatch.setattr(compression, "_ZSTD_FEED", feed)
        assert evaluate(path, loss="mse").results[0] == wanted


def test_predictions_are_not_saved_so():
    assert "a zstd file" in str(unwritable("x.csv.zst"))
    assert unwritable("x.csv.gz") is None
    assert "the name ends with .jsonl" in str(unwritable("x.JSONL.gz"))
