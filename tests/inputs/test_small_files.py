"""Little text is read without pandas: to the same bits, and whatever way it comes in."""

import io
import threading

import numpy as np
import pytest
from helpers.calls import python
from helpers.readers import BUILT
from hypothesis import given
from hypothesis import strategies as st

import losscli
from losscli.inputs.formats.csv import numbers

CHARACTERS = "0123456789.eE+- \t_xnaif\"',\x0b\x0c\x1c\u0661\u2212\ufeffT"
"""Of what may look like a number to somebody."""
TYPED = st.floats().map(repr) | st.integers().map(str) | st.sampled_from([*numbers.MISSING, *numbers.WORDS])
CELL = TYPED | st.text(CHARACTERS, max_size=8) | st.decimals(allow_nan=False).map(str)


def parsed(patch, by_cell, *arguments):
    with patch.context() as patched:
        patched.setattr(numbers, "is_small", lambda _total: by_cell)
        return [np.where(np.isfinite(one), one, np.nan) for one in numbers.parse(*arguments)]


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patched:
        yield patched


@given(
    st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6),
    st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", ","), ("\x1c", ",")]),
    st.sampled_from([(0,), (1,), (0, 1), (1, 0)]),
    st.sets(st.sampled_from([0, 1])),
)
def test_cell_by_cell_gives_the_bits_of_pandas(patch, rows, marks, columns, switches):
    separator, decimal = marks
    kept = [[cell.replace(separator, "").replace(".", decimal) for cell in row] for row in rows]
    data = "".join(separator.join(row) + "\n" for row in kept).encode()
    stand_in = {0x1D: ord(","), 0x1E: 10}
    arguments = (data, separator, columns, decimal, stand_in, frozenset(switches & {*columns}))
    for ours, theirs in zip(parsed(patch, True, *arguments), parsed(patch, False, *arguments), strict=True):
        assert ours.view(np.uint64).tolist() == theirs.view(np.uint64).tolist()


class Trickle:
    """Text that is handed out so many bytes at a time, and counted as it is."""

    def __init__(self, text, most):
        self._text, self._most, self.total = io.BytesIO(text), most, 0

    def read(self, _size=-1):
        part = self._text.read(self._most)
        self.total += len(part)
        return part

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration


@pytest.mark.parametrize("most", [4, 20, 400])
@pytest.mark.parametrize("rows", [24, 25, 100])
def test_what_is_read_decides_and_not_how_it_is_handed_out(monkeypatch, most, rows):
    calls = []
    with_pandas = numbers._by_pandas
    monkeypatch.setattr(numbers, "_by_pandas", lambda *given: calls.append(1) or with_pandas(*given))
    monkeypatch.setattr(numbers, "is_small", lambda total: total < 100)
    (found,) = numbers.fast(Trickle(b"1.5\n" * rows, most), ",", (0,), ".")
    assert found.tolist() == [1.5] * rows
    assert bool(calls) == (4 * rows >= 100)


def test_a_source_of_nothing_has_no_numbers(monkeypatch):
    for small in (True, False):
        monkeypatch.setattr(numbers, "is_small", lambda _total, small=small: small)
        assert numbers.fast(Trickle(b"", 4), ",", (0,), ".") is None


READ = """
import sys
from losscli.cli.main import main
for path in sys.argv[1:]:
    assert main(["evaluate", path, "--loss", "mae", "--quiet", "--bad-rows", "drop"]) == 0
    print("pandas" in sys.modules, flush=True)
"""


def test_pandas_is_imported_for_a_megabyte_and_for_no_less(tmp_path):
    row = "0.500,0.25\n"
    rows = (numbers.SMALL_BYTES - 1) // len(row)
    texts = {
        "plain": row * rows,
        # Looked at a second time, piece by piece, and counted once.
        "bad": row * (rows - 1) + "-,0.25\n",
        "quoted": row * (rows - 2) + '"0.500","0.25"\n',
        "large": row * (rows + 1),
    }
    paths = [tmp_path / f"{name}.csv" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text("prediction,label\n" + text)
    done = python(READ, *paths, LOSSCLI_PURE="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["0.25", "False"] * 3 + ["0.25", "True"]
    if BUILT is not None:
        done = python(READ, *paths)
        assert done.stdout.split() == ["0.25", "False"] * 4, done.stderr


@pytest.mark.parametrize(("rows", "wanted"), [(3, 0), (60_000, 2)])
def test_a_thread_reads_ahead_where_there_is_something_to_wait_for(tmp_path, monkeypatch, rows, wanted):
    started = []
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda self: started.append(1) or start(self))
    columns = {name: np.arange(rows) / 2 for name in ("prediction", "label")}
    for name, values in columns.items():
        (tmp_path / name).write_text(f"{name}\n" + "\n".join(map(str, values.tolist())))
    for inputs in ([tmp_path / name for name in columns], list(columns.values())):
        started.clear()
        assert losscli.evaluate(*inputs, loss="mse").results[0].cost == 0.0
        assert len(started) == wanted
