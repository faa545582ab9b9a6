"""Evaluations on a real scheduler with workers in processes of their own: the document of one run."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli as call
from helpers.calls import process

from losscli.analyses import parts
from losscli.analyses.evaluate import by_shuffle, in_parts, run
from losscli.analyses.evaluate.document import document
from losscli.common.errors import Ended, LosscliError
from losscli.compute.engines.dask import Dask
from losscli.compute.engines.processes import Processes
from losscli.inputs.request import Request
from losscli.inputs.shards.source import ShardedSource
from losscli.loss import registry
from losscli.loss.sent import Code, Sent, sent
from losscli.loss.spec import parse_spec

distributed = pytest.importorskip("distributed")
N = 3000
CODE = "def twice(label, prediction):\n    return 2 * abs(label - prediction)\n"


@pytest.fixture(scope="module")
def scheduler():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        yield cluster


def request(place, *losses, **asked):
    bound = tuple(parse_spec(spec, registry.find) for spec in losses or ("mse", "rmse"))
    return Request(str(place / "p"), str(place / "l"), loss=bound, **asked)


def written(folder, table, files, name):
    folder.mkdir()
    for number, rows in enumerate(np.array_split(np.arange(len(table)), files)):
        table.iloc[rows].to_csv(folder / f"{name}-{number}.csv", index=False)


@pytest.fixture
def spread(tmp_path):
    """Predictions in eight files, labels in five of other names, ids in any of them."""
    rng = np.random.default_rng(1)
    ids = [f"sample {number * 7919 % 100_000}" for number in range(N)]
    predictions = pd.DataFrame(
        {"id": ids, "prediction": rng.integers(0, 9, N) / 8, "g": rng.choice(["a", "b"], N)}
    )
    labels = pd.DataFrame({"id": ids, "label": rng.integers(0, 9, N) / 8, "w": rng.choice([1, 2, 0.5], N)})
    written(tmp_path / "p", predictions.sample(frac=1, random_state=1), 8, "part")
    written(tmp_path / "l", labels.sample(frac=1, random_state=2), 5, "true")
    return tmp_path


@pytest.fixture
def no_local_run(monkeypatch):
    """Let nothing be evaluated here, once what is expected was."""

    def refuse():
        def fail(*_args, **_kwargs):
            raise AssertionError("it was left to a run over everything")

        monkeypatch.setattr(run, "evaluate", fail)
        monkeypatch.setattr(run, "of_opened", fail)

    return refuse


def agree(asked, crew, no_local_run):
    whole = run.evaluate(asked)
    no_local_run()
    found = in_parts.evaluate(asked, crew)
    assert document(found) == document(whole)


@pytest.mark.parametrize(
    "asked", [{}, {"weight": "w", "group": ("g",), "top": 30, "fingerprints": True}], ids=["plain", "all"]
)
def test_rows_in_other_files_are_joined(spread, scheduler, no_local_run, asked):
    agree(request(spread, **asked), Dask(scheduler=scheduler.scheduler_address), no_local_run)


def test_the_program_joins(spread, scheduler):
    asked = ("evaluate", "p", "l", "--loss", "mse", "--json")
    here = call(*asked, cwd=spread)
    there = process(*asked, "--engine", "dask", "--scheduler", scheduler.scheduler_address, cwd=spread)
    assert (there.returncode, there.stdout, there.stderr) == (0, here.stdout, here.stderr)


def test_what_is_wrong_with_ids_is_told_as_by_one_run(spread, scheduler):
    path = spread / "l" / "true-3.csv"
    path.write_text(path.read_text().replace("sample", "simple", 1))
    asked = request(spread)
    with pytest.raises(LosscliError) as whole:
        run.evaluate(asked)
    with pytest.raises(LosscliError) as found:
        in_parts.evaluate(asked, Dask(scheduler=scheduler.scheduler_address))
    assert str(found.value) == str(whole.value)


def slowly(task):
    """Read a file as the engine does, but take time for it."""
    time.sleep(1.0)
    return by_shuffle.read_file(task)


def test_a_worker_that_dies_in_a_shuffle_changes_nothing(spread, no_local_run, monkeypatch):
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        victims = [worker.pid for worker in cluster.workers.values()]

        class Slow(Dask):
            def deal(self, read, tasks, fold, shares):
                killer = threading.Timer(2.5, lambda: os.kill(victims[0], signal.SIGKILL))
                killer.start()
                read_slowly = import_slowly()
                found = super().deal(read_slowly, tasks, fold, shares)
                killer.join()
                assert victims[0] not in [worker.pid for worker in cluster.workers.values()]
                return found

        agree(request(spread), Slow(scheduler=cluster.scheduler_address), no_local_run)


def import_slowly():
    """Return what reads slowly, by value: workers cannot import this file."""
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    return slowly


class Meddling:
    """Does something before anything is sent."""

    def __call__(self, function, tasks):
        self.meddle()
        return super().__call__(function, tasks)


class MeddlingDask(Meddling, Dask):
    pass


class MeddlingProcesses(Meddling, Processes):
    pass


@pytest.fixture
def pairs(tmp_path):
    """Two pairs of files, ids dealt out to them in turn."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"id": range(N), "prediction": rng.normal(size=N), "label": rng.normal(size=N)})
    table = pd.concat([table[::2], table[1::2]])
    written(tmp_path / "p", table[["id", "prediction"]], 2, "part")
    written(tmp_path / "l", table[["id", "label"]], 2, "part")
    return tmp_path


@pytest.mark.parametrize("engine", ["dask", "processes"])
@pytest.mark.parametrize("gone", [False, True], ids=["changed", "gone"])
def test_code_travels_by_value(pairs, scheduler, no_local_run, engine, gone):
    path = pairs / "own.py"
    path.write_text(CODE)
    address = scheduler.scheduler_address
    crew = MeddlingDask(scheduler=address) if engine == "dask" else MeddlingProcesses(2)
    crew.meddle = path.unlink if gone else lambda: path.write_text(CODE.replace("2 *", "3 *"))
    asked = request(pairs, f"{path}:twice", "mae")
    whole = run.evaluate(asked)
    no_local_run()
    found = in_parts.evaluate(asked, crew)
    assert document(found) == document(whole)
    assert found.results[0].cost == 2 * found.results[1].cost


def test_code_that_changed_is_left_to_one_run(pairs):
    path = pairs / "own.py"
    path.write_text(CODE)
    asked = request(pairs, f"{path}:twice", "mae")
    path.write_text(CODE.replace("2 *", "3 *"))
    crew = MeddlingProcesses(2)
    crew.meddle = lambda: pytest.fail("it was sent")
    assert in_parts.evaluate(asked, crew).results[0].loss == f"{path}:twice"
    assert sent(asked.loss) is None


def test_what_code_imports_from_its_folder_is_held_against_what_is_here(pairs, scheduler, monkeypatch):
    (pairs / "beside.py").write_text("FACTOR = 2\n")
    path = pairs / "own.py"
    path.write_text("from beside import FACTOR\n" + CODE.replace("2 *", "FACTOR *"))
    asked, told = request(pairs, f"{path}:twice", "mae"), []
    whole = run.evaluate(asked)
    real = parts.are_here
    monkeypatch.setattr(parts, "are_here", lambda files: real(told.extend(files) or told))
    with Dask(scheduler=scheduler.scheduler_address) as crew:
        assert document(in_parts.evaluate(asked, crew)) == document(whole)
        digest = hashlib.sha256(b"FACTOR = 2\n").hexdigest()
        assert {*told} == {(str(pairs / "beside.py"), digest)}
        # Workers keep what they imported: theirs is another file now.
    assert not real([(str(pairs / "beside.py"), "0" * 64)])
    assert not real([(str(pairs / "nowhere.py"), digest)])


def test_code_that_nobody_sent_does_not_run(tmp_path):
    path = tmp_path / "own.py"
    path.write_text("raise SystemExit('it ran')\n")
    with pytest.raises(LosscliError, match="is code that nobody sent"):
        Sent((f"{path}:twice",)).bound()
    code = Code(str(path), str(path), CODE.encode(), "0" * 64)
    with pytest.raises(LosscliError, match="is not what was sent"):
        Sent((f"{path}:twice",), (code,)).bound()


def test_ids_in_two_files_are_found_by_workers(pairs, scheduler, no_local_run, monkeypatch):
    asked = request(pairs, "mse")
    whole = run.evaluate(asked)
    no_local_run()
    monkeypatch.setattr(ShardedSource, "again", lambda *_: pytest.fail("ids were read here"))
    found = in_parts.evaluate(asked, Dask(scheduler=scheduler.scheduler_address))
    assert document(found) == document(whole)


def test_ids_in_two_files_are_an_error(pairs, scheduler):
    for path in (pairs / "p" / "part-1.csv", pairs / "l" / "part-1.csv"):
        path.write_text(path.read_text().replace("\n1001,", "\n1000,"))
    asked = request(pairs, "mse")
    with pytest.raises(LosscliError, match="'1000'") as whole:
        run.evaluate(asked)
    with pytest.raises(LosscliError) as found:
        in_parts.evaluate(asked, Dask(scheduler=scheduler.scheduler_address))
    assert str(found.value) == str(whole.value)


def test_parts_are_as_many_as_the_cluster_has_threads(scheduler):
    told = []
    with Dask(scheduler=scheduler.scheduler_address, tell=told.append) as crew:
        assert crew.workers == 2
        assert crew(abs, [-1, 2]) == [1, 2]
    assert [address.startswith("http://127.0.0.1:") for address in told] == [True]
    assert Dask(5).workers == 5


def test_ctrl_c_cancels_what_runs(pairs, scheduler):
    path = pairs / "own.py"
    path.write_text("import time\n" + CODE.replace("    return", "    time.sleep(60)\n    return"))
    asked = ("evaluate", "p", "l", "--loss", "own.py:twice", "--engine", "dask")
    with (
        subprocess.Popen(
            [sys.executable, "-m", "losscli", *asked, "--scheduler", scheduler.scheduler_address],
            cwd=pairs,
            stderr=subprocess.PIPE,
            text=True,
        ) as program,
        distributed.Client(scheduler.scheduler_address, set_as_default=False) as client,
    ):
        wait_for(lambda: any(client.processing().values()))
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == 130
        assert program.stderr.read() == "losscli: interrupted\n"
        wait_for(lambda: not any(client.processing().values()))


def die(_task):
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_that_die_over_one_part_are_an_error():
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with pytest.raises(Ended, match="every worker that tried died, tcp://127") as raised, Dask(2) as crew:
        crew(die, [1])
    assert raised.value.status == 70


def wait_for(what):
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)
