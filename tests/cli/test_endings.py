"""The real program, ended in every way a shell can end it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers import calls
from helpers.calls import PROGRAM, losscli, process, python


def shell(line, **environ):
    return calls.shell(f"set -o pipefail; {line}", **environ)


def only_our_lines(stderr):
    return all(line.startswith("losscli: ") for line in stderr.splitlines())


@pytest.mark.parametrize(
    "command", ["losses", "losses --format json", "explain mse", "--help", "--version", "completion bash"]
)
def test_a_full_disk_behind_stdout_is_74(command):
    done = shell(f"losscli {command} > /dev/full")
    assert done.returncode == 74
    assert done.stderr == (
        "losscli: stdout: cannot be written: no space left on device. "
        "Free some space, or write to another disk.\n"
    )


@pytest.mark.parametrize("command", ["losses", "explain mse", "--help", "evaluate --help", "--version"])
def test_a_closed_stdout_is_74(command):
    done = shell(f"losscli {command} >&-")
    assert done.returncode == 74
    assert done.stderr.startswith("losscli: stdout: it is closed")
    assert only_our_lines(done.stderr)


def test_with_all_streams_closed_the_status_still_tells():
    assert shell("losscli losses <&- >&- 2>&-").returncode == 74
    assert shell("losscli nonsense <&- 2>&-").returncode == 2
    assert shell("losscli nonsense 2> /dev/full").returncode == 2
    assert shell("losscli losses > /dev/full 2> /dev/full").returncode == 74


def test_a_closed_stream_leaves_no_descriptor_for_the_next_file_to_become():
    program = (
        "import os, losscli.cli.terminal.streams as s; s.prepare(); "
        "os._exit(os.open('/dev/null', os.O_RDONLY))"
    )
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        assert shell(f"'{sys.executable}' -c \"{program}\" {closed}").returncode >= 3


def test_what_the_encoding_of_stdout_lacks_is_escaped():
    program = "import losscli.cli.terminal.streams as s; s.prepare(); print('\\xe9')"
    done = shell(f"'{sys.executable}' -c \"{program}\"", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.stdout, done.stderr) == ("\\xe9\n", "")


def test_a_closed_stdout_does_no_harm_where_nothing_is_written_to_it():
    assert shell("losscli nonsense >&-").returncode == 2


def test_a_reader_that_has_seen_enough_is_141_and_no_message():
    done = shell("losscli losses --format json | head -c 1")
    assert (done.returncode, done.stdout, done.stderr) in ((141, "[", ""), (0, "[", ""))
    done = shell("losscli losses | (exec <&-; sleep 1)")
    assert (done.returncode, done.stderr) == (141, "")


def test_what_was_written_before_an_error_is_not_lost():
    assert shell("losscli losses nonsense-word").stdout == ""
    assert "mse" in shell("losscli losses mse").stdout


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}]
)
@pytest.mark.parametrize("command", ["explain bce", "explain mse", "losses", "losses --format json"])
def test_an_ascii_locale_gets_ascii_and_no_error(command, locale):
    done = shell(f"losscli {command}", **locale)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "?" not in done.stdout
    assert "\\u" not in done.stdout or "json" in command
    if "json" in command:
        assert json.loads(done.stdout) == json.loads(losscli(*command.split()).stdout)


@pytest.mark.parametrize("columns", ["1", "20", "40", "80", "300"])
def test_a_page_keeps_to_the_width_of_the_terminal(columns):
    done = losscli("explain", "mse", COLUMNS=columns)
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= min(100, max(20, int(columns)))


def test_the_module_is_the_program():
    assert shell("losscli losses").stdout == process("losses").stdout


def test_usage_is_named_losscli_however_it_was_started():
    done = process("--help")
    assert done.stdout.startswith("Usage: losscli ")


BLOCKING = """if True:
    import sys, time, threading
    import click
    from losscli.cli import command as _command, main
    from losscli.common.files import atomic_write

    def wait():
        if sys.argv[2] == "thread":
            threading.Thread(target=lambda: open(sys.argv[3]).read()).start()
        with atomic_write(sys.argv[1]) as file:
            file.write("half")
            print("ready", file=sys.stderr, flush=True)
            # In short steps: a signal just before a long one would be looked at behind it.
            for _ in range(1200):
                time.sleep(0.05)

    command = _command.Command("wait", callback=wait)
    main.Commands.get_command = lambda self, ctx, name: command
    main.Commands.list_commands = lambda self, ctx: ["wait"]
    arguments, sys.argv[1:] = sys.argv[1:], ["wait"]
    real, sys.argv = sys.argv, ["losscli", *arguments]
    import losscli.__main__
    main_, main.main = main.main, lambda: main_(["wait"])
    sys.exit(losscli.__main__.main())
"""


def start(folder, kind):
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    out = folder / "out.txt"
    out.write_text("before")
    running = subprocess.Popen(
        [sys.executable, "-c", BLOCKING, out, kind, fifo], stderr=subprocess.PIPE, text=True
    )
    assert running.stderr.readline() == "ready\n"
    return running, out


@pytest.mark.parametrize("kind", ["alone", "thread"])
@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "losscli: interrupted\n"),
        (signal.SIGTERM, 143, "losscli: terminated\n"),
        (signal.SIGHUP, 143, "losscli: terminated\n"),
    ],
)
def test_a_signal_ends_the_run_cleans_up_and_is_told_by_the_status(tmp_path, number, status, said, kind):
    running, out = start(tmp_path, kind)
    running.send_signal(number)
    stderr = running.communicate(timeout=20)[1]
    assert (running.returncode, stderr) == (status, said)
    assert out.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "out.txt"]


def test_a_signal_that_is_ignored_stays_ignored(tmp_path):
    done = shell(
        f"trap '' HUP; \"{sys.executable}\" -c 'import os, signal, losscli.cli.endings as e\n"
        "with e.signals_raise():\n os.kill(os.getpid(), signal.SIGHUP)\nprint(1)'"
    )
    assert done.stdout == "1\n"


def test_an_early_interruption_is_silent_and_130():
    program = """if True:
        import sys
        class Early:
            def find_spec(self, name, path, target=None):
                if name == "click":
                    raise KeyboardInterrupt
        sys.meta_path.insert(0, Early())
        from losscli.__main__ import main
        sys.exit(main())
    """
    done = python(program)
    assert (done.returncode, done.stderr) == (130, "")


def test_tight_memory_ends_in_a_message():
    done = shell("ulimit -v 200000; losscli losses", OPENBLAS_NUM_THREADS="1")
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


@pytest.fixture
def samples(tmp_path):
    path = tmp_path / "samples.csv"
    rows = "".join(f"{row},{row % 7}\n" for row in range(50_000))
    path.write_text(f"prediction,label\n{rows}")
    return path


def test_samples_that_nobody_wants_to_read_to_the_end_are_141(samples, tmp_path):
    report = tmp_path / "report.txt"
    done = shell(f"losscli evaluate {samples} --loss mse --per-sample - --output {report} | head -1")
    assert (done.returncode, done.stderr) == (141, "")
    assert done.stdout.startswith("row,")


@pytest.mark.parametrize("option", ["", "--quiet", "--format json", "--per-sample - --output /dev/null"])
def test_results_that_do_not_fit_on_the_disk_are_74(samples, option):
    done = shell(f"losscli evaluate {samples} --loss mse {option} > /dev/full")
    assert done.returncode == 74
    assert "no space left on device" in done.stderr
    assert only_our_lines(done.stderr)


@pytest.mark.parametrize("target", ["missing/out.json", "."])
@pytest.mark.parametrize("option", ["--output", "--per-sample"])
def test_a_place_that_cannot_be_written_to_is_74(samples, tmp_path, option, target):
    path = tmp_path / target / "out.csv" if target != "." else tmp_path
    if option == "--per-sample" and target == ".":
        path = tmp_path / "folder.csv"
        path.mkdir()
    done = losscli("evaluate", samples, "--loss", "mse", option, path)
    assert done.returncode == 74
    assert only_our_lines(done.stderr)


def test_a_failed_gate_is_lost_to_an_output_that_failed(samples):
    assert shell(f"losscli evaluate {samples} --loss mse --gate 'mse < 0'").returncode == 1
    assert shell(f"losscli evaluate {samples} --loss mse --gate 'mse < 0' > /dev/full").returncode == 74
    assert shell(f"losscli evaluate {samples} --loss mse --gate 'mse < 0' >&-").returncode == 74


def test_a_closed_stdout_does_no_harm_where_the_report_goes_to_a_file(samples, tmp_path):
    done = shell(f"losscli evaluate {samples} --loss mse --format json --output {tmp_path}/out.json >&- <&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text())["results"][0]["n"] == 50_000


def test_an_unreadable_file_is_2_and_its_name_is_not_obeyed(tmp_path):
    path = tmp_path / "a\n::error::b\x1b[2J.csv"
    done = losscli("evaluate", path, "--loss", "mse")
    assert done.returncode == 2
    assert only_our_lines(done.stderr)
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_waiting_for_a_fifo_can_be_ended(samples, tmp_path, number, status, two):
    """Nobody ever writes to the FIFO; the signal arrives while the program waits for it."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    inputs = [samples, fifo] if two else [fifo]
    files = ["--output", tmp_path / "out.txt", "--per-sample", tmp_path / "out.csv"]
    running = subprocess.Popen(
        [*PROGRAM, "evaluate", *inputs, "--loss", "mse", *files], stderr=subprocess.PIPE, text=True
    )
    wait_until_asleep(running.pid)
    running.send_signal(number)
    stderr = running.communicate(timeout=20)[1]
    assert running.returncode == status
    assert only_our_lines(stderr)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "samples.csv"]


def wait_until_asleep(pid):
    """Wait until the process has used no processor time for a while: it is blocked."""
    used, quiet = None, 0
    while quiet < 5:
        time.sleep(0.1)
        now = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        quiet = quiet + 1 if now == used and now != ["0", "0"] else 0
        used = now


@pytest.mark.slow
def test_an_interruption_at_any_time_ends_without_a_traceback():
    program = """if True:
        import os, signal, sys, threading
        timer = threading.Timer(float(sys.argv.pop(1)), os.kill, (os.getpid(), signal.SIGINT))
        timer.daemon = True
        from losscli.__main__ import main
        timer.start()
        sys.exit(main())
    """
    seen = set()
    for step in range(12):
        done = python(program, 0.01 + 0.02 * step, "losses")
        assert done.returncode in (0, 130)
        assert only_our_lines(done.stderr)
        seen.add(done.returncode)
    assert 130 in seen
