"""The program around its commands: what is found, what is reported, what is imported."""

import sys

import click
import pytest
from helpers.calls import python

from losscli import __version__
from losscli.cli import command as _command
from losscli.cli import endings, main
from losscli.common import files as output
from losscli.common.errors import ExitStatus, LosscliError, OutputError, SeveralErrors, UsageError


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the program in this process; what comes back is (status, stdout, stderr)."""
    monkeypatch.delenv("LOSSCLI_TRACEBACK", raising=False)

    def call(*arguments):
        status = main.main(list(arguments))
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture
def command(monkeypatch):
    """Add a command `probe`, with the callback and options given."""

    def add(callback, *parameters):
        probe = _command.Command("probe", callback=callback, params=list(parameters))
        get, names = main.Commands.get_command, main.Commands.list_commands
        monkeypatch.setattr(
            main.Commands,
            "get_command",
            lambda self, ctx, name: probe if name == "probe" else get(self, ctx, name),
        )
        monkeypatch.setattr(main.Commands, "list_commands", lambda self, ctx: [*names(self, ctx), "probe"])

    return add


def raising(error):
    def callback(**_options):
        raise error

    return callback


def test_help_shows_every_command_and_what_it_is_for(run):
    status, out, err = run("--help")
    assert (status, err) == (0, "")
    context = click.Context(main.program)
    for name in main.program.list_commands(context):
        assert f"\n  {name} " in out
        assert main.program.get_command(context, name).get_short_help_str()


def test_every_command_reports_its_errors_together():
    context = click.Context(main.program)
    for name in main.program.list_commands(context):
        assert isinstance(main.program.get_command(context, name), _command.Command)


def test_the_version_is_that_of_the_package(run):
    assert run("--version") == (0, f"losscli {__version__}\n", "")


def test_without_a_command_the_help_is_on_stderr(run):
    status, out, err = run()
    assert (status, out) == (2, "")
    assert err.startswith("Usage: losscli")


def test_an_unknown_command_is_told_the_nearest_one(run):
    status, out, err = run("loses")
    assert (status, out) == (2, "")
    assert err == "losscli: there is no command 'loses'. Did you mean losses?\n"


def test_all_usage_errors_of_a_call_are_reported_together(run):
    status, _, err = run("losses", "--nonsense", "--formt=json", "--color", "pink", "--format", "xml")
    lines = err.splitlines()
    assert status == 2
    assert all(line.startswith("losscli: ") for line in lines)
    for words in ("'--nonsense'", "'--formt'. Did you mean --format?", "pink", "xml"):
        assert sum(words in line for line in lines) == 1
    assert sum("`losscli losses --help` shows the usage." in line for line in lines) <= 1


def test_what_may_be_the_value_of_an_unknown_option_is_no_second_error(run):
    _, _, err = run("losses", "word", "--nonsense", "3")
    assert len(err.splitlines()) == 1
    _, _, err = run("losses", "word", "extra", "--nonsense=3")
    assert len(err.splitlines()) == 2


def test_errors_that_callbacks_raise_are_reported_with_the_others(run, command):
    def check(_context, _parameter, value):
        raise SeveralErrors([UsageError("--gate", value), UsageError("--gate", "second")])

    command(lambda **_: None, click.Option(["--gate"], callback=check), click.Option(["--top"], type=int))
    status, _, err = run("probe", "--gate", "first", "--top", "many")
    assert status == 2
    assert [line.split(".")[0] for line in err.splitlines()] == [
        "losscli: --gate: first",
        "losscli: --gate: second",
        "losscli: --top: 'many'; needed: a whole number",
    ]


def test_a_cluster_of_short_options_ends_in_a_message(run):
    status, _, err = run("losses", "-xyz")
    assert status == 2
    assert "-x" in err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (LosscliError("a.csv row 3", "x is y", "z", "Do this."), ExitStatus.BAD_INPUT),
        (OutputError("out.csv", "no room"), ExitStatus.OUTPUT_FAILED),
        (SeveralErrors([UsageError("--a", "one"), OutputError("b", "two")]), ExitStatus.OUTPUT_FAILED),
        (KeyboardInterrupt(), ExitStatus.INTERRUPTED),
        (click.Abort(), ExitStatus.INTERRUPTED),
        (endings.Terminated(), ExitStatus.TERMINATED),
        (output.ReaderGone(), ExitStatus.PIPE_CLOSED),
        (BrokenPipeError(), ExitStatus.PIPE_CLOSED),
        (MemoryError(), ExitStatus.BAD_INPUT),
        (RuntimeError("can't start new thread"), ExitStatus.BAD_INPUT),
        (ImportError("x.so: failed to map segment from shared object"), ExitStatus.BAD_INPUT),
        (ZeroDivisionError("x"), ExitStatus.BUG),
        (SystemExit(0), ExitStatus.BUG),
        (EOFError(), ExitStatus.BUG),
        (RuntimeError("x"), ExitStatus.BUG),
        (click.ClickException("x"), ExitStatus.BAD_INPUT),
        (click.UsageError("x"), ExitStatus.BAD_INPUT),
        (click.exceptions.Exit(3), ExitStatus.UNDECIDED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_ending_has_its_exit_status(run, command, error, status):
    command(raising(error))
    found, out, err = run("probe")
    assert found == status
    assert out == ""
    assert "Traceback" not in err
    assert all(line.startswith("losscli: ") for line in err.splitlines())
    silent = status in (ExitStatus.PIPE_CLOSED, ExitStatus.UNDECIDED)
    assert bool(err) is not silent


def test_what_a_command_returns_is_the_exit_status(run, command):
    command(lambda: ExitStatus.GATE_FAILED)
    assert run("probe") == (1, "", "")


def test_nothing_returned_is_success(run, command):
    command(lambda: None)
    assert run("probe") == (0, "", "")


def test_an_error_is_one_sentence_in_four_parts(run, command):
    command(raising(LosscliError("a.csv row 3", "x is 2", "needed below 1", "Do this.")))
    assert run("probe")[2] == "losscli: a.csv row 3: x is 2; needed below 1. Do this.\n"


def test_a_caret_stays_under_its_place(run, command):
    command(raising(UsageError("--gate", "no", "", "\n  mse == 3\n      ^")))
    assert run("probe")[2] == "losscli: --gate: no.\nlosscli:   mse == 3\nlosscli:       ^\n"


@pytest.mark.parametrize(
    "hostile", ["a\n::error::b", "\x1b[2J", "\u202egnp", "a\r##vso[x]", "\x9b31m", "\udcff"]
)
def test_data_in_an_error_begins_no_line_and_commands_no_terminal(run, command, hostile):
    for error in (
        LosscliError(hostile, hostile, hostile, hostile),
        ZeroDivisionError(hostile),
        click.UsageError(hostile),
    ):
        command(raising(error))
        for arguments in (("probe",), ("--traceback", "probe")):
            err = run(*arguments)[2]
            assert all(line.startswith("losscli: ") for line in err.split("\n")[:-1])
            assert not set("\x1b\r\x9b\u202e\udcff") & set(err)


def test_a_line_end_in_data_is_shown_as_an_escape(run, command):
    command(raising(LosscliError("a\nb", "c\nd", "e\nf")))
    assert run("probe")[2] == "losscli: a\\x0ab: c\\x0ad; needed: e\\x0af\n"


def test_a_bug_says_so_and_asks_for_a_report(run, command):
    command(raising(ZeroDivisionError("float division by zero")))
    status, _, err = run("probe")
    assert status == 70
    assert "this is a bug in losscli: ZeroDivisionError: float division by zero" in err
    assert "report it, together" in err
    assert "--traceback" in err


@pytest.mark.parametrize("arguments", [("--traceback", "probe"), ("probe", "--traceback")])
def test_a_traceback_is_shown_where_it_is_asked_for(run, command, arguments):
    command(raising(LosscliError("a.csv", "wrong")))
    status, _, err = run(*arguments)
    assert status == 2
    assert "losscli: Traceback (most recent call last):\n" in err
    assert err.endswith("losscli: a.csv: wrong\n")


@pytest.mark.parametrize(("value", "shown"), [("1", True), ("0", False), ("", False)])
def test_the_environment_may_ask_for_tracebacks(run, command, monkeypatch, value, shown):
    command(raising(LosscliError("a.csv", "wrong")))
    monkeypatch.setenv("LOSSCLI_TRACEBACK", value)
    assert ("Traceback" in run("probe")[2]) is shown


def test_lack_of_memory_names_the_remedy(run, command):
    command(raising(MemoryError()))
    assert "--block-rows" in run("probe")[2]


def test_a_result_that_is_flushed_late_and_fails_is_not_a_success(command, monkeypatch, capsys):
    class Full:
        def write(self, text):
            return len(text)

        def flush(self):
            raise OutputError("stdout", "no space left on device")

        def fileno(self):
            raise OSError

    command(lambda: ExitStatus.OK)
    monkeypatch.setattr(sys, "stdout", Full())
    assert main.main(["probe"]) == ExitStatus.OUTPUT_FAILED
    assert capsys.readouterr().err == "losscli: stdout: no space left on device\n"


HEAVY = ("numpy", "pandas", "rich")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["losses", "--help"], ["nonsense"], []])
def test_help_and_usage_errors_import_click_alone(arguments):
    program = """if True:
        import sys
        from losscli.__main__ import main
        sys.argv[0] = "losscli"
        status = main()
        print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
    """
    done = python(program, *arguments)
    loaded = done.stdout.rpartition("LOADED ")[2].split()
    assert "click" in loaded
    assert not set(HEAVY) & set(loaded)
