"""`losscli compare`, as a user meets it."""

import csv
import io
import json
import shutil

import pytest
from helpers.calls import SAMPLES, losscli

FILES = ("diabetes_forest.csv", "diabetes_linear.csv", "diabetes_labels.csv")
SENTENCE = (
    "diabetes_linear is better than diabetes_forest: "
    "mse lower by 1153.5 [711.3,\u00a01639.2] (28\u00a0%), p\u00a04.4e-07"
)


def compare(*words, **more):
    return losscli("compare", *words, **more)


def compared(*words, **more):
    done = compare(*words, "--json", **more)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def refused(*words, **more):
    """Return what stderr says of a call that is refused before anything is written."""
    done = compare(*words, **more)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.fixture
def folder(tmp_path):
    """Three models of four samples, and the labels, with ids."""
    values = {"a": (1, 2, 3, 4), "b": (2, 2, 1, 5), "c": (0, 0, 0, 0), "labels": (1, 2, 4, 4)}
    for name, cells in values.items():
        column = "label" if name == "labels" else "prediction"
        rows = "".join(f"i{row},{cell}\n" for row, cell in enumerate(cells))
        (tmp_path / f"{name}.csv").write_text(f"id,{column}\n{rows}")
    return tmp_path


def names(found):
    return [model["name"] for model in found["models"]]


def test_the_answer_is_the_first_sentence_and_all_fits_on_a_screen():
    done = compare(*FILES, "-l", "mse", COLUMNS=80)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert " ".join(line.strip() for line in lines[4:6]) == SENTENCE


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_page_is_no_wider_than_the_terminal(width):
    done = compare(*FILES, "-l", "mse", "-l", "mae", "--group", "sex", COLUMNS=width)
    assert max(map(len, done.stdout.splitlines())) <= width


def test_a_page_in_ascii_has_no_other_characters():
    done = compare(
        *FILES, "-l", "mse", "--group", "sex", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert done.stdout.isascii()
    assert "diabetes_linear is better than diabetes_forest: mse lower by 1153.5" in done.stdout


def test_json_has_the_figures_and_the_roles():
    found = compared(*FILES, "-l", "mse")
    assert (found["document"], found["schema"], found["level"]) == ("compare", 1, 0.95)
    assert [(one["name"], one["role"], one["rows"]) for one in found["models"]] == [
        ("diabetes_forest", "baseline", 442),
        ("diabetes_linear", "candidate", 442),
    ]
    assert found["signature"] == "mse|n:442|mean|align:id|bad:error|ci:wide-t|level:0.95|adjust:holm|v:0.1.0"
    (one,) = found["results"][0]["comparisons"]
    assert one["verdict"] == "better"
    assert one["difference"] == pytest.approx(-1153.5011301587797, rel=1e-13)
    assert one["effect"]["better"] == 247
    assert found["results"][0]["best"] == ["diabetes_linear"]
    assert len(one["moved"]) == 20


def test_costs_and_errors_are_those_of_evaluate():
    found = compared(*FILES, "-l", "mse", "-l", "rmse", "-l", "mae", "--group", "sex")
    for name in ("forest", "linear"):
        done = losscli(
            *("evaluate", f"diabetes_{name}.csv", FILES[-1], "-l", "mse", "-l", "rmse", "-l", "mae"),
            *("--group", "sex", "--level", "0.95", "--json"),
        )
        for result, alone in zip(found["results"], json.loads(done.stdout)["results"], strict=True):
            for part, other in zip((result, *result["groups"]), (alone, *alone["groups"]), strict=True):
                (model,) = (one for one in part["models"] if one["name"] == f"diabetes_{name}")
                for key in ("cost", "standard_error", "ci", "skewness"):
                    assert model[key] == other[key], key


def test_quiet_prints_the_verdicts(folder):
    done = compare("a.csv", "a.csv", "b.csv", "labels.csv", "-l", "mse", "-q", cwd=folder)
    assert done.stdout == "identical\nundecided\n"


def test_csv_has_a_row_for_each_loss_group_and_pair():
    done = compare(*FILES, "-l", "mse", "-l", "mae", "--group", "sex", "-f", "csv")
    rows = [*csv.DictReader(io.StringIO(done.stdout))]
    assert [(row["loss"], row["group"]) for row in rows] == [
        *(("mse", group) for group in ("", "sex_1", "sex_2")),
        *(("mae", group) for group in ("", "sex_1", "sex_2")),
    ]
    assert {row["verdict"] for row in rows} == {"better"}
    assert float(rows[0]["ci_low"]) == pytest.approx(-1639.2380036459358)


def test_jsonl_has_a_line_for_each(folder):
    done = compare("a.csv", "b.csv", "c.csv", "labels.csv", "-l", "mse", "-f", "jsonl", cwd=folder)
    lines = [*map(json.loads, done.stdout.splitlines())]
    assert [(line["candidate"], line["baseline"]) for line in lines] == [("b", "a"), ("c", "a")]
    assert lines[0]["candidate_cost"] - lines[0]["baseline_cost"] == lines[0]["difference"]


@pytest.mark.parametrize(
    ("format_", "begins"), [("markdown", "`diabetes_linear` is better"), ("html", "<!doctype")]
)
def test_pages_for_others_have_the_verdict_and_the_tables(format_, begins):
    done = compare(*FILES, "-l", "mse", "-f", format_)
    assert done.returncode == 0
    assert done.stdout.lower().startswith(begins.lower())
    for figure in ("-1153.5", "4.4e-07", "-36.2 % to -19.1 %", "31246.8"):
        assert figure in done.stdout


def test_names_of_models_cannot_end_the_cell_of_a_page(folder):
    shutil.copy(folder / "a.csv", folder / "<b>|x.csv")
    for format_ in ("markdown", "html"):
        done = compare("<b>|x.csv", "b.csv", "labels.csv", "-l", "mse", "-f", format_, cwd=folder)
        assert done.returncode == 0
        assert "<b>" not in done.stdout


def test_output_is_written_by_its_suffix(folder):
    done = compare("a.csv", "b.csv", "labels.csv", "-l", "mse", "-o", "found.json", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((folder / "found.json").read_text())["document"] == "compare"


def test_no_output_takes_the_place_of_an_input(folder):
    for name in ("a.csv", "b.csv", "labels.csv"):
        told = refused("a.csv", "b.csv", "labels.csv", "-l", "mse", "-f", "csv", "-o", name, cwd=folder)
        assert f"{name} is also read or written by this command" in told


class TestModels:
    def test_names(self, folder):
        assert names(compared("x=a.csv", "b.csv", "labels.csv", "-l", "mse", cwd=folder)) == ["x", "b"]

    def test_files_of_one_name_get_their_folders_before_it(self, folder):
        for name in "ab":
            (folder / f"run_{name}").mkdir()
            shutil.copy(folder / f"{name}.csv", folder / f"run_{name}" / "p.csv")
        found = compared("run_a/p.csv", "run_b/p.csv", "labels.csv", "-l", "mse", cwd=folder)
        assert names(found) == ["run_a/p", "run_b/p"]

    def test_one_file_twice_is_numbered(self, folder):
        assert names(compared("a.csv", "a.csv", "labels.csv", "-l", "mse", cwd=folder)) == ["a", "a-2"]

    def test_a_path_with_an_equals_sign_is_a_path(self, folder):
        (folder / "date=2024").mkdir()
        shutil.copy(folder / "a.csv", folder / "date=2024" / "p.csv")
        shutil.copy(folder / "b.csv", folder / "x=y.csv")
        found = compared("date=2024/p.csv", "x=y.csv", "labels.csv", "-l", "mse", cwd=folder)
        assert names(found) == ["p", "x=y"]
        found = compared("n=date=2024/p.csv", "m=x=y.csv", "labels.csv", "-l", "mse", cwd=folder)
        assert names(found) == ["n", "m"]

    def test_a_path_that_is_not_there_is_told_as_a_path(self, folder):
        told = refused("runs/date=2024/p.csv", "b.csv", "labels.csv", "-l", "mse", cwd=folder)
        assert "runs/date=2024/p.csv" in told

    def test_labels_may_be_named(self, folder):
        found = compared("a.csv", "b.csv", "c.csv", "--labels", "labels.csv", "-l", "mse", cwd=folder)
        assert names(found) == ["a", "b", "c"]

    def test_the_baseline_comes_first(self, folder):
        words = ("a.csv", "b.csv", "c.csv", "labels.csv", "-l", "mse", "--baseline-model", "b")
        found = compared(*words, cwd=folder)
        assert names(found) == ["b", "a", "c"]
        assert [one["role"] for one in found["models"]] == ["baseline", "candidate", "candidate"]
        pairs = [(one["candidate"], one["baseline"]) for one in found["results"][0]["comparisons"]]
        assert pairs == [("a", "b"), ("c", "b")]

    def test_all_pairs(self, folder):
        found = compared("a.csv", "b.csv", "c.csv", "labels.csv", "-l", "mse", "--pairs", "all", cwd=folder)
        pairs = [(one["candidate"], one["baseline"]) for one in found["results"][0]["comparisons"]]
        assert pairs == [("b", "a"), ("c", "a"), ("c", "b")]
        assert "|pairs:all|" in found["signature"]

    def test_columns_of_one_file(self, folder):
        (folder / "all.csv").write_text("m1,m2,label\n1,2,1\n2,2,2\n3,1,4\n4,5,4\n")
        words = ("--prediction", "m1", "--prediction", "m2", "-l", "mse")
        found = compared("all.csv", *words, cwd=folder)
        assert [(one["name"], one["prediction"]) for one in found["models"]] == [("m1", "m1"), ("m2", "m2")]
        files = compared("a.csv", "b.csv", "labels.csv", "-l", "mse", cwd=folder)
        mine, theirs = (one["results"][0]["comparisons"][0] for one in (found, files))
        assert mine["difference"] == theirs["difference"]
        assert mine["p"] == theirs["p"]

    def test_columns_of_one_file_beside_labels(self, folder):
        (folder / "both.csv").write_text("id,m1,m2\ni3,4,5\ni0,1,2\ni1,2,2\ni2,3,1\n")
        words = ("both.csv", "labels.csv", "--prediction", "m1", "--prediction", "m2", "-l", "mse")
        assert names(compared(*words, cwd=folder)) == ["m1", "m2"]

    def test_ids_that_not_all_have(self, folder):
        (folder / "b.csv").write_text("id,prediction\ni0,2\ni1,2\ni9,0\n")
        done = compare("a.csv", "b.csv", "labels.csv", "-l", "mse", cwd=folder)
        assert done.returncode == 2
        found = compared("a.csv", "b.csv", "labels.csv", "-l", "mse", "--unmatched", "drop", cwd=folder)
        assert found["unmatched"] == {"a": 2, "b": 1, "labels": 2}
        assert found["results"][0]["n"] == 2


class TestRefused:
    def test_one_model(self):
        told = refused(*FILES[1:], "-l", "mse")
        assert told == (
            "losscli: PREDICTIONS: there is one model, diabetes_linear.csv, and the labels are "
            "diabetes_labels.csv; needed: at least two models. Name the labels last, or with --labels "
            "FILE; or compare columns: --prediction A --prediction B\n"
        )

    def test_a_name_twice(self):
        told = refused("a=diabetes_forest.csv", "a=diabetes_linear.csv", FILES[-1], "-l", "mse")
        assert told == (
            "losscli: PREDICTIONS: 2 models are called 'a'; needed: a name of its own for each. "
            "Name them: NAME=FILE\n"
        )

    def test_an_unknown_baseline(self):
        told = refused(*FILES, "-l", "mse", "--baseline-model", "diabetes_forrest")
        assert told == (
            "losscli: --baseline-model: there is no model 'diabetes_forrest'; needed: one of "
            "diabetes_forest, diabetes_linear. Did you mean diabetes_forest?\n"
        )

    @pytest.mark.parametrize("other", ["--weight", "--cluster"])
    def test_a_lag_beside_weights_or_clusters(self, other):
        told = refused(*FILES, "-l", "mse", "--lag", 3, other, "sex")
        assert f"--lag: {other} sex is given too; needed: rows that all count the same." in told

    def test_planned_rows_without_use_and_their_lack(self):
        told = refused(*FILES, "-l", "mse", "--planned-rows", 9)
        assert told == (
            "losscli: --planned-rows: --anytime is not given; needed: both of them. "
            "Add it: --anytime --planned-rows 9\n"
        )
        assert "--anytime: --planned-rows is not given" in refused(*FILES, "-l", "mse", "--anytime")

    @pytest.mark.parametrize("level", ["0", "1", "95", "-0.5"])
    def test_a_level_that_is_none(self, level):
        told = refused(*FILES, "-l", "mse", f"--level={level}")
        assert f"--level: {level}; needed: a number between 0 and 1" in told

    @pytest.mark.parametrize(
        ("margin", "found"), [("-3", "is below 0"), ("x", "is not a number"), ("-1%", "is below 0")]
    )
    def test_a_margin_that_is_none(self, margin, found):
        told = refused(*FILES, "-l", "mse", f"--margin={margin}")
        assert f"--margin: '{margin}' {found}; needed: a number ≥ 0, or one with %" in told

    def test_a_guarantee_for_a_loss_without_a_range(self):
        told = refused(*FILES, "-l", "mse", "--guarantee")
        assert "--guarantee: mse has no largest value; needed: losses between two known numbers." in told

    def test_all_that_is_wrong_is_told_together(self):
        told = refused(FILES[0], FILES[-1], "-l", "mse", "--planned-rows", 9, "--lag", 1, "--weight", "w")
        assert [line.split(": ")[1] for line in told.splitlines()] == [
            "PREDICTIONS",
            "--lag",
            "--planned-rows",
        ]

    def test_no_loss(self):
        assert "--loss: no loss is named" in refused(*FILES)


class TestPerSample:
    def test_losses_of_each_model_and_differences(self, folder):
        words = ("a.csv", "b.csv", "c.csv", "labels.csv", "-l", "mae")
        done = compare(*words, "--per-sample", "s.csv", cwd=folder)
        assert done.returncode == 0
        assert (folder / "s.csv").read_text() == (
            "row,id,label,loss:a,loss:b,loss:c,difference:b,difference:c\n"
            "1,i0,1.0,0.0,1.0,1.0,1.0,1.0\n"
            "2,i1,2.0,0.0,0.0,2.0,0.0,2.0\n"
            "3,i2,4.0,1.0,3.0,4.0,2.0,3.0\n"
            "4,i3,4.0,0.0,1.0,4.0,1.0,4.0\n"
        )

    def test_they_are_in_the_order_of_the_baseline(self, folder):
        words = ("a.csv", "b.csv", "labels.csv", "-l", "mae", "--baseline-model", "b")
        (folder / "b.csv").write_text("id,prediction\ni3,5\ni2,1\ni1,2\ni0,2\n")
        compare(*words, "--per-sample", "s.csv", cwd=folder)
        rows = [*csv.DictReader(io.StringIO((folder / "s.csv").read_text()))]
        assert [row["id"] for row in rows] == ["i3", "i2", "i1", "i0"]
        assert [row["difference:a"] for row in rows] == ["-1.0", "-2.0", "0.0", "-1.0"]

    def test_several_losses_and_all_pairs(self, folder):
        words = ("a.csv", "b.csv", "c.csv", "labels.csv", "-l", "mae", "-l", "mse", "--pairs", "all")
        compare(*words, "--per-sample", "s.jsonl", cwd=folder)
        first = json.loads((folder / "s.jsonl").read_text().splitlines()[0])
        assert [*first][3:9] == [
            *("mae:loss:a", "mae:loss:b", "mae:loss:c"),
            *("mae:difference:b:a", "mae:difference:c:a", "mae:difference:c:b"),
        ]
        assert first["mse:loss:b"] == 1.0

    def test_bad_rows_are_left_out(self, folder):
        (folder / "b.csv").write_text("id,prediction\ni0,2\ni1,\ni2,1\ni3,5\n")
        words = ("a.csv", "b.csv", "labels.csv", "-l", "mae", "--bad-rows", "drop")
        compare(*words, "--per-sample", "s.csv", cwd=folder)
        assert [line.split(",")[1] for line in (folder / "s.csv").read_text().splitlines()] == [
            *("id", "i0", "i2", "i3")
        ]


def test_costs_are_sorted_and_the_lowest_is_named(folder):
    done = compare("a.csv", "c.csv", "b.csv", "labels.csv", "-l", "mse", cwd=folder)
    table = done.stdout.split("\n\n")[2].splitlines()
    assert [line.split()[:2] for line in table[2:]] == [["a", "0.25"], ["b", "2.75"], ["c", "9.25"]]
    assert table[2].split()[-4:] == ["lowest,", "baseline", "n", "4"]


def test_several_comparisons_say_how_p_is_adjusted(folder):
    done = compare("a.csv", "b.csv", "c.csv", "labels.csv", "-l", "mse", "--full", cwd=folder)
    assert "p adjusted allows for the number of comparisons (holm); intervals do not." in done.stdout
    assert "There are fewer than 30 samples: intervals are rough." in done.stdout
    done = compare("a.csv", "b.csv", "labels.csv", "-l", "mse", "--full", cwd=folder)
    assert "p adjusted allows" not in done.stdout


def test_neighbours_that_are_alike_are_noted(tmp_path):
    rows = range(400)
    for name, cells in {
        "a": ("prediction", *(1 + (row // 40) % 2 for row in rows)),
        "b": ("prediction", *(1 for _ in rows)),
        "labels": ("label", *(0 for _ in rows)),
    }.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(map(str, cells)) + "\n")
    done = compare("a.csv", "b.csv", "labels.csv", "-l", "mse", cwd=tmp_path)
    assert "neighbouring rows are alike" in done.stderr
    assert "--cluster COLUMN or --lag H" in done.stderr
    done = compare("a.csv", "b.csv", "labels.csv", "-l", "mse", "--lag", 80, cwd=tmp_path)
    assert done.stderr == ""
    assert (
        json.loads(
            compare("a.csv", "b.csv", "labels.csv", "-l", "mse", "--lag", 80, "--json", cwd=tmp_path).stdout
        )["interval"]
        == "t"
    )


def test_standard_input_may_be_one_of_the_models(folder):
    text = (folder / "b.csv").read_text()
    found = compared("a.csv", "-", "labels.csv", "-l", "mse", cwd=folder, stdin=text)
    assert names(found) == ["a", "stdin"]
    assert "both are standard input" in refused("a.csv", "-", "-", "-l", "mse", cwd=folder, stdin=text)


def test_the_verdict_of_a_margin(folder):
    found = compared(*FILES, "-l", "mse", "--margin", "50%", cwd=SAMPLES)
    (one,) = found["results"][0]["comparisons"]
    assert one["equivalence"]["margin"] == pytest.approx(0.5 * 4131.914027149322)
    assert one["equivalence"]["verdict"] == "equivalent"
    assert one["verdict"] == "better"
