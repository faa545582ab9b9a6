"""Workers: results as if made here, and no trace of a worker when something ends the wait."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from multiprocessing.connection import wait
from pathlib import Path
from types import MappingProxyType

import pytest
from helpers.calls import python

from losscli.common.processes import Crash, processors, side_by_side


def square(number):
    return number * number


def whimsical(task):
    what, value = task
    if what == "sleep":
        time.sleep(value)
    elif what == "begin":
        Path(value).touch()
        time.sleep(60)
    elif what == "raise":
        raise ValueError(value)
    elif what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "leave":
        os._exit(value)
    elif what == "unpicklable":
        return lambda: value
    elif what == "view":
        return MappingProxyType({"a": value})
    return value, os.getpid()


def alive():
    return multiprocessing.active_children()


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_results_come_in_the_order_of_the_tasks(jobs):
    assert side_by_side(square, range(5), jobs) == [0, 1, 4, 9, 16]
    assert alive() == []


def test_no_tasks_need_no_worker():
    assert side_by_side(square, [], 4) == []


def test_tasks_run_elsewhere_and_at_the_same_time():
    (_, one), (_, other) = side_by_side(whimsical, [("sleep", 1.5), ("sleep", 1.5)], 2)
    assert len({one, other, os.getpid()}) == 3


def test_a_worker_that_dies_takes_nothing_with_it():
    tasks = [("die", 0), ("value", 1), ("raise", "no"), ("leave", 7), ("unpicklable", 0), ("value", 2)]
    died, one, raised, left, strange, two = side_by_side(whimsical, tasks, 2)
    assert str(died) == "its process was killed by signal 9 (SIGKILL)"
    assert raised == Crash(None, "ValueError: no")
    assert str(left) == "its process ended with status 7"
    assert isinstance(strange, Crash)
    assert "pickle" in str(strange)
    assert (one[0], two[0]) == (1, 2)
    assert alive() == []


def test_frozen_mappings_come_back_as_such():
    (found,) = side_by_side(whimsical, [("view", 1)], 1)
    assert isinstance(found, MappingProxyType)
    assert found == {"a": 1}


def test_an_interruption_leaves_no_worker(monkeypatch):
    def interrupted(pipes, timeout=None):
        if timeout is None:
            raise KeyboardInterrupt
        return wait(pipes, timeout)

    monkeypatch.setattr("multiprocessing.connection.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        side_by_side(whimsical, [("sleep", 60), ("sleep", 60)], 2)
    assert alive() == []


def held_back(_task):
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_ctrl_c_is_held_back_from_a_worker_before_it_can_run_a_line():
    # In a process of its own: the first worker of one is started in another way than the next.
    code = (
        "if __name__ == '__main__':\n"
        " from common.test_processes import held_back\n"
        " from losscli.common.processes import side_by_side\n"
        " print(side_by_side(held_back, [1, 2], 2), held_back(None))"
    )
    done = python(code, PYTHONPATH=Path(__file__).parents[1])
    assert done.stdout == "[True, True] False\n"


def arranged(_task):
    return gc.isenabled(), gc.get_threshold(), sys.getswitchinterval()


def test_the_program_and_its_workers_are_arranged_alike_and_nobody_else():
    before = arranged(None)
    (worker,) = side_by_side(arranged, [1], 1)
    code = (
        "import gc, sys, losscli.__main__; sys.argv = ['losscli', '--version']; losscli.__main__.main()\n"
        "print((gc.isenabled(), gc.get_threshold(), sys.getswitchinterval()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, text=True)
    assert done.stdout.splitlines()[-1] == str(worker)
    assert worker[0] is True
    assert worker[1][0] > before[1][0]
    assert worker[2] < before[2]
    assert arranged(None) == before


def environment(_task):
    return os.environ.get("PYTHONSAFEPATH"), sys.path


@pytest.mark.parametrize("ours", [None, "", "yes"])
def test_a_worker_has_the_environment_and_the_paths_that_we_have(monkeypatch, ours):
    if ours is None:
        monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    else:
        monkeypatch.setenv("PYTHONSAFEPATH", ours)
    assert side_by_side(environment, [1], 1) == [(ours or None, sys.path)]
    assert (os.environ.get("PYTHONSAFEPATH") or None) == (ours or None)


def test_workers_do_not_outlive_whoever_started_them(tmp_path):
    code = (
        "if __name__ == '__main__':\n"
        " from test_processes import whimsical\n"
        " from losscli.common.processes import side_by_side\n"
        f" side_by_side(whimsical, [('value', 1), ('begin', {str(tmp_path / 'begun')!r})], 2)"
    )
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    running = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, start_new_session=True
    )
    while not (tmp_path / "begun").exists():
        assert running.poll() is None, "it ended before a worker began"
        time.sleep(0.1)
    running.kill()
    running.wait()
    for _ in range(100):
        try:
            os.killpg(running.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGKILL)
    pytest.fail("a worker is left")


def test_there_is_a_processor():
    assert processors() >= 1
