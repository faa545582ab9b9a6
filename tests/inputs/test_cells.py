"""Every cell of a file gives the float64 nearest to its text, whatever stands around it."""

import random
import struct

import numpy as np
import pytest

import losscli
from losscli.inputs.formats.csv import numbers

pytestmark = pytest.mark.usefixtures("parser")

AROUND = ["{}", " {}", "{} ", "  {}\t", "\t{}"]


def number(rnd):
    """Return the text of a number, of any bits and many spellings."""
    bits = struct.unpack("d", rnd.getrandbits(64).to_bytes(8, "little"))[0]
    value = bits if rnd.random() < 0.3 and np.isfinite(bits) else rnd.uniform(-1e3, 1e3)
    text = rnd.choice([repr(value), f"{value:.16e}", f"{value:.17E}", f"{value:.25g}", f"{value:.3f}"])
    sign = "-" if text.startswith("-") else rnd.choice(["", "+"])
    return sign + rnd.choice(["", "", "0"]) + text.lstrip("-")


@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
@pytest.mark.parametrize("bad", [False, True])
def test_cell_is_the_number_of_its_text(separator, bad):
    rnd = random.Random(f"{separator}{bad}")
    around = [one for one in AROUND if separator not in one]
    decimal = rnd.choice([".", ","]) if separator != "," else "."
    rows = [
        [rnd.choice(around).format(number(rnd)) for _ in range(3)] + [rnd.choice(["", "C++ a", "+ b"])]
        for _ in range(2000)
    ]
    if bad:
        rows[1500][1] = rnd.choice(["x", "+-1", "+ 1", "1 +1", "- +1"])
    data = "".join(separator.join(row).replace(".", decimal) + "\n" for row in rows).encode()
    found = numbers.parse(data, separator, (0, 1, 2), decimal)
    for place, column in enumerate(found):
        texts = [row[place].strip() for row in rows]
        want = [np.nan if bad and place == 1 and r == 1500 else float(t) for r, t in enumerate(texts)]
        want = [value if np.isfinite(value) else np.nan for value in want]
        got = np.where(np.isfinite(column), column, np.nan)
        assert got.view(np.uint64).tolist() == np.array(want).view(np.uint64).tolist()


@pytest.mark.parametrize("cell", ["+-1", "+ 1", "- +1", "+ +1", "1 +1", " +", "+ ", "+x"])
def test_plus_makes_no_number_of_what_is_none(cell):
    (found,) = numbers.parse(f"{cell}\n +1\n".encode(), ",", (0,), ".")
    assert np.isnan(found[0])
    assert found[1] == 1.0


@pytest.mark.parametrize("block", [1, 7, 1000])
@pytest.mark.parametrize("cell", ["{} ", " {}", "\t{}", '" {}"', '"{} "'])
def test_file_with_signs_and_blanks_is_read_to_the_bit(tmp_path, cell, block):
    rnd = random.Random(1)
    values = [rnd.uniform(0.0, 1e3) for _ in range(500)]
    lines = [f"{cell.format(f'+{value:.17g}')},0" for value in values]
    (tmp_path / "p.csv").write_text("prediction,label\n" + "\n".join(lines) + "\n")
    for value, loss in zip(values, _losses(tmp_path / "p.csv", block), strict=True):
        assert loss == value


def _losses(path, block):
    # The largest errors of all rows: of a label of 0, each is its prediction.
    report = losscli.evaluate(str(path), loss="mae", top=None, block_rows=block)
    return [sample.loss for sample in sorted(report.results[0].worst, key=lambda sample: sample.row)]
