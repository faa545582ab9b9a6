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
from losscli.compute.engines.processes import Processes


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


HERE = "elsewhere"
"""What a copy of a process has that says something else, and a new interpreter has not."""


def where(_task):
    return HERE


COPIES = (
    "if __name__ == '__main__':\n"
    " import threading\n"
    " from common import test_processes\n"
    " from losscli.common import processes\n"
    " test_processes.HERE = 'copied'\n"
    " found = []\n"
    " def add(copies):\n"
    "  found.extend(processes.side_by_side(test_processes.where, [1, 2], 2, copies=copies))\n"
    " add(True)\n"
    " processes.arrange_own_process()\n"
    " add(False)\n"
    " add(True)\n"
    " threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    " add(True)\n"
    " print(found)"
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no safe copy elsewhere")
def test_copies_are_made_of_a_process_of_our_own_with_one_thread():
    done = python(COPIES, PYTHONPATH=Path(__file__).parents[1], OPENBLAS_NUM_THREADS="1", PYTHONUNBUFFERED="")
    elsewhere, copied = ["elsewhere"] * 2, ["copied"] * 2
    assert done.stdout == f"{[*elsewhere, *elsewhere, *copied, *elsewhere]}\n", done.stderr


CREW = (
    "if __name__ == '__main__':\n"
    " import multiprocessing\n"
    " from common.test_processes import {function}\n"
    " from losscli.common import processes\n"
    " processes.arrange_own_process()\n"
    " print('not written yet', end='')\n"
    " found = processes.side_by_side({function}, {tasks}, 2, copies=True)\n"
    " print(found, multiprocessing.active_children())"
)


def in_copies(function, tasks):
    code = CREW.format(function=function, tasks=tasks)
    return python(code, PYTHONPATH=Path(__file__).parents[1], OPENBLAS_NUM_THREADS="1", PYTHONUNBUFFERED="")


def fate(task):
    """Return nothing of a process, so that outputs can be held against each other."""
    return whimsical(task)[0]


def test_copies_do_what_new_interpreters_do():
    tasks = [("die", 0), ("value", 1), ("raise", "no"), ("leave", 7), ("value", 2), ("value", 3)]
    done = in_copies("fate", tasks)
    assert done.stdout == f"not written yet{side_by_side(fate, tasks, 2)} []\n", done.stderr
    assert done.stderr == ""
    done = in_copies("held_back", [1, 2])
    assert done.stdout == "not written yet[True, True] []\n", done.stderr


def add_up(kept):
    """Have the last result say what all of them say."""
    kept[:] = [*(0 for _ in kept[1:]), sum(kept)]


def test_what_a_worker_gathers_comes_once():
    found = side_by_side(square, range(9), 2, add_up)
    assert len(found) == 9
    assert sum(found) == sum(number * number for number in range(9))
    assert sum(map(bool, found)) <= 2


def number_or_death(task):
    number, path = task
    if number == 4 and not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 6:
        raise ValueError("six")
    return number


def test_what_a_dead_worker_had_gathered_is_made_anew(tmp_path):
    tasks = [(number, str(tmp_path / "dead")) for number in range(8)]
    found = side_by_side(number_or_death, tasks, 1, add_up)
    assert [place for place, one in enumerate(found) if isinstance(one, Crash)] == [4, 6]
    assert str(found[4]) == "its process was killed by signal 9 (SIGKILL)"
    assert sum(one for one in found if not isinstance(one, Crash)) == sum(range(8)) - 4 - 6
    assert Processes(2).gathered(number_or_death, tasks[:6], add_up).pop() is not None
    assert alive() == []


def break_down(kept):
    raise ValueError(f"{len(kept)} of them")


def test_what_cannot_be_gathered_or_sent_is_said():
    assert side_by_side(square, [1, 2], 1, break_down) == [Crash(None, "ValueError: 1 of them")] * 2
    found = side_by_side(whimsical, [("unpicklable", 0), ("value", 1)], 1, list.reverse)
    assert all("pickle" in str(one) for one in found)
    (found,) = side_by_side(square, [lambda: 1], 1)
    assert "pickle" in str(found)


def leave_late(kept):
    """Die when there is something to be sent."""
    kept[-1] = Deadly()


class Deadly:
    def __reduce__(self):
        os._exit(9)


def test_a_worker_that_dies_while_it_sends_has_lost_all_that_it_had():
    assert side_by_side(square, [1, 2], 1, leave_late) == [Crash(9)] * 2
