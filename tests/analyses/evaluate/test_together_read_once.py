"""Each file is opened and read once, pipes too; what is held is bounded, and let go of in time."""

import contextlib
import gc
import io
import os
import threading
import weakref
from collections import Counter

import numpy as np
import pytest
from helpers.requests_of import outcome, request, told

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.together import evaluate_many
from losscli.common.errors import LosscliError, OutputError
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv.source import CsvSource
from losscli.inputs.header import TextFormat
from losscli.inputs.shared import source
from losscli.inputs.shared.opened import Inputs
from losscli.inputs.streams import counter, stream
from losscli.inputs.streams import opened as files_opened

ROWS = 20_000
WAIT = 20.0


@pytest.fixture
def opened(monkeypatch):
    """Count how often each path is opened, and the bytes that are read of all of them."""
    counts = Counter()
    whole = files_opened.open_file

    def open_file(path):
        counts[path] += 1
        return whole(path)

    monkeypatch.setattr(files_opened, "open_file", open_file)
    some = counter.read_waiting

    def read_waiting(file, size):
        data = some(file, size)
        counts["bytes"] += len(data) if isinstance(file, io.FileIO) else 0
        return data

    monkeypatch.setattr(counter, "read_waiting", read_waiting)
    return counts


@pytest.fixture
def parsed(monkeypatch):
    """Count how often chunks of each input are asked of the parser."""
    counts = Counter()
    whole = CsvSource.chunks

    def chunks(self, wants, block_rows):
        counts[self.path] += 1
        return whole(self, wants, block_rows)

    monkeypatch.setattr(CsvSource, "chunks", chunks)
    return counts


@pytest.fixture
def files(tmp_path):
    """Write labels and three prediction files, one in another order; return their paths."""
    paths = [tmp_path / name for name in ("labels.csv", "p0.csv", "p1.csv", "p2.csv")]
    rng = np.random.default_rng(1)
    label = rng.normal(size=ROWS)
    text = "".join(f"{n},{y!r},{n % 3}\n" for n, y in enumerate(label.tolist()))
    paths[0].write_text("id,label,kind\n" + text)
    for place, path in enumerate(paths[1:]):
        order = rng.permutation(ROWS) if place == 1 else np.arange(ROWS)
        text = "".join(
            f"{n},{y!r},{y / 2!r}\n" for n, y in zip(order.tolist(), label[order].tolist(), strict=True)
        )
        path.write_text("id,prediction,half\n" + text)
    return paths


def models(files, **options):
    labels, *predictions = files
    return [
        *(request(path, labels, "mse", "mae", **options) for path in predictions),
        request(predictions[0], labels, "huber", **options),
        request(predictions[0], labels, "mse", prediction=("half",), group="kind", **options),
    ]


def test_every_file_is_opened_parsed_and_read_once(files, opened, parsed):
    found = evaluate_many(models(files))
    assert all(isinstance(one, Report) for one in found)
    size = sum(path.stat().st_size for path in files)
    assert opened == {**{str(path): 1 for path in files}, "bytes": size}
    assert parsed == {str(path): 1 for path in files}


def test_several_columns_of_one_file_are_parsed_together(files, opened, parsed):
    _, path, *_ = files
    requests = [
        request(path, None, "mse", prediction=("half",), label=("prediction",)),
        request(path, None, "mse", prediction=("prediction",), label=("half",), block_rows=77),
        request(path, None, "mae", prediction=("half",), label=("prediction",), group="kind"),
    ]
    found = evaluate_many(requests)
    assert (opened[str(path)], parsed[str(path)]) == (1, 1)
    assert [told(one) for one in found] == [told(outcome(one)) for one in requests]


def test_what_is_not_open_yet_when_reading_begins_is_read_as_well(files, opened, parsed, monkeypatch):
    from losscli.analyses.evaluate import together

    monkeypatch.setattr(together, "MOST_OPEN", 2)
    requests = [*models(files), request(files[3], files[0], "mse", weight="kind")]
    found = evaluate_many(requests)
    assert max(opened[str(path)] for path in files[1:]) == 1
    # The last request wants a column of weights that nobody had asked for when reading began.
    assert opened[str(files[0])] == parsed[str(files[0])] == 2
    assert [told(one) for one in found] == [told(outcome(one)) for one in requests]


class Writer:
    """Writes texts into FIFOs, one after the other."""

    def __init__(self, *pairs):
        self._pairs = pairs
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self):
        for path, text in self._pairs:
            with path.open("w") as file, contextlib.suppress(BrokenPipeError):
                file.write(text)


def in_time(function):
    """Return what a function returns; fail where it waits for ever."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()), daemon=True)
    thread.start()
    thread.join(WAIT)
    assert not thread.is_alive(), "it waits for ever"
    return found[0]


@pytest.mark.parametrize("name", ["pipe", "-"])
def test_a_pipe_that_several_name_is_refused_and_not_opened(files, tmp_path, opened, name):
    pipe = name
    if name == "pipe":
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        (tmp_path / "link").symlink_to(pipe)
    link = tmp_path / "link" if name == "pipe" else "-"
    found = in_time(
        lambda: evaluate_many(
            [
                request(files[1], pipe, "mse"),
                request(files[1], link, "mse"),
                request(pipe, None, "mae", prediction=("half",), label=("kind",)),
                request(files[2], files[0], "mse"),
            ]
        )
    )
    assert [type(one) for one in found[:3]] == [LosscliError] * 3
    assert "3 evaluations read it, and it can be read only once" in str(found[0])
    assert told(found[3]) == told(outcome(request(files[2], files[0], "mse")))
    assert opened[str(pipe)] == 0


def test_a_pipe_of_one_request_beside_a_file_that_others_read(files, tmp_path, opened):
    pipe, path = tmp_path / "pipe", tmp_path / "plain"
    os.mkfifo(pipe)
    text = files[1].read_text() + "x,1,2\n"
    path.write_text(text)
    Writer((pipe, text))

    def requests(predictions):
        return [request(predictions, files[0], "mse"), request(files[2], files[0], "mse", group="kind")]

    found = in_time(lambda: evaluate_many(requests(pipe)))
    alone = [outcome(one) for one in requests(path)]
    assert str(found[0]) == str(alone[0]).replace(str(path), str(pipe))
    assert "only in" in str(found[0])
    assert told(found[1]) == told(alone[1])
    assert opened[str(pipe)] == 1


def test_pipes_that_are_written_one_after_the_other_are_waited_for_in_turn(files, tmp_path):
    pipes = [tmp_path / f"pipe{place}" for place in range(3)]
    for pipe in pipes:
        os.mkfifo(pipe)
    Writer(*((pipe, path.read_text()) for pipe, path in zip(pipes, files[1:], strict=True)))
    found = in_time(lambda: evaluate_many([request(pipe, files[0], "mse") for pipe in pipes]))
    assert [one.results for one in found] == [
        outcome(request(path, files[0], "mse")).results for path in files[1:]
    ]


def test_beyond_the_bound_a_file_is_read_again_and_that_is_said(files, monkeypatch, opened):
    monkeypatch.setattr(source, "HELD_BYTES", ROWS * 8)
    requests = models(files)
    found = evaluate_many(requests)
    assert opened[str(files[0])] > 1
    noted = [any("labels.csv: it was read again" in note for note in one.notes) for one in found]
    assert noted[0] is False
    assert noted[1:] == [True, True, False, True] or sum(noted) == opened[str(files[0])] - 1
    assert [one.results for one in found] == [outcome(one).results for one in requests]


def test_what_is_held_is_let_go_of_behind_the_last_reader(files):
    labels = str(files[0])
    uses = [([(labels, TextFormat())], 5000)] * 3
    opened = Inputs(uses)
    wants = (Want("label", (1,)), Want("id", (0,), text=True))
    alive, held = [], []
    for _ in uses:
        view = opened.open(labels, "labels", TextFormat())
        view.expect(wants)
        for chunk in view.chunks(wants, 5000):
            alive.append(weakref.ref(chunk.columns["label"]))
        held.append(opened.held.bytes)
        del chunk, view
        opened.done(labels, TextFormat())
    gc.collect()
    assert held[0] == held[1] >= ROWS * 24
    assert opened.held.bytes == 0
    assert opened.open_files == 0
    assert not any(reference() is not None for reference in alive)
    opened.close()


def test_who_had_taken_rows_that_are_let_go_of_gets_the_rest(files, monkeypatch):
    monkeypatch.setattr(source, "HELD_BYTES", 100_000)
    labels, wants = str(files[0]), (Want("id", (0,), text=True), Want("label", (1,)))
    reader = [(labels, TextFormat())]
    opened = Inputs([(reader, 1000)] * 2)
    first, second = (opened.open(labels, "labels", TextFormat()) for _ in range(2))
    ahead, behind = first.chunks(wants, 1000), second.chunks(wants, 1000)
    taken = [[next(ahead)], [next(behind)]]
    taken[0] += ahead
    taken[1] += behind
    for chunks in taken:
        assert len(chunks) > 1
        assert np.concatenate([chunk.row for chunk in chunks]).tolist() == list(range(1, ROWS + 1))
        ids = np.concatenate([chunk.columns["id"] for chunk in chunks]).tolist()
        assert ids == [str(n).encode() for n in range(ROWS)]
    assert [first.read_again, second.read_again] == [False, True]
    assert first.rows == second.rows == ROWS
    opened.close()


def test_a_single_reader_holds_nothing(files):
    labels = str(files[0])
    opened = Inputs([([(labels, TextFormat())], 5000)])
    view = opened.open(labels, "labels", TextFormat())
    assert sum(map(len, view.chunks((Want("label", (1,)),), 5000))) == ROWS
    assert opened.held.bytes == 0
    opened.close()


def test_files_are_closed_whatever_happens(files, monkeypatch):
    closed = []
    whole = stream.ByteStream.close

    def close(self):
        closed.append(self.name)
        whole(self)

    monkeypatch.setattr(stream.ByteStream, "close", close)

    def interrupted(*_):
        raise KeyboardInterrupt

    requests = models(files)
    with pytest.raises(KeyboardInterrupt):
        evaluate_many(requests, sinks=[None, interrupted, None, None, None])
    assert set(closed) == {str(path) for path in files}


class Collect:
    """A sink that keeps what it gets; it fails once it has `most` rows."""

    def __init__(self, most=None):
        self.rows, self.losses, self.plans, self.most = [], [], [], most

    def __call__(self, plan, block, measured):
        self.rows += block.row.tolist()
        self.losses += [found.value.tolist() for found in measured]
        self.plans.append(plan)
        if self.most is not None and len(self.rows) >= self.most:
            raise OutputError("x.csv", "no space is left on the device")


def test_sinks_get_every_row_of_their_request_once(files):
    requests = models(files, block_rows=3000)
    sinks = [Collect(), None, Collect(), Collect(), Collect()]
    found = evaluate_many(requests, sinks=sinks)
    for one, many, sink in zip(requests, found, sinks, strict=True):
        alone = Collect()
        assert told(many) == told(outcome(one, sink=alone))
        if sink is not None:
            assert sink.rows == alone.rows
            assert np.concatenate(sink.losses).tolist() == np.concatenate(alone.losses).tolist()
            assert set(sink.plans) == set(alone.plans)


def test_sinks_get_every_row_once_where_a_request_is_evaluated_twice(tmp_path):
    path = tmp_path / "both.csv"
    rows = [f"{n},{n + 1},{'r' * (5000 if n == 150_000 else 1)}\n" for n in range(200_000)]
    path.write_text("prediction,label,remark\n" + "".join(rows))
    requests = [request(path, None, "mse", group="remark"), request(path, None, "mse")]
    sinks = [Collect(), Collect()]
    found = evaluate_many(requests, sinks=sinks)
    assert "the group is 5000 bytes long" in str(found[0])
    assert found[1].results[0].n == 200_000
    assert sinks[0].rows == list(range(1, len(sinks[0].rows) + 1))
    assert sinks[1].rows == list(range(1, 200_001))


def test_a_sink_that_fails_fails_its_request_alone(files):
    requests = models(files, block_rows=3000)
    sinks = [Collect(5000), Collect(), None, None, None]
    found = evaluate_many(requests, sinks=sinks)
    assert isinstance(found[0], OutputError)
    # The block that made it fail was the last one.
    assert 5000 <= len(sinks[0].rows) < 8000
    assert sinks[0].rows == list(range(1, len(sinks[0].rows) + 1))
    assert [told(one) for one in found[1:]] == [told(outcome(one)) for one in requests[1:]]


def test_each_request_has_its_sink(files):
    with pytest.raises(ValueError, match="zip"):
        evaluate_many(models(files), sinks=[None])


def test_progress_is_that_of_all(files):
    seen = []
    evaluate_many(models(files, block_rows=3000), observe=lambda *told: seen.append(told))
    total = sum(path.stat().st_size for path in files)
    assert {told[1] for told in seen} == {total}
    done, rows = [told[0] for told in seen], [told[2] for told in seen]
    assert done == sorted(done)
    assert done[-1] == total
    assert rows == sorted(rows)
    # Two of the five go through one pass.
    assert rows[-1] == 4 * ROWS


def test_the_total_is_unknown_with_a_pipe_or_a_frame(files, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    Writer((pipe, files[0].read_text()))
    for labels in (pipe, np.zeros(ROWS)):
        seen = []
        requests = [request(files[1], labels, "mse"), request(files[2], files[0], "mse")]
        in_time(
            lambda seen=seen, requests=requests: evaluate_many(requests, observe=lambda *a: seen.append(a))
        )
        assert {told[1] for told in seen} == {None}


def test_a_file_that_changes_while_it_is_read_fails_all_that_read_it(files):
    def append(*_):
        with files[0].open("a") as file:
            file.write(f"{ROWS},1,1\n")

    class Once:
        def __init__(self):
            self.done = False

        def __call__(self, *_):
            if not self.done:
                self.done = True
                append()

    requests = models(files, block_rows=100)
    found = evaluate_many(requests, sinks=[Once(), None, None, None, None])
    assert {str(one).partition(";")[0] for one in found} == {
        f"{files[0]}: the file changed while it was being read"
    }
    assert all(isinstance(one, LosscliError) for one in found)


def test_a_damaged_file_fails_those_that_read_it_and_no_other(files, tmp_path):
    import gzip

    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(files[0].read_bytes())[:-2000])
    requests = [
        request(files[1], broken, "mse"),
        request(files[1], files[0], "mse"),
        request(files[2], broken, "mae", group="kind"),
    ]
    found = evaluate_many(requests)
    assert [isinstance(one, Report) for one in found] == [False, True, False]
    assert [told(one) for one in found] == [told(outcome(one)) for one in requests]
