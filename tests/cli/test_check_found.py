"""What a config that was found, and not named, may write: files below its own folder, and no others."""

import os
from pathlib import Path

import pytest
from helpers.calls import losscli

CHECK = '[[check]]\npredictions = "t.csv"\nloss = "mse"\n'
KEYS = {
    "output": "{}",
    "receipt": "{}",
    "per-sample": "{}",
    **{f"report {name}": f"{name}={{}}" for name in ("json", "junit", "markdown", "csv")},
}
PATHS = {
    "above": "../victim.csv",
    "above by a detour": "sub/../../victim.csv",
    "absolute": "{root}/victim.csv",
    "a link": "link.csv",
    "a folder that is a link": "folder/victim.csv",
    "a link that stays below": "here/out.csv",
    "behind a link": "folder/../victim.csv",
    "a device": "/dev/stdout",
}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "victim.csv").write_text("precious\n")
    project = tmp_path / "project"
    (project / "sub").mkdir(parents=True)
    (project / "t.csv").write_text("prediction,label\n1,2\n3,1\n")
    (project / "link.csv").symlink_to("../victim.csv")
    (project / "folder").symlink_to("..")
    (project / "here").symlink_to("sub")
    return tmp_path


def files(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def config(root, key, path, more=""):
    value = KEYS[key].format(path.format(root=root))
    text = f'{CHECK}{more}{key.partition(" ")[0]} = "{value}"\n'
    (root / "project" / "losscli.toml").write_text(text)
    return files(root)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("key", KEYS)
def test_what_was_found_writes_nothing_outside_of_its_folder(root, key, path):
    before = config(root, key, path)
    done = losscli("check", cwd=root / "project")
    assert done.returncode == 2
    assert f"check 'check 1': {key.partition(' ')[0]}: " in done.stderr
    assert "losscli.toml was found rather than named" in done.stderr
    assert "To allow it: losscli check losscli.toml" in done.stderr
    assert files(root) == before


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_neither_does_it_where_something_else_is_wrong(root, path):
    for more in ("bogus = 1\n", 'gate = "mse <"\n', 'name = ""\n'):
        before = config(root, "report json", path, more)
        assert losscli("check", cwd=root / "project").returncode == 2
        assert files(root) == before


def test_an_absolute_path_below_the_folder_is_fine(root):
    config(root, "output", "{root}/project/out.txt")
    assert losscli("check", cwd=root / "project").returncode == 0
    assert (root / "project" / "out.txt").exists()


@pytest.mark.parametrize("key", KEYS)
def test_what_is_below_is_written_from_further_below_too(root, key):
    config(root, key, "./sub/../out.csv")
    done = losscli("check", cwd=root / "project" / "sub")
    assert done.returncode == 0, done.stderr
    assert (root / "project" / "out.csv").read_text()


@pytest.mark.parametrize("key", KEYS)
def test_what_was_named_writes_anywhere(root, key):
    config(root, key, "../victim.csv")
    done = losscli("check", "losscli.toml", cwd=root / "project")
    assert done.returncode == 0, done.stderr
    assert (root / "victim.csv").read_text() != "precious\n"


def test_a_config_in_a_folder_above_that_others_write_to_was_found(root):
    config(root, "output", "../victim.csv")
    (root / "project").chmod(0o777)
    before = files(root)
    assert losscli("check", cwd=root / "project" / "sub").returncode == 2
    assert files(root) == before


def test_options_of_the_call_write_anywhere(root):
    config(root, "output", "out.txt")
    done = losscli(
        "check", "--report", "json=../all.json", "--output", "../page.txt", cwd=root / "project", stdin=None
    )
    assert done.returncode == 0, done.stderr
    assert (root / "all.json").exists()
    assert (root / "page.txt").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_link_that_appears_during_the_run_is_not_followed(root, jobs):
    """As by a loss that is another program's work: the last moment decides."""
    own = root / "own.py"
    own.write_text(
        "import os\n"
        "def loss(label, prediction):\n"
        "    if not os.path.islink('late.txt'):\n"
        "        os.symlink('../victim.csv', 'late.txt')\n"
        "    return abs(label - prediction)\n"
    )
    (root / "project" / "losscli.toml").write_text(
        CHECK + 'output = "late.txt"\n' + CHECK.replace("t.csv", "u.csv")
    )
    os.link(root / "project" / "t.csv", root / "project" / "u.csv")
    done = losscli("check", "--loss", "../own.py:loss", "--jobs", jobs, cwd=root / "project")
    assert done.returncode == 74, done.stderr
    assert (root / "victim.csv").read_text() == "precious\n"
    assert Path(root / "project" / "late.txt").is_symlink()
