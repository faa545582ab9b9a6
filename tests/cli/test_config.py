"""Configs: where they are found, what is read, and how mistakes are told."""

import tracemalloc

import pytest

from losscli.cli.commands.check.config import find, read, selected
from losscli.common.errors import LosscliError, SeveralErrors

ONE = '[[check]]\npredictions = "p.csv"\nloss = "mse"\n'


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def to(path, text):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file.relative_to(tmp_path))

    return to


def told(action):
    with pytest.raises(LosscliError) as error:
        action()
    errors = error.value.errors if isinstance(error.value, SeveralErrors) else (error.value,)
    return [str(one) for one in errors]


def mistakes(path):
    return [str(error) for error in read(path).checks()[1]]


def test_a_config_is_found_in_the_nearest_folder_that_has_one(write, tmp_path):
    write("losscli.toml", ONE)
    write("a/pyproject.toml", ONE.replace("[[check]]", "[[tool.losscli.check]]"))
    write("a/b/pyproject.toml", "[tool.black]\n")
    write("a/b/c/x", "")
    assert find(tmp_path / "a" / "b" / "c").shown == "a/pyproject.toml"
    assert find(tmp_path).shown == "losscli.toml"
    write("a/losscli.toml", ONE)
    found = find(tmp_path / "a" / "b")
    assert (found.shown, found.found, found.file) == ("a/losscli.toml", True, tmp_path / "a" / "losscli.toml")
    assert read("a/losscli.toml").found is False


def test_a_broken_pyproject_is_passed_over_unless_it_names_us(write, tmp_path):
    write("losscli.toml", ONE)
    write("a/pyproject.toml", "[tool.black\n")
    assert find(tmp_path / "a").shown == "losscli.toml"
    write("a/pyproject.toml", b"\xff\xfe")
    assert find(tmp_path / "a").shown == "losscli.toml"
    write("a/pyproject.toml", "[tool.losscli\n")
    (said,) = told(lambda: find(tmp_path / "a"))
    assert said.startswith("a/pyproject.toml line 1, column 14: not valid TOML")


def test_a_pyproject_with_our_table_but_no_checks_is_an_error(write, tmp_path):
    write("pyproject.toml", "[tool.losscli]\nchecks = []\n")
    assert told(lambda: find(tmp_path)) == [
        (
            "pyproject.toml: there is no table or key 'checks' at the top level; needed: tables "
            "[[tool.losscli.check]]. Did you mean check?"
        )
    ]


def test_no_config_anywhere_says_what_was_looked_for(tmp_path):
    (said,) = told(lambda: find(tmp_path))
    assert said.startswith("CONFIG: there is no losscli.toml, and no pyproject.toml with")
    assert said.endswith("Name one: losscli check FILE")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "c.toml: it has no checks; needed: at least one table [[check]]"),
        ("check = []", "c.toml: it has no checks; needed: at least one table [[check]]"),
        ("check = 3", "c.toml: check is not a list of tables; needed: [[check]], in double brackets"),
        ("check = [3]", "c.toml: check is not a list of tables; needed: [[check]], in double brackets"),
        ("[check]\nloss = 'mse'", "c.toml: [check] is a single table; needed: [[check]], in double brackets"),
        (b"# \xe4\n", "c.toml line 1: the bytes are not UTF-8; needed: TOML in UTF-8"),
        ("x" * (1 << 20) + "=1", "c.toml: it is larger than 1 MiB; needed: a config in TOML"),
        ("a = " + "[" * 5000, "c.toml: it is nested too deeply; needed: a list of checks"),
        ("[[check]]\nid = \n", "c.toml line 2, column 6: not valid TOML: invalid value.\n  id = \n       ^"),
        ("[[check]]\nid = '", 'c.toml at its end: not valid TOML; needed: "\'"'),
        (
            "[[check]]\r\nid = \x1b\r\n",
            "line 2, column 6: not valid TOML: invalid value.\n  id = \\x1b\n       ^",
        ),
    ],
)
def test_a_file_that_is_no_config_says_where_and_why(write, text, said):
    path = write("c.toml", text)
    (found,) = told(lambda: read(path))
    assert found.endswith(said)


def test_what_cannot_be_read_says_why(write, tmp_path):
    assert told(lambda: read("none.toml")) == [
        "none.toml: cannot be read: no such file or directory; needed: a config in TOML"
    ]
    (said,) = told(lambda: read(str(tmp_path)))
    assert said.endswith("is a directory; needed: a config in TOML. Name a file in it, such as losscli.toml.")
    (said,) = told(lambda: read("a\0b"))
    assert "cannot be read" in said


def test_a_byte_order_mark_is_no_mistake(write):
    assert mistakes(write("c.toml", b"\xef\xbb\xbf" + ONE.encode())) == []


def test_all_mistakes_are_told_with_their_places(write):
    path = write(
        "c.toml",
        '[[check]]\nname = "a"\nlos = "mse"\ntop = "x"\n\n[[check]]\nname = "a"\nquiet = true\n'
        'no_header = true\n\n[[check]]\nname = ""\n--gate = "x"\n\n[[check]]\nname = 3\nzzzzz = 1\n\n'
        "[other]\n",
    )
    assert mistakes(path) == [
        "c.toml: there is no table or key 'other' at the top level; needed: tables [[check]]",
        (
            "c.toml, check 'a': los: there is no such key; needed: a long option of "
            "`losscli evaluate`. Did you mean loss?"
        ),
        "c.toml, check 'a': top: the text 'x'; needed: an integer",
        "c.toml, check 'a': name: check 1 of this file is also called 'a'; needed: a unique name",
        (
            "c.toml, check 'a': quiet: it cannot be set in a config. The table of checks shows the "
            "costs, and the output of a check has every figure."
        ),
        (
            "c.toml, check 'a': no_header: there is no such key; needed: a long option of "
            "`losscli evaluate`. Did you mean header?"
        ),
        "c.toml, check 'check 3': name: not text; needed: a name in quotes",
        (
            "c.toml, check 'check 3': --gate: there is no such key; needed: a long option of "
            "`losscli evaluate`. Did you mean gate?"
        ),
        "c.toml, check 'check 4': name: not text; needed: a name in quotes",
        ("c.toml, check 'check 4': zzzzz: there is no such key; needed: a long option of `losscli evaluate`"),
    ]


def test_checks_have_names_and_settings_with_their_places(write):
    path = write("pyproject.toml", f"[tool.losscli]\n[[tool.losscli.check]]\n{ONE[10:]}")
    (check,), errors = read(path).checks()
    assert errors == []
    assert (check.name, check.where, check.whole) == ("check 1", "pyproject.toml, check 'check 1'", True)
    assert {key: setting.origin for key, setting in check.settings.items()} == {
        "predictions": "pyproject.toml",
        "loss": "pyproject.toml",
    }
    assert check.origin("loss") == "pyproject.toml, check 'check 1': loss"


def test_a_name_that_another_check_gets_by_its_place_is_taken(write):
    path = write("c.toml", '[[check]]\nname = "check 2"\n[[check]]\nname = "b"\n[[check]]\nname="check 1"\n')
    assert mistakes(path) == []
    path = write("c.toml", '[[check]]\nname = "check 2"\n[[check]]\n')
    assert len(mistakes(path)) == 1


def test_checks_are_selected_by_name_in_the_order_of_the_file(write):
    path = write("c.toml", '[[check]]\nname = "b"\n[[check]]\nname = "a"\n[[check]]\nname = "c"\n')
    checks, _ = read(path).checks()
    wanted, errors = selected(checks, ["a", "b", "a"])
    assert ([check.name for check in wanted], errors) == (["b", "a"], [])
    assert len(selected(checks, [])[0]) == 3
    _, errors = selected(checks, ["d", "e", "d"])
    assert [str(error) for error in errors] == [
        "--only: there is no check 'd'; needed: one of 'b', 'a', 'c'",
        "--only: there is no check 'e'; needed: one of 'b', 'a', 'c'",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_config_in_utf_16_is_read_by_its_mark(write, encoding):
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    path = write("c.toml", mark + f"{ONE}name = 'é→'\r\n".encode(encoding))
    assert [check.name for check in read(path).checks()[0]] == ["é→"]


def test_a_config_that_is_cut_in_utf_16_is_told_as_such(write):
    path = write("c.toml", b"\xff\xfea")
    assert told(lambda: read(path)) == ["c.toml line 1: the bytes are not UTF-16; needed: TOML in UTF-8"]


MANY = 20_000
LONG_KEYS = {
    "bare": "{} = 1".format(".".join("a" * MANY)),
    "spaced": "{} = 1".format(" . ".join("a" * MANY)),
    "quoted": "{} = 1".format(".".join(['"a"'] * MANY)),
    "literal": "{} = 1".format(".".join(["'#'"] * MANY)),
    "table": "[{}]".format(".".join("a" * MANY)),
    "array": "[[{}]]".format(".".join("a" * MANY)),
    "inline": "x = {{ {} = 1 }}".format(".".join("a" * MANY)),
    "behind a text": 'x = \'\'\'\n"\'\'\' # "\'\ny = """\n\'\\"""" \n{} = 1'.format(".".join("a" * MANY)),
}


@pytest.mark.parametrize("text", LONG_KEYS.values(), ids=LONG_KEYS)
@pytest.mark.parametrize("name", ["losscli.toml", "pyproject.toml"])
def test_a_key_of_very_many_parts_is_refused_before_it_is_read(write, tmp_path, text, name):
    write(name, f"# losscli\n{text}\n")
    tracemalloc.start()
    (said,) = told(lambda: find(tmp_path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said.startswith(f"{name} line ")
    assert f"a key with {MANY} parts; needed: at most 32" in said
    assert peak < 50e6


def test_dots_in_texts_numbers_and_comments_are_no_parts_of_a_key(write):
    dots = "a." * 100
    texts = [f"# {dots}", "[[check]]", f'name = "{dots}"', "x.y = [1.5, 2.5" + ", 1.5" * 100 + "]"]
    texts += [
        f"a = '{dots}'",
        f"b = '''\n{dots}\n\"'''",
        f'c = """\n\\"{dots}"""',
        ".".join("k" * 32) + " = 1",
    ]
    (table,) = read(write("c.toml", "\n".join(texts))).tables
    assert (table["name"], table["a"]) == (dots, dots)
