"""The benchmarks: what they measure agrees, what they write was measured, what is made of it is as new."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import goals
import programs
import pytest
import readme
import results
import run
import suites
from answers import differences, read
from helpers.calls import ROOT
from measure import Run, surroundings
from results import Figures

ANSWER = {"mean": 1.5, "std": 0.5, "min": 1.0, "max": 2.0, "quantiles": [1.5, 1.75, 2.0], "worst": [7, 3]}
RESULT = {
    **{name: ANSWER[name] for name in ("mean", "std", "min", "max")},
    "quantiles": {"0.5": 1.5, "0.9": 1.75, "0.99": 2.0},
    "worst": [{"row": 8, "id": "7"}, {"row": 4, "id": "3"}],
}
STUB = f"""#!{sys.executable}
import json, os, sys
pure = "LOSSCLI_PURE" in os.environ
if sys.argv[1] == "version":
    print(json.dumps({{"csv_reader": "pandas" if pure else os.environ.get("STUB_READER", "compiled")}}))
else:
    answer = json.dumps({{"results": [{RESULT!r}]}})
    print(answer.replace('"mean": 1.5', '"mean": ' + os.environ.get("STUB_MEAN", "1.5")))
"""


@pytest.fixture
def stub(tmp_path: Path) -> str:
    """A program that says what losscli would, and which reader it is."""
    path = tmp_path / "losscli"
    path.write_text(STUB, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def results_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of both pages, which a run then writes instead."""
    for name, path in (("RESULTS", readme.RESULTS), ("PROJECT", readme.PROJECT)):
        copy = tmp_path / f"{name}.md"
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        monkeypatch.setattr(readme, name, copy)
    return tmp_path / "RESULTS.md"


@pytest.fixture
def bench(stub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs the benchmarks of the stub beside a peer that prints `ANSWER`."""
    peer = programs.Command("polars", (sys.executable, "-c", f"print({json.dumps(ANSWER)!r})"))

    def position(measured: suites.Programs, files: suites.Files) -> list[programs.Command]:
        return [*(suites.evaluate(program, files) for program in measured), peer]

    known = {"position": replace(suites.SUITES["position"], commands=position, files=("x.csv", "x.csv"))}
    monkeypatch.setattr(run, "SUITES", known)
    (tmp_path / "1000").mkdir()
    (tmp_path / "1000" / "x.csv").touch()
    always = ("--losscli", stub, "--data", str(tmp_path), "--rows", "1000", "--rounds", "2")

    def bench(*options: str) -> int:
        monkeypatch.setattr(sys, "argv", ["run.py", "position", *always, *options])
        return run.main()

    return bench


def test_both_readers_are_measured_beside_the_peer(
    bench: Callable[..., int], results_page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = results_page.read_text(encoding="utf-8")
    assert bench() == 0
    told = capsys.readouterr().out
    (table,) = results.parse(told).values()
    assert list(table) == ["losscli", "losscli, pure", "polars"]
    assert "- losscli: reader compiled; losscli, pure: reader pandas\n" in told
    assert "- All answers agree" in told
    assert results_page.read_text(encoding="utf-8") == before


def test_results_and_goals_are_written(bench: Callable[..., int], results_page: Path) -> None:
    assert bench("--write-readme") == 0
    written = results.parse(results.published(results_page))
    assert {"losscli", "losscli, pure", "polars"} == set(written["By position, 1,000 rows"])
    assert len(written) == len(results.parse(results.published(ROOT / "benchmarks" / "README.md"))) + 1
    assert readme.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("told", "options", "why"),
    [
        ("pandas", [], "losscli reads with pandas"),
        ("", [], "losscli does not say with what it reads"),
        ("compiled", ["--only", "losscli"], "leave out --only"),
    ],
)
def test_what_did_not_run_compiled_is_not_written(
    bench: Callable[..., int],
    results_page: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    told: str,
    options: list[str],
    why: str,
) -> None:
    monkeypatch.setenv("STUB_READER", told)
    before = results_page.read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        bench("--write", *options)
    assert ended.value.code == 2
    assert why in capsys.readouterr().err
    assert results_page.read_text(encoding="utf-8") == before


def test_a_wrong_answer_is_told_and_not_written(
    bench: Callable[..., int],
    results_page: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STUB_MEAN", "1.50001")
    before = results_page.read_text(encoding="utf-8")
    assert bench("--write") == 1
    assert "- **losscli and polars differ in mean: 1.50001 and 1.5**" in capsys.readouterr().out
    assert "By position, 1,000 rows" not in results_page.read_text(encoding="utf-8")
    assert results.published(results_page) == before.split(results.BEGIN)[1].split(results.END)[0]


def test_a_program_without_the_command_does_not_say_its_reader() -> None:
    assert programs.reader(programs.Program(("false",))) is None
    assert programs.reader(programs.Program(("echo", "[]"))) is None
    assert programs.reader(programs.Program(("/nowhere/losscli",))) is None
    assert programs.about(programs.Program(("x",), "before", commit="abc"), None) == (
        "losscli, before: commit abc, reader not said"
    )


def test_another_checkout_is_run_from_its_own_files(tmp_path: Path) -> None:
    package = tmp_path / "losscli"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("print('an earlier state')", encoding="utf-8")
    program = programs.earlier(tmp_path)
    assert run.run(program.start, program.environment).stdout == "an earlier state\n"
    assert program.name == "losscli, before"
    with pytest.raises(ValueError, match="there is no losscli in"):
        programs.earlier(tmp_path / "losscli")


def test_what_is_set_for_losscli_does_not_reach_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOSSCLI_PURE", "1")
    monkeypatch.setenv("LOSSCLI_TOP", "3")
    assert not [name for name in surroundings({}) if name.startswith("LOSSCLI_")]
    assert surroundings({"LOSSCLI_PURE": "1"})["LOSSCLI_PURE"] == "1"


def test_a_table_is_read_as_it_was_written() -> None:
    runs = {"losscli": [Run(0.5, 0.25, 50.0, 0, "", "")] * 3, "polars": [Run(1.0, 2.0, 800.0, 0, "", "")] * 3}
    text = results.section("By position, 10 rows", results.table(runs, "losscli", over=False), 3, ["a note"])
    assert results.parse(f"before\n{text}\n{text.replace('position', 'id')}") == {
        heading: {"losscli": Figures(0.5, 0.25, 50.0), "polars": Figures(1.0, 2.0, 800.0)}
        for heading in ("By position, 10 rows", "By id, 10 rows")
    }


def test_goals_are_met_missed_or_not_measured() -> None:
    table = {"losscli": Figures(0.9, 0.88, 51), "polars": Figures(2.0, 2.8, 1100)}
    table["polars, the mean alone"] = Figures(0.896, 0.5, 500)
    told = "\n".join(goals.table({"By position, 10 rows": table}, {"position": (10,)}))
    assert "wall: losscli / polars | 0.45 | ≤ 0.45 | met |" in told
    assert "wall: losscli / polars, the mean alone | 1.00 | ≤ 1.00 | met |" in told
    assert "CPU: losscli / polars, the mean alone | 1.76 | ≤ 1.00 | **missed** |" in told
    assert "wall: losscli / DuckDB SQL | — | ≤ 0.40 | not measured |" in told
    memory = {"Memory, 10 rows": {"losscli, by position": Figures(1, 1, 100.6)}}
    assert "MB: losscli, by position | 101 | ≤ 100 | **missed** |" in "\n".join(
        goals.table(memory, {"memory": (10,)})
    )


def test_every_goal_names_commands_that_are_measured(tmp_path: Path) -> None:
    shown = programs.to_measure("losscli", None)
    shown.append(programs.Program(("losscli",), programs.BEFORE))
    for goal in goals.GOALS:
        suite = suites.SUITES[goal.suite]
        names = [command.name for command in suite.of(suite.measured(shown), tmp_path)]
        assert len(set(names)) == len(names)
        assert goal.ours in names
        assert not goal.other or goal.other in names


def test_the_fastest_of_a_line_is_bold_whosever_it_is() -> None:
    table = {
        "losscli": Figures(0.9, 0.88, 51),
        "pandas": Figures(1.7, 1.8, 592),
        "pandas, two threads": Figures(1.4, 2.2, 1506),
        "DuckDB SQL": Figures(0.8, 1.6, 580),
    }
    assert (
        "| 10 million rows, by position | 0.90 s (0.88 s), 51 MB | — | 1.40 s (2.20 s), 1506 MB "
        "| **0.80 s** (1.60 s), 580 MB | — |"
    ) in readme.short({"By position, 10,000,000 rows": table})


def test_what_the_readme_says_of_speed_is_what_was_measured() -> None:
    """`python benchmarks/readme.py` writes it anew."""
    assert readme.main(["--check"]) == 0


def test_answers_are_compared() -> None:
    ours, theirs = read(json.dumps({"results": [RESULT]})), read(json.dumps(ANSWER))
    assert differences(ours, theirs) == []
    assert differences(ours, theirs | {"max": 2.1, "worst": ["7", "4"]}) == [
        "max: 2.0 and 2.1",
        "worst rows: ['7', '3'] and ['7', '4']",
    ]


class TestData:
    """The files are of one kind at any size, written in any order."""

    @pytest.fixture
    def generate(self, monkeypatch: pytest.MonkeyPatch):
        pytest.importorskip("polars")
        import generate

        monkeypatch.setattr(generate, "CHUNK", 100)
        return generate

    def lines(self, generate, folder: Path, name: str, rows: int) -> list[str]:
        path = folder / str(rows) / name
        generate.write(path, rows, generate.FILES[name])
        return path.read_text(encoding="utf-8").splitlines()

    @pytest.mark.parametrize("name", ["preds.csv", "preds_random.csv", "preds_text.csv", "preds_classes.csv"])
    def test_a_short_file_is_the_beginning_of_a_long_one(self, generate, tmp_path: Path, name: str) -> None:
        short, long = (self.lines(generate, tmp_path, name, rows) for rows in (70, 250))
        assert len(long) == 251
        assert long[: len(short)] == short

    def test_the_files_of_a_folder_have_the_rows_of_one_file(self, generate, tmp_path: Path) -> None:
        header, *whole = self.lines(generate, tmp_path, "labels.csv", 7000)
        folder = tmp_path / "labels_shards"
        generate.write(folder, 7000, generate.FILES["labels_shards"])
        shards = [path.read_text().splitlines() for path in sorted(folder.iterdir())]
        assert len(shards) == generate.SHARDS
        assert {shard[0] for shard in shards} == {header}
        assert [row for shard in shards for row in shard[1:]] == whole

    @pytest.mark.parametrize("kind", ["random", "text"])
    def test_ids_are_distinct_and_the_labels_have_them_in_another_order(
        self, generate, tmp_path: Path, kind: str
    ) -> None:
        ids, others = (
            [line.split(",")[0] for line in self.lines(generate, tmp_path, f"{of}_{kind}.csv", 250)[1:]]
            for of in ("preds", "labels")
        )
        assert len(set(ids)) == 250
        assert sorted(ids) == sorted(others)
        assert ids != others

    def test_probabilities_are_of_the_classes_of_the_labels(self, generate, tmp_path: Path) -> None:
        header, *rows = self.lines(generate, tmp_path, "preds_classes.csv", 250)
        labels = {
            line.split(",")[1] for line in self.lines(generate, tmp_path, "labels_classes.csv", 250)[1:]
        }
        assert {name.removeprefix("prob_") for name in header.split(",")[1:]} == labels
        assert all(abs(sum(map(float, row.split(",")[1:])) - 1) < 1e-9 for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["position", "random_ids", "text_ids", "classes", "engines"])
def test_losscli_and_all_peers_agree(name: str, tmp_path: Path) -> None:
    """Those that are installed; the data is written by one of them."""
    pytest.importorskip("polars")
    suite = suites.SUITES[name]
    run.generate(1000, tmp_path, suite.files)
    commands = suite.of(programs.to_measure(programs.losscli_path(), None), tmp_path)
    answered, complaints = run.warm_up(commands)
    assert [complaint for complaint in complaints if "ModuleNotFoundError" not in complaint] == []
    assert run.disagreements(answered) == []
    assert {"losscli", "losscli, pure"} <= set(answered)
    assert len(answered) >= 4
