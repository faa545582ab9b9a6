"""`--per-sample FOLDER/`: a file for each part, which are together the file of one run."""

import random
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from helpers.calls import losscli as call
from helpers.calls import process
from helpers.crews import Here
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate import in_parts as losses
from losscli.analyses.evaluate import run
from losscli.analyses.gradient import in_parts as gradients
from losscli.common.errors import LosscliError, OutputError
from losscli.common.files import atomic_folder
from losscli.inputs import partitions
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec
from losscli.outputs.samples.file import SampleSink
from losscli.outputs.samples.folder import samples_to
from losscli.outputs.samples.gradient import GradientSink

N = 60


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Let texts of a few bytes be cut."""
    monkeypatch.setattr(partitions, "LEAST_BYTES", 64)


def request(predictions, labels, **asked):
    bound = tuple(parse_spec(spec, registry.find) for spec in ("mse", "huber"))
    return Request(str(predictions), str(labels), loss=bound, weight="w", **asked)


def rows(seed, *, ids=True):
    """Return lines of predictions and of labels, each below its header."""
    rng = random.Random(seed)
    numbers = [*range(5, 5 + N)]
    names = [f"{number}," if ids else "" for number in numbers]
    left = ["id,prediction,c" if ids else "prediction,c"]
    left += [f"{name}{rng.gauss(0, 3)},x{number}" for name, number in zip(names, numbers, strict=True)]
    right = ["id,label,w" if ids else "label,w"]
    right += [f"{name}{rng.gauss(0, 3)},{rng.choice([0, 1, 0.5])}" for name in names]
    return left, right


def write(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines))


def joined(folder, suffix):
    """Return the files of a folder as one, whose first line is theirs."""
    files = sorted(Path(folder).iterdir())
    assert [file.name for file in files] == [f"part-{number:05}{suffix}" for number in range(len(files))]
    if suffix == ".jsonl":
        return "".join(file.read_text() for file in files), len(files)
    heads, bodies = zip(*(file.read_text().split("\n", 1) for file in files), strict=True)
    assert len({*heads}) == 1
    return "\n".join([heads[0], "".join(bodies)]), len(files)


def agree(asked, folder, crew, of, suffix=".csv"):
    """Hold the files of a run in parts against the file of one run; return how many there are."""
    whole = str(folder.with_name("whole" + suffix))
    name = f"{folder}{suffix if suffix != '.csv' else ''}"
    if of is None:
        with SampleSink(whole) as sink:
            report = run.evaluate(asked, sink=sink)
        with samples_to(f"{name}/", SampleSink, in_parts=True) as samples:
            assert losses.evaluate(asked, crew, samples=samples) == report
    else:
        make = partial(GradientSink, weigh=of == "cost")
        with make(whole) as sink:
            report = gradients.run.gradient(asked, of, sink=sink)
        with samples_to(f"{name}/", make, in_parts=True) as samples:
            assert repr(gradients.gradient(asked, of, crew, samples=samples)) == repr(report)
    text, files = joined(name, suffix)
    assert text == Path(whole).read_text()
    return files


@settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 9),
    cuts=st.none() | st.lists(st.integers(0, N), min_size=1, max_size=4).map(sorted),
    ids=st.booleans(),
    of=st.sampled_from([None, "loss", "cost"]),
    reduction=st.sampled_from(["mean", "sum"]),
    suffix=st.sampled_from([".csv", ".jsonl"]),
    order=st.integers(0, 9),
)
def test_files_of_parts_are_the_file_of_one_run(
    tmp_path_factory, seed, cuts, ids, of, reduction, suffix, order
):
    place = tmp_path_factory.mktemp("parts")
    for name, lines in zip("pl", rows(seed, ids=ids), strict=True):
        if cuts is None:
            write(place / name, lines)
            continue
        (place / name).mkdir()
        for number, (start, stop) in enumerate(pairwise([0, *cuts, N])):
            write(place / name / f"{number}.csv", [lines[0], *lines[1 + start : 1 + stop]])
    asked = request(place / "p", place / "l", reduction=reduction, show=("c",))
    parts = agree(asked, place / "out", Here(3, shuffled=order), of, suffix)
    assert parts == (3 if cuts is None else len(cuts) + 1)


@pytest.mark.parametrize("of", [None, "loss", "cost"])
def test_what_parts_leave_to_one_run_is_one_file(tmp_path, of):
    left, right = rows(1)
    write(tmp_path / "p", left)
    write(tmp_path / "l", [right[0], *right[:0:-1]])
    asked = request(tmp_path / "p", tmp_path / "l")
    assert agree(asked, tmp_path / "out", Here(3), of) == 1
    asked = request(tmp_path / "p", tmp_path / "l", unmatched="drop")
    assert agree(asked, tmp_path / "one", Here(3), of) == 1


def test_a_file_that_changes_between_its_readings_is_read_anew(tmp_path):
    left, right = rows(1)
    write(tmp_path / "p", left)
    write(tmp_path / "l", right)

    class Meddling(Here):
        calls = 0

        def __call__(self, function, tasks):
            self.calls += 1
            if self.calls == 2:
                path = tmp_path / "p"
                path.write_bytes(path.read_bytes().replace(b".1", b".2"))
            return super().__call__(function, tasks)

    crew = Meddling(3)
    make = partial(GradientSink, weigh=True)
    asked = request(tmp_path / "p", tmp_path / "l")
    with samples_to(f"{tmp_path}/out/", make, in_parts=True) as samples:
        found = gradients.gradient(asked, "cost", crew, samples=samples)
    assert crew.calls == 2
    assert agree(asked, tmp_path / "again", Here(3), "cost") == 3
    text, files = joined(tmp_path / "out", ".csv")
    assert files == 1
    assert text == joined(tmp_path / "again", ".csv")[0]
    assert repr(found) == repr(gradients.run.gradient(asked, "cost"))


def test_nothing_is_left_of_what_went_wrong(tmp_path):
    left, right = rows(1)
    write(tmp_path / "p", left)
    write(tmp_path / "l", right)

    class Interrupted(Here):
        def __call__(self, function, tasks):
            super().__call__(function, tasks[:2])
            raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with (
        pytest.raises(KeyboardInterrupt),
        samples_to(f"{tmp_path}/out/", SampleSink, in_parts=True) as samples,
    ):
        losses.evaluate(request(tmp_path / "p", tmp_path / "l"), Interrupted(3), samples=samples)
    assert sorted(tmp_path.iterdir()) == before
    write(tmp_path / "l", right[:-1])
    with pytest.raises(LosscliError), samples_to(f"{tmp_path}/out/", SampleSink, in_parts=True) as samples:
        losses.evaluate(request(tmp_path / "p", tmp_path / "l"), Here(3), samples=samples)
    assert sorted(tmp_path.iterdir()) == before


def test_a_worker_that_cannot_reach_the_folder_is_an_error(tmp_path):
    left, right = rows(1)
    write(tmp_path / "p", left)
    write(tmp_path / "l", right)

    class Elsewhere(Here):
        def __call__(self, function, tasks):
            (folder,) = tmp_path.glob(".out.*")
            folder.rename(tmp_path / "away")
            found = super().__call__(function, tasks)
            (tmp_path / "away").rename(folder)
            return found

    with (
        pytest.raises(LosscliError, match=r"a worker, .*/out: there is no such file for it"),
        samples_to(f"{tmp_path}/out/", SampleSink, in_parts=True) as samples,
    ):
        losses.evaluate(request(tmp_path / "p", tmp_path / "l"), Elsewhere(3), samples=samples)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["l", "p"]


def test_what_a_worker_left_half_written_is_removed(tmp_path):
    with samples_to(f"{tmp_path}/out/", SampleSink, in_parts=True) as samples:
        Path(samples.path, ".part-00000.csv.0f.tmp").write_text("x")
        Path(samples.path, "part-00000.csv").write_text("row\n")
    assert [*tmp_path.iterdir()] == [tmp_path / "out"]
    assert [*(tmp_path / "out").iterdir()] == [tmp_path / "out" / "part-00000.csv"]


def test_names_have_an_order_however_many_there_are(tmp_path):
    with samples_to(f"{tmp_path}/out/", SampleSink, in_parts=True) as samples:
        names = [samples.part(number, 100_001).args[0][-15:] for number in (0, 99_999, 100_000)]
    assert names == ["part-000000.csv", "part-099999.csv", "part-100000.csv"]


def test_a_folder_that_is_there(tmp_path):
    (tmp_path / "empty").mkdir()
    with atomic_folder(f"{tmp_path}/empty/") as folder:
        (folder / "x").touch()
    assert [*tmp_path.iterdir()] == [tmp_path / "empty"]
    with pytest.raises(OutputError, match="it is there already, and not empty; needed: a new folder"):
        atomic_folder(f"{tmp_path}/empty/").__enter__()
    with pytest.raises(OutputError, match="it is there already, and a file"):
        atomic_folder(f"{tmp_path}/empty/x").__enter__()
    with pytest.raises(OutputError, match="Create the folder first: mkdir -p "):
        atomic_folder(f"{tmp_path}/no/x/").__enter__()


@pytest.fixture
def shards(tmp_path):
    for name, lines in zip("pl", rows(3), strict=True):
        (tmp_path / name).mkdir()
        for part in range(3):
            write(tmp_path / name / f"{part}.csv", [lines[0], *lines[1 + part * 20 : 21 + part * 20]])
    return tmp_path


@pytest.mark.parametrize("command", [("evaluate",), ("gradient", "--of", "cost")])
@pytest.mark.parametrize("engine", ["local", "processes", "dask"])
def test_the_program_on_every_engine(shards, command, engine):
    if engine == "dask":
        pytest.importorskip("distributed")
    asked = (*command, "p", "l", "--loss", "mse", "--quiet")
    here = call(*asked, "--per-sample", "whole.csv", cwd=shards)
    crew = () if engine == "local" else ("--engine", engine, "--workers", "2")
    there = process(*asked, "--per-sample", "out/", *crew, cwd=shards)
    assert (there.returncode, there.stderr, there.stdout) == (0, "", here.stdout)
    text, files = joined(shards / "out", ".csv")
    assert files == (1 if engine == "local" else 3)
    assert text == (shards / "whole.csv").read_text()
    again = process(*asked, "--per-sample", "out/", *crew, cwd=shards)
    assert (again.returncode, again.stdout) == (74, "")
    assert "out/: it is there already, and not empty" in again.stderr


@pytest.mark.parametrize("command", ["evaluate", "gradient"])
@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("x.csv", "--per-sample 'x/'"),
        ("x.jsonl", "--per-sample 'x.jsonl/'"),
        ("-", "--per-sample 'samples/'"),
    ],
)
def test_one_file_is_for_one_process(shards, command, path, remedy):
    asked = (command, "p", "l", "-l", "mse", "-o", "r.json", "--per-sample", path, "--engine", "processes")
    done = call(*asked, cwd=shards)
    assert done.returncode == 2
    assert "--per-sample: the engine is processes, whose workers write a file for each part" in done.stderr
    assert done.stderr.endswith(f"Name one, with a / at its end: {remedy}\n")


def test_a_folder_within_an_input_is_refused(shards):
    done = call("evaluate", "p", "l", "-l", "mse", "--per-sample", "p/out/", cwd=shards)
    assert (done.returncode, "p/out/part-00000.csv is also read" in done.stderr) == (2, True)


def test_checks_write_folders_too(shards):
    (shards / "losscli.toml").write_text(
        "[[check]]\nname = 'one'\npredictions = 'p'\nlabels = 'l'\nloss = 'mse'\nengine = 'processes'\n"
        "workers = 2\nper-sample = 'out/'\n"
        "[[check]]\nname = 'two'\npredictions = 'p'\nlabels = 'l'\nloss = 'mse'\nper-sample = 'here/'\n"
    )
    (shards / "elsewhere").mkdir()
    done = process("check", "../losscli.toml", cwd=shards / "elsewhere")
    assert done.returncode == 0, done.stderr
    text, files = joined(shards / "out", ".csv")
    assert files == 3
    assert (text, 1) == joined(shards / "here", ".csv")
