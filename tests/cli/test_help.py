"""What a command says of itself: short, in sections, with examples that work."""

import re
import shlex
from itertools import pairwise

import click
import pytest
from helpers.calls import losscli, shell
from helpers.documents import sandbox

from losscli.cli import sections
from losscli.cli.main import program
from losscli.cli.sections import ALL, GROUPS, OF_EVALUATE, Option, Section, brief, section_of

CONTEXT = click.Context(program)
COMMANDS = {name: program.get_command(CONTEXT, name) for name in program.list_commands(CONTEXT)}
SECTIONS = {one.title: one for one in vars(sections).values() if isinstance(one, Section)}
MOST_LINES, COLUMNS = 60, 80


def told(*arguments):
    done = losscli(*arguments, COLUMNS=COLUMNS)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def headings(text):
    return re.findall(r"^([A-Z][^\n]*):$", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_a_screen_or_two(name):
    lines = told(*name.split(), "--help").splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > COLUMNS] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_a_sentence_examples_sections_and_the_manual(name):
    command = COMMANDS[name]
    text = told(name, "--help")
    usage, sentence, *_ = text.split("\n\n")
    assert usage.startswith(f"Usage: losscli {name}")
    assert re.fullmatch(r"  \S[^.]*(\.\w[^.]*)*\.", sentence), "one sentence"
    examples = re.search(r"^Examples:\n((?:  losscli [^\n]+\n|  eval [^\n]+\n){2,4})\n", text, re.MULTILINE)
    assert examples is not None
    assert f"\nThe manual: losscli docs {command.manual}\n" in text
    assert losscli("docs", command.manual).returncode == 0
    found = [SECTIONS[title].place for title in headings(text) if title != "Examples"]
    assert found == sorted(found)
    assert found


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_work_where_the_sample_data_is(name, tmp_path):
    sandbox(tmp_path)
    for example in COMMANDS[name].examples:
        assert len(example) <= COLUMNS - 2
        words = shlex.split(example)
        if words[0] == "losscli" and ">" not in words and "{" not in example:
            done = losscli(*words[1:], cwd=tmp_path)
        else:
            done = shell(example, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), f"{example}\n{done.stderr}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_stands_in_a_section_and_is_told_whole(name):
    everything = " ".join(told(name, ALL).split())
    for option in COMMANDS[name].params:
        if isinstance(option, click.Option):
            assert isinstance(option, Option), f"{option.opts[0]} has no section"
            assert " ".join(option.help.split()) in everything


def test_rare_options_are_told_by_help_all_alone():
    short, everything = told("evaluate", "--help"), told("evaluate", ALL)
    for option in ("--label-delimiter", "--label-id", "--encoding", "--block-rows"):
        assert option not in short
        assert option in everything
    assert "Leave LABELS out" in everything
    assert OF_EVALUATE.title in headings(told("check", ALL))
    assert OF_EVALUATE.title not in headings(told("check", "--help"))


def test_an_option_without_a_section_is_one_of_output():
    assert section_of(click.Option(["--some"])) is sections.OUTPUT
    assert section_of(click.Option(["--some"], is_eager=True)) is sections.ADVANCED


@pytest.mark.parametrize(
    ("whole", "short"),
    [
        ("One; two. Three.  [default: 3]", "One.  [default: 3]"),
        ("One such as 0.3 or a,b. Two.", "One such as 0.3 or a,b."),
        ("One.", "One."),
    ],
)
def test_help_is_cut_at_a_stop(whole, short):
    assert brief(whole) == short


def test_defaults_are_shown():
    text = told("evaluate", "--help")
    assert re.search(r"--top N .*\[default: 5; --full: 10\]", " ".join(text.split()))
    assert "x>=" not in told("evaluate", ALL)


def test_the_program_groups_its_commands():
    text = told("--help")
    places = [text.index(f"\n{group}:\n") for group in GROUPS]
    assert places == sorted(places)
    for group, (start, end) in zip(GROUPS, pairwise([*places, len(text)]), strict=True):
        names = set(re.findall(r"^  ([a-z][\w-]*)  ", text[start:end], re.MULTILINE))
        assert names == {name for name, command in COMMANDS.items() if command.group == group}
        assert names


@pytest.mark.parametrize("name", COMMANDS)
def test_help_in_words_is_that_of_the_option(name):
    assert told("help", name) == told(name, "--help") == told(name, "-h")


def test_help_without_a_command_is_that_of_the_program():
    assert told("help") == told("--help")


def test_help_names_the_nearest_command():
    done = losscli("help", "evalute")
    assert done.returncode == 2
    assert done.stderr.startswith("losscli: COMMAND: there is no command 'evalute'; ")
    assert done.stderr.endswith(" Did you mean evaluate?\n")


def test_short_options_are_those_that_people_know():
    options = {
        short: one.opts[0]
        for command in COMMANDS.values()
        for one in command.params
        for short in one.opts
        if len(short) == 2
    }
    wanted = {
        "-l": "--loss",
        "-o": "--output",
        "-q": "--quiet",
        "-f": "--format",
        "-g": "--gate",
        "-n": "--top",
    }
    assert {short: options[short] for short in wanted} == wanted
    assert options.keys() - wanted.keys() <= {"-v"}
    assert losscli("-V").stdout == losscli("--version").stdout != ""


def test_short_options_do_what_long_ones_do():
    short = losscli("evaluate", "diabetes.csv", "-qlmse", "-l", "mae", "-g", "mse<1", "-n0")
    whole = losscli(
        *("evaluate", "diabetes.csv", "--quiet", "--loss=mse", "--loss", "mae", "--gate", "mse<1", "--top", 0)
    )
    assert (short.returncode, short.stdout) == (whole.returncode, whole.stdout)
    assert short.returncode == 1
    assert short.stdout.count("\n") == 2


def test_messages_name_the_long_option():
    done = losscli("evaluate", "diabetes.csv", "-l", "mse", "-n", "few")
    assert done.stderr.startswith("losscli: --top: 'few'; needed: a whole number")


@pytest.mark.parametrize(
    "words",
    ["sample_data/diabetes.csv -l mse", "-l mse sample_data/diabetes.csv", "--quiet -lmse 'my data.csv'"],
)
def test_a_call_without_a_command_is_told_one_that_can_be_pasted(words, tmp_path):
    folder = sandbox(tmp_path)
    (tmp_path / "my data.csv").write_bytes((folder / "diabetes.csv").read_bytes())
    done = losscli(*shlex.split(words), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no command before" in done.stderr
    (line,) = re.findall(r"`(losscli evaluate .*)`", done.stderr)
    again = shell(line, cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert "2978.4128969905414" in again.stdout


@pytest.mark.parametrize("words", ["evalute diabetes.csv", "--losss mse diabetes.csv", "--loss mse evaluate"])
def test_what_is_wrong_in_another_way_is_told_so(words):
    done = losscli(*words.split())
    assert done.returncode == 2
    assert "losscli evaluate" not in done.stderr
