"""Requests evaluated in parts are requests evaluated whole: the same document, the same errors."""

import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
from helpers.calls import losscli as call
from helpers.calls import process
from helpers.crews import Here
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate import in_parts, run
from losscli.analyses.evaluate.document import document
from losscli.common.errors import Ended, LosscliError
from losscli.common.version import __version__
from losscli.compute.engines.processes import Processes
from losscli.compute.statistics import distribution
from losscli.inputs import partitions
from losscli.inputs.edits import Edits
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.asked import bind_one, named_apart
from losscli.loss.sent import sent
from losscli.loss.spec import parse_spec
from losscli.outputs.python.losses import as_computed

N = 120


def request(predictions, labels=None, losses=("mse", "rmse", "mae"), **asked):
    bound = tuple(parse_spec(spec, registry.find) for spec in losses)
    return Request(str(predictions), None if labels is None else str(labels), loss=bound, **asked)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Let texts of a few bytes be cut."""
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)


def tables(seed, *, ids=True, weights=False, groups=False, classes=False):
    rng = random.Random(seed)
    predictions = pd.DataFrame({"prediction": [rng.gauss(0, 3) for _ in range(N)]})
    labels = pd.DataFrame({"label": [rng.gauss(0, 3) for _ in range(N)]})
    if classes:
        predictions["prediction"] = [rng.choice(["cat", "dog", "hen"]) for _ in range(N)]
        labels["label"] = [rng.choice(["hen", "dog", "cat"]) for _ in range(N)]
    if ids:
        predictions.insert(0, "id", range(5, 5 + N))
        labels.insert(0, "id", range(5, 5 + N))
    if weights:
        labels["w"] = [rng.choice([0.5, 1, 2, 1e-3]) for _ in range(N)]
    if groups:
        labels["g"] = [rng.choice(["a", "b", "long name"]) for _ in range(N)]
    return predictions, labels


def agree(asked, crew, parts=None):
    """Hold a run in parts against a whole one; return the document."""
    whole, found = run.evaluate(asked), in_parts.evaluate(asked, crew)
    assert document(found) == document(whole)
    assert found == whole
    assert parts is None or crew.parts == parts
    return document(whole)


@settings(deadline=None, max_examples=examples(30), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    ids=st.booleans(),
    weights=st.booleans(),
    groups=st.booleans(),
    workers=st.integers(2, 9),
    order=st.integers(0, 9),
)
def test_stretches_of_texts_are_the_whole(tmp_path_factory, seed, ids, weights, groups, workers, order):
    place = tmp_path_factory.mktemp("parts")
    for name, table in zip(
        ("p.csv", "l.csv"), tables(seed, ids=ids, weights=weights, groups=groups), strict=True
    ):
        table.to_csv(place / name, index=False)
    asked = request(
        place / "p.csv",
        place / "l.csv",
        weight="w" if weights else None,
        group=("g",) if groups else (),
        top=7,
    )
    agree(asked, Here(workers, shuffled=order), parts=workers)


@settings(deadline=None, max_examples=examples(20), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    cuts=st.lists(st.integers(0, N), min_size=1, max_size=5).map(sorted),
    ids=st.booleans(),
    classes=st.booleans(),
    hashed=st.booleans(),
)
def test_files_are_the_whole(tmp_path_factory, seed, cuts, ids, classes, hashed):
    place = tmp_path_factory.mktemp("parts")
    edges = [0, *cuts, N]
    for name, table in zip("pl", tables(seed, ids=ids, classes=classes), strict=True):
        (place / name).mkdir()
        for number, (start, stop) in enumerate(pairwise(edges)):
            table.iloc[start:stop].to_csv(place / name / f"part-{number}.csv", index=False)
    losses = ("zero_one",) if classes else ("mse", "rmse", "mae")
    crew = Here(2)
    agree(request(place / "p", place / "l", losses, fingerprints=hashed), crew)
    # A large one is cut once more.
    assert crew.parts >= len(cuts) + 1


def test_formats_and_compressed_files_are_parts_too(tmp_path):
    predictions, labels = tables(3)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        table.iloc[:50].to_csv(tmp_path / name / "a.csv.gz", index=False)
        table.iloc[50:].to_csv(tmp_path / name / "b.csv.gz", index=False)
    agree(request(tmp_path / "p", tmp_path / "l"), Here(2), parts=2)


def test_one_input_with_labels_is_cut_too(tmp_path):
    predictions, labels = tables(4)
    predictions.assign(label=labels["label"]).to_csv(tmp_path / "both.csv", index=False)
    agree(request(tmp_path / "both.csv"), Here(4), parts=4)


def test_rows_have_the_lines_of_the_file(tmp_path):
    predictions, labels = tables(5)
    for name, table in (("p.csv", predictions), ("l.csv", labels)):
        (tmp_path / name).write_text("# above\n# it\n" + table.to_csv(index=False))
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv"), Here(3), parts=3)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",", '," 1\n"', 1) if False else text.replace("id", '"id"'),
        lambda text: "﻿" + text,
    ],
    ids=["carriage returns", "quotes", "a byte order mark"],
)
def test_what_is_not_plain_is_not_cut(tmp_path, spoil):
    predictions, labels = tables(6)
    (tmp_path / "p.csv").write_text(spoil(predictions.to_csv(index=False)), newline="")
    labels.to_csv(tmp_path / "l.csv", index=False)
    crew = Here(3)
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv"), crew)
    assert crew.parts == 0


def test_notes_are_about_the_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    predictions, labels = tables(6)
    Path("p.csv").write_text("# above\n" + predictions.to_csv(index=False))
    labels.rename(columns={"label": "prediction"}).to_csv("l.csv", index=False)
    agree(request("p.csv", "l.csv"), Here(3), parts=3)
    told = in_parts.evaluate(request("p.csv", "l.csv"), Here(3)).notes
    assert any("the column prediction of l.csv" in note for note in told)


def test_notes_of_one_file_are_those_of_one_run(tmp_path):
    predictions, labels = tables(6)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for number, start in enumerate((0, 60)):
            text = "# above\n" * (name == "p" and not number) + table[start : start + 60].to_csv(index=False)
            (tmp_path / name / f"{number}.csv").write_text(text)
    asked = request(tmp_path / "p", tmp_path / "l")
    agree(asked, Here(2))
    assert any("1 comment line" in note for note in in_parts.evaluate(asked, Here(2)).notes)


@pytest.mark.parametrize("row", [0, 60, 119, None])
@pytest.mark.parametrize("several", [False, True])
def test_that_no_label_is_replaced_is_told_of_all_rows(tmp_path, row, several):
    predictions, labels = tables(6)
    labels["label"] += 1000
    if row is not None:
        labels.loc[row, "label"] = 7
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for number in range(several + 1):
            rows = table[number * 60 : (number + 1) * 60] if several else table
            rows.to_csv(tmp_path / name / f"{number}.csv", index=False)
    asked = request(tmp_path / "p", tmp_path / "l", map_labels={"7": "8"})
    with mock.patch.object(in_parts.run, "evaluate"):
        notes = in_parts.evaluate(asked, Here(3)).notes
    assert notes == (("no label is 7 (--map-labels)",) if row is None else ())
    agree(asked, Here(3))


def test_notes_of_names_and_of_columns_are_in_the_order_of_one_run(tmp_path):
    predictions, labels = tables(6, ids=False, classes=True)
    predictions.loc[7, "prediction"] = "elk"
    predictions["day"] = labels["day"] = [*range(N)]
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv", ("zero_one",)), Here(3), parts=3)
    assert (
        len(in_parts.evaluate(request(tmp_path / "p.csv", tmp_path / "l.csv", ("zero_one",)), Here(3)).notes)
        == 2
    )


def test_a_function_of_this_program_is_for_this_process(tmp_path):
    predictions, labels = tables(6)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    (named,) = named_apart(as_computed(lambda label, prediction: abs(label - prediction)))
    own = bind_one(named)
    crew = Here(3)
    asked = replace(request(tmp_path / "p.csv", tmp_path / "l.csv"), loss=(own,))
    assert document(in_parts.evaluate(asked, crew)) == document(run.evaluate(asked))
    assert crew.parts == 0


def test_a_pipe_is_read_once(tmp_path):
    predictions, labels = tables(6)
    labels.to_csv(tmp_path / "l.csv", index=False)
    asked = ("evaluate", "-", "l.csv", "--loss", "mse", "--quiet")
    text = predictions.to_csv(index=False)
    here = process(*asked, cwd=tmp_path, stdin=text)
    there = process(*asked, "--engine", "processes", cwd=tmp_path, stdin=text)
    assert (there.returncode, there.stdout, there.stderr) == (here.returncode, here.stdout, here.stderr)
    assert here.returncode == 0


def test_a_pipe_that_is_the_first_file_is_read_once(tmp_path):
    predictions, labels = tables(6)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for number, start in enumerate((0, 60)):
            table[start : start + 60].to_csv(tmp_path / name / f"{number}.csv", index=False)
    whole = document(run.evaluate(request(tmp_path / "p", tmp_path / "l")))
    pipe = tmp_path / "p" / "0.csv"
    text = pipe.read_text()
    pipe.unlink()
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_text, args=(text,), daemon=True).start()
    crew = Here(2)
    assert document(in_parts.evaluate(request(tmp_path / "p", tmp_path / "l"), crew)) == whole
    assert crew.parts == 0


@pytest.mark.parametrize("hashed", [False, True])
def test_a_file_that_changes_between_its_parts_is_read_anew(tmp_path, hashed):
    predictions, labels = tables(6, ids=False)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    path = tmp_path / "p.csv"

    class Meddling(Here):
        def __call__(self, function, tasks):
            found = [function(tasks[0])]
            # As many bytes in as many rows: nothing but the time tells.
            path.write_bytes(path.read_bytes().replace(b"1", b"2"))
            return found + [function(task) for task in tasks[1:]]

    asked = request(tmp_path / "p.csv", tmp_path / "l.csv", fingerprints=hashed)
    assert document(in_parts.evaluate(asked, Meddling())) == document(run.evaluate(asked))


def test_ids_in_another_order_are_left_to_one_run(tmp_path):
    predictions, labels = tables(7)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.sample(frac=1, random_state=1).to_csv(tmp_path / "l.csv", index=False)
    agree(request(tmp_path / "p.csv", tmp_path / "l.csv"), Here(3), parts=3)


def test_ids_by_their_hash_are_proven_distinct(tmp_path):
    predictions, labels = tables(8)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for part in range(3):
            table[table["id"] % 3 == part].to_csv(tmp_path / name / f"{part}.csv", index=False)
    agree(request(tmp_path / "p", tmp_path / "l"), Here(3), parts=3)


def same_error(asked, crew):
    with pytest.raises(LosscliError) as whole:
        run.evaluate(asked)
    with pytest.raises(LosscliError) as found:
        in_parts.evaluate(asked, crew)
    assert str(found.value) == str(whole.value)
    return str(whole.value)


def test_errors_are_those_of_one_run(tmp_path):
    predictions, labels = tables(9)
    labels.to_csv(tmp_path / "l.csv", index=False)
    wrong = predictions.astype({"prediction": object})
    wrong.loc[[100, 40], "prediction"] = "x"
    wrong.to_csv(tmp_path / "p.csv", index=False)
    assert "row 41 (line 42)" in same_error(request(tmp_path / "p.csv", tmp_path / "l.csv"), Here(4))
    twice = predictions.assign(id=[*range(N - 1), 3])
    twice.to_csv(tmp_path / "p.csv", index=False)
    labels.assign(id=twice["id"]).to_csv(tmp_path / "l.csv", index=False)
    assert "more than once" in same_error(request(tmp_path / "p.csv", tmp_path / "l.csv"), Here(4))
    predictions.iloc[:-1].to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    same_error(request(tmp_path / "p.csv", tmp_path / "l.csv"), Here(4))


def test_shards_with_other_columns_are_refused_as_by_one_run(tmp_path):
    predictions, labels = tables(1)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        table.iloc[:50].to_csv(tmp_path / name / "a.csv", index=False)
        table.iloc[50:].assign(**({"more": 1} if name == "p" else {})).to_csv(
            tmp_path / name / "b.csv", index=False
        )
    assert "only the second has more" in same_error(request(tmp_path / "p", tmp_path / "l"), Here(2))


def test_what_cannot_be_cut_is_one_part(tmp_path):
    predictions, labels = tables(2)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    for more in ({"unmatched": "drop"}, {"top": None}, {"edits": Edits(skip_rows=((3, 5),))}):
        with Reading(request(tmp_path / "p.csv", tmp_path / "l.csv", **more)) as reading:
            assert partitions.parts_of(reading, 4) == ()


def test_another_version_is_an_error(tmp_path):
    predictions, labels = tables(2)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)

    class Other(Here):
        def __call__(self, function, tasks):
            return [in_parts.Outcome("0.0.7") for _ in tasks]

    with pytest.raises(LosscliError, match=r"it has losscli 0\.0\.7; needed: losscli .* on every worker"):
        in_parts.evaluate(request(tmp_path / "p.csv", tmp_path / "l.csv"), Other())


def test_a_worker_without_the_files_is_an_error(tmp_path):
    predictions, labels = tables(2)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    path = str(tmp_path / "p.csv")

    class Elsewhere(Here):
        def __call__(self, function, tasks):
            return [in_parts.Outcome(__version__, refused="no such file", missing=(path,)) for _ in tasks]

    with pytest.raises(
        LosscliError, match="there is no such file for it; needed: files that every worker can open"
    ):
        in_parts.evaluate(request(path, tmp_path / "l.csv"), Elsewhere())


class Gathering(Here):
    """A crew whose workers send one state for many parts."""

    def gathered(self, function, tasks, gather):
        self.states = 0
        found = {}
        for worker in range(self.workers):
            places, kept = [*range(worker, len(tasks), self.workers)], []
            for place in places:
                kept.append(function(tasks[place]))
                gather(kept)
            found |= zip(places, pickle.loads(pickle.dumps(kept)), strict=True)
        self.states = sum(one.state is not None for one in found.values())
        self.parts = len(tasks)
        return [found[place] for place in range(len(tasks))]


@settings(deadline=None, max_examples=examples(15), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    groups=st.booleans(),
    weights=st.booleans(),
    workers=st.integers(1, 4),
    exact=st.integers(1, N),
    number=st.integers(2, 12),
)
def test_workers_that_gather_say_the_same(tmp_path_factory, seed, groups, weights, workers, exact, number):
    place = tmp_path_factory.mktemp("parts")
    for name, table in zip("pl", tables(seed, groups=groups, weights=weights), strict=True):
        (place / name).mkdir()
        for part in range(number):
            table.iloc[part * N // number : (part + 1) * N // number].to_csv(
                place / name / f"{part:02}.csv", index=False
            )
    asked = request(
        place / "p", place / "l", weight="w" if weights else None, group=("g",) if groups else (), top=7
    )
    crew = Gathering(workers)
    # However many losses are kept as they are, and however many parts have fewer.
    with (
        mock.patch.object(distribution, "EXACT_UP_TO", exact),
        mock.patch.object(distribution, "PENDING", 8),
    ):
        whole = run.evaluate(asked)
        with mock.patch.object(run, "evaluate", side_effect=AssertionError("it was left to one run")):
            assert in_parts.evaluate(asked, crew) == whole
    assert crew.parts == number
    # A worker that has done 2^k parts has one state of them.
    assert crew.states <= min(number, workers * number.bit_length())
    assert crew.states < number or workers >= number


def test_states_of_other_plans_are_not_gathered(tmp_path):
    predictions, labels = tables(1)
    predictions.to_csv(tmp_path / "p.csv", index=False)
    labels.to_csv(tmp_path / "l.csv", index=False)
    crew = Here(3)
    found = []
    for losses in (("mse",), ("mae",), ("mae",)):
        with Reading(request(tmp_path / "p.csv", tmp_path / "l.csv", losses)) as reading:
            (task, *_) = in_parts.tasks_of(reading, sent(reading.request.loss), crew.workers)
        found.append(in_parts.evaluate_part(in_parts.EvaluateTask(**vars(task), onlookers=())))
    in_parts.gather(found)
    assert [one.state is not None for one in found] == [True, False, True]
    assert [len(one.state.state.parts) for one in found if one.state] == [1, 2]


def signalled(cwd, number, *, to_all):
    """Start the program on two workers, signal it while they work, and return what it said.

    A pipe in a part keeps a worker waiting; so the signal meets it at work.
    """
    for name in ("2.csv", "3.csv"):
        (cwd / "l" / name).unlink()
        os.mkfifo(cwd / "l" / name)
    argv = [sys.executable, "-m", "losscli", "evaluate", "p", "l", "-l", "mse", "--engine", "processes"]
    running = subprocess.Popen(
        [*argv, "--workers", "2"], cwd=cwd, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while len(children.read_text().split()) < 2:
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.02)
    time.sleep(0.5)
    begin = time.monotonic()
    (os.killpg if to_all else os.kill)(running.pid, number)
    _, said = running.communicate(timeout=60)
    seconds = time.monotonic() - begin
    for _ in range(50):
        try:
            os.killpg(running.pid, 0)
        except ProcessLookupError:
            return running.returncode, said, seconds
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGKILL)
    raise AssertionError("a worker is left")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there it finds the workers of a process")
@pytest.mark.parametrize("to_all", [True, False])
@pytest.mark.parametrize(
    ("number", "status", "words"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGKILL, -9, "")],
)
def test_no_worker_outlives_the_program(shards, number, status, words, to_all):
    if to_all and number == signal.SIGKILL:
        return
    returned, said, seconds = signalled(shards, number, to_all=to_all)
    assert returned == status
    assert words in said
    assert "Traceback" not in said
    assert seconds < 10


def die_once(path):
    """Kill this worker the first time that it is asked."""
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die(_task):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_is_run_once_more(tmp_path):
    assert Processes(2)(die_once, [str(tmp_path / "a"), str(tmp_path / "b")]) == ["done", "done"]
    with pytest.raises(Ended, match="twice: its process was killed by signal 9") as raised:
        Processes(2)(die, [1])
    assert raised.value.status == 70


def test_a_script_without_a_guard_is_told(shards):
    code = 'import losscli\nlosscli.evaluate("p", "l", "mse", engine="processes", workers=2)\n'
    (shards / "script.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=shards, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 1
    assert 'In a script, call it below: if __name__ == "__main__":' in done.stderr
    (shards / "script.py").write_text(
        'import losscli\nif __name__ == "__main__":\n'
        '    print(losscli.evaluate("p", "l", "mse", engine="processes", workers=2).cost)\n'
    )
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=shards, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.stdout.strip() == call("evaluate", "p", "l", "-l", "mse", "-q", cwd=shards).stdout.strip()


@pytest.fixture
def shards(tmp_path):
    predictions, labels = tables(1)
    for name, table in (("p", predictions), ("l", labels)):
        (tmp_path / name).mkdir()
        for part in range(4):
            table.iloc[part * 30 : part * 30 + 30].to_csv(tmp_path / name / f"{part}.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_the_program_on_every_engine(shards, engine):
    if engine == "dask":
        pytest.importorskip("distributed")
    asked = ("evaluate", "p", "l", "--loss", "mse", "--json", "--gate", "mse < 100")
    here = call(*asked, cwd=shards)
    there = process(*asked, "--engine", engine, "--workers", "2", cwd=shards)
    assert (there.returncode, there.stderr, there.stdout) == (here.returncode, here.stderr, here.stdout)
    assert "mse" in here.stdout


def test_an_existing_cluster_whose_worker_is_killed(shards, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        asked = ("evaluate", "p", "l", "--loss", "mse", "--json")
        here = call(*asked, cwd=shards)
        there = process(*asked, "--engine", "dask", "--scheduler", cluster.scheduler_address, cwd=shards)
        assert (there.returncode, there.stdout) == (here.returncode, here.stdout), there.stderr
        from losscli.compute.engines.dask import Dask

        victims = [worker.pid for worker in cluster.workers.values() if hasattr(worker, "pid")]
        killer = threading.Timer(1.0, lambda: [os.kill(pid, signal.SIGKILL) for pid in victims[:1]])
        killer.start()
        assert Dask(scheduler=cluster.scheduler_address)(slow, [*range(6)]) == [*range(6)]
        killer.join()


def slow(number):
    time.sleep(0.5)
    return number


def test_a_scheduler_that_is_not_there(shards):
    pytest.importorskip("distributed")
    from losscli.compute.engines import dask

    before, dask.SECONDS = dask.SECONDS, 2
    try:
        with pytest.raises(LosscliError, match="the scheduler does not answer"):
            dask.Dask(scheduler="tcp://127.0.0.1:9")(slow, [1])
    finally:
        dask.SECONDS = before


def test_a_scheduler_without_workers():
    distributed = pytest.importorskip("distributed")
    from losscli.compute.engines import dask

    before, dask.SECONDS = dask.SECONDS, 2
    try:
        with (
            distributed.LocalCluster(
                n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
            ) as cluster,
            pytest.raises(LosscliError, match="it has had no worker for 2 seconds"),
        ):
            dask.Dask(scheduler=cluster.scheduler_address)(slow, [1])
    finally:
        dask.SECONDS = before


def test_a_cluster_that_loses_all_its_workers_is_not_waited_for_without_end():
    distributed = pytest.importorskip("distributed")
    from losscli.compute.engines import dask

    before, dask.SECONDS = dask.SECONDS, 4
    try:
        with distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster:
            gone = threading.Timer(1.0, cluster.scale, [0])
            gone.start()
            with pytest.raises(LosscliError, match="it has had no worker for 4 seconds"):
                dask.Dask(scheduler=cluster.scheduler_address)(slow, [*range(60)])
            gone.join()
    finally:
        dask.SECONDS = before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "2"), "--workers: the engine is local, which has none"),
        (("--scheduler", "tcp://x:1"), "--scheduler: the engine is local; needed: --engine dask"),
        (
            ("--engine", "processes", "--scheduler", "tcp://x:1"),
            "the engine is processes; needed: --engine dask",
        ),
        (
            ("--engine", "dask", "--scheduler", "tcp://x:1", "--workers", "2"),
            "a scheduler has its own workers",
        ),
        (("--engine", "processes", "--per-sample", "x.csv"), "--per-sample: the engine is processes"),
        (("--engine", "processes", "--state", "x"), "--state: the engine is processes"),
        (("--engine", "processes", "--all"), "its workers keep few samples"),
        (("--engine", "spark"), "needed: one of local, processes, dask"),
    ],
)
def test_options_that_do_not_fit(options, message):
    done = call("evaluate", "diabetes_linear.csv", "diabetes_labels.csv", "--loss", "mse", *options)
    assert done.returncode == 2
    assert message in done.stderr


def test_checks_name_their_engine(shards):
    (shards / "losscli.toml").write_text(
        "[[check]]\nname = 'one'\npredictions = 'p'\nlabels = 'l'\nloss = 'mse'\nengine = 'processes'\n"
        "workers = 2\n"
        "gate = 'mse < 100'\n[[check]]\nname = 'two'\npredictions = 'p'\nlabels = 'l'\nloss = 'mae'\n"
    )
    done = process("check", "--format", "json", cwd=shards)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"verdict": "pass"') >= 2


def test_notes_on_the_first_file_are_kept(tmp_path):
    predictions, labels = tables(6)
    (tmp_path / "p").mkdir()
    whole = predictions.assign(label=labels["label"])
    (tmp_path / "p" / "a.csv").write_text("# above\n" + whole.iloc[:50].to_csv(index=False))
    (tmp_path / "p" / "b.csv").write_text(whole.iloc[50:].to_csv(index=False))
    agree(request(tmp_path / "p"), Here(2), parts=2)
    assert any("1 comment line" in note for note in in_parts.evaluate(request(tmp_path / "p"), Here(2)).notes)
