"""`losscli gradient` as a user runs it: real files, exit status, stdout and stderr; each option counts."""

import csv
import io
import json
import math
import os

import numpy as np
import pytest
from helpers.calls import SAMPLES, losscli, process

PAIR = ("diabetes_linear.csv", "diabetes_labels.csv")


@pytest.fixture
def call():
    """Run the command; return status, stdout and stderr."""

    def run(*arguments):
        done = losscli("gradient", *arguments)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def document(call):
    def run(*arguments):
        status, out, err = call(*arguments, "--format", "json")
        assert (status, err) == (0, ""), err
        return json.loads(out)

    return run


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("id,prediction,label,weight,team\na,1,2,3,x\nb,5,5,1,x\nc,0,4,0,y\nd,9,8,2,y\n")
    return path


def gradient(found):
    return found["results"][0]["gradient"]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_document_has_the_keys_of_the_contract_in_their_order():
    done = process("gradient", *PAIR, "--loss", "mse", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == [
        "schema", "losscli", "signature", "predictions", "labels", "alignment", "columns", "of", "results",
    ]  # fmt: skip
    assert found["signature"] == "mse|gradient:loss|n:442|mean|align:id|bad:error|v:0.1.0"
    assert found["of"] == "loss"
    result = found["results"][0]
    assert list(result) == [
        "loss", "parameters", "n", "dropped", "ignored", "clipped", "weight_sum", "cost", "standard_error",
        "gradient", "top_share", "quantiles", "quantiles_exact", "same_size", "worst", "as_large",
    ]  # fmt: skip
    assert list(result["gradient"]) == ["mean", "norm", "max_abs", "zeros", "infinite", "numerical"]
    assert list(result["worst"][0]) == ["row", "id", "label", "prediction", "error", "loss", "gradient"]
    assert len(result["worst"]) == 10
    sizes = [abs(sample["gradient"]) for sample in result["worst"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == result["gradient"]["max_abs"]
    assert all(sample["gradient"] == 2.0 * sample["error"] for sample in result["worst"])


def test_figures_are_those_of_the_samples(document, small):
    result = document(small, "--loss", "mse", "--all")["results"][0]
    each = {sample["id"]: sample["gradient"] for sample in result["worst"]}
    assert each == {"a": -2.0, "b": 0.0, "c": -8.0, "d": 2.0}
    assert [sample["id"] for sample in result["worst"]] == ["c", "a", "d", "b"]
    assert gradient({"results": [result]}) == {
        "mean": -2.0, "norm": math.sqrt(72.0), "max_abs": 8.0, "zeros": 1, "infinite": 0, "numerical": False,
    }  # fmt: skip
    assert result["top_share"] == 8.0 / 12.0
    assert result["quantiles"]["0.5"] == 2.0


def test_of_a_cost_it_is_divided_by_the_weights(document, small):
    plain = document(small, "--loss", "mse", "--of", "cost", "--all")["results"][0]
    assert {s["id"]: s["gradient"] for s in plain["worst"]} == {"a": -0.5, "b": 0.0, "c": -2.0, "d": 0.5}
    weighted = document(small, "--loss", "mse", "--of", "cost", "--weight", "weight", "--all")["results"][0]
    each = {sample["id"]: sample["gradient"] for sample in weighted["worst"]}
    assert each == pytest.approx({"a": -1.0, "b": 0.0, "c": 0.0, "d": 2.0 / 3.0}, rel=1e-15)
    assert gradient({"results": [weighted]})["zeros"] == 2
    assert gradient({"results": [weighted]})["mean"] == pytest.approx(-1.0 / 12.0, rel=1e-15)


def test_of_a_root_it_goes_through_the_root(document, small):
    found = document(small, "--loss", "rmse", "--of", "cost", "--all")["results"][0]
    cost = math.sqrt((1 + 0 + 16 + 1) / 4)
    each = {sample["id"]: sample["gradient"] for sample in found["worst"]}
    right = {"a": -1 / 4 / cost, "b": 0.0, "c": -4 / 4 / cost, "d": 1 / 4 / cost}
    assert each == pytest.approx(right, rel=1e-14)
    # The losses themselves know nothing of the root.
    losses = document(small, "--loss", "rmse", "--all")["results"][0]
    assert losses["worst"][0]["gradient"] == -8.0


def test_of_a_sum_it_is_divided_by_nothing(document, small):
    arguments = (small, "--loss", "rmse", "--of", "cost", "--weight", "weight", "--all")
    found = document(*arguments, "--reduction", "sum")
    each = {sample["id"]: sample["gradient"] for sample in found["results"][0]["worst"]}
    assert each == {"a": -6.0, "b": 0.0, "c": 0.0, "d": 4.0}
    assert found["results"][0]["cost"] == 5.0
    assert "|sum|" in found["signature"]


def test_weights_are_nothing_to_the_gradient_of_a_loss(document, small):
    weighted = document(small, "--loss", "mse", "--weight", "weight")
    assert gradient(weighted) == gradient(document(small, "--loss", "mse"))
    assert weighted["results"][0]["cost"] == 5.0 / 6.0


def test_groups_have_a_cost_and_a_gradient_of_their_own(document, small):
    found = document(small, "--loss", "mse", "--of", "cost", "--group", "team", "--all")
    first, second = found["results"][0]["groups"]
    assert (first["group"], second["group"]) == ("x", "y")
    assert [sample["gradient"] for sample in first["worst"]] == [-1.0, 0.0]
    assert [sample["gradient"] for sample in second["worst"]] == [-4.0, 1.0]
    assert (second["n"], second["cost"], second["gradient"]["mean"]) == (2, 8.5, -1.5)


@pytest.mark.parametrize("block_rows", [1, 7, 100])
def test_every_block_size_gives_the_same_document(document, block_rows):
    arguments = (*PAIR, "--loss", "mse", "--loss", "rmse", "--of", "cost", "--group", "sex")
    assert document(*arguments, "--block-rows", block_rows) == document(*arguments)


def test_columns_of_classes_are_named_as_the_classes(document, call):
    result = document("wine_bayes.csv", "wine_labels.csv", "--loss", "cross_entropy")["results"][0]
    found = result["gradient"]
    assert list(found)[:2] == ["columns", "mean"]
    assert found["columns"] == ["class_2", "class_0", "class_1"]
    assert len(found["mean"]) == 3
    worst = result["worst"][0]
    assert worst["label"] == "class_0"
    assert worst["gradient"][1] == pytest.approx(-math.exp(worst["loss"]))
    assert worst["gradient"][0] == worst["gradient"][2] == 0.0
    _, out, _ = call("wine_bayes.csv", "wine_labels.csv", "--loss", "ce", "--format", "csv")
    whole, *columns = rows(out)
    assert whole["mean"] == whole["column"] == ""
    assert [float(row["mean"]) for row in columns] == found["mean"]
    assert [row["column"] for row in columns] == found["columns"]


def test_names_of_classes_have_no_gradient(call, tmp_path):
    path = tmp_path / "named.csv"
    path.write_text("prediction,label\ncat,cat\ndog,cat\n")
    status, out, err = call(path, "--loss", "zero_one")
    assert (status, out) == (2, "")
    assert "the predictions are class names, which have no gradient" in err
    assert "a column of numbers for each class" in err


def test_zero_one_is_flat_and_its_gradient_numerical(document, call):
    found = gradient(document("wine_logits.csv", "wine_labels.csv", "--loss", "zero_one"))
    assert (found["numerical"], found["norm"], found["zeros"]) == (True, 0.0, 178)
    _, out, _ = call("wine_logits.csv", "wine_labels.csv", "--loss", "zero_one")
    assert "declares no gradient: it was computed from finite differences" in out


def test_a_custom_loss_without_a_gradient_gets_a_numerical_one(document, tmp_path):
    source = tmp_path / "mine.py"
    source.write_text(
        "def square(label, prediction, *, scale=1.0):\n    return scale * (prediction - label) ** 2\n"
        "def declared(label, prediction, *, scale=1.0):\n    return scale * (prediction - label) ** 2\n"
        "def declared_gradient(label, prediction, *, scale=1.0):\n"
        "    return 2 * scale * (prediction - label)\n"
    )
    numerical = document(*PAIR, "--loss", f"{source}:square:scale=3")["results"][0]
    declared = document(*PAIR, "--loss", f"{source}:declared:scale=3")["results"][0]
    assert numerical["gradient"]["numerical"] is True
    assert declared["gradient"]["numerical"] is False
    assert numerical["gradient"]["norm"] == pytest.approx(declared["gradient"]["norm"], rel=1e-7)
    assert declared["gradient"]["norm"] == pytest.approx(3 * 2294.740508615141, rel=1e-12)


def test_rows_that_a_loss_is_not_about_count_nowhere(document, call, tmp_path):
    path, samples = tmp_path / "scores.csv", tmp_path / "samples.csv"
    path.write_text("prediction,label\n1,1\n-2,0\n3,0\n")
    arguments = (path, "--loss", "wgan_generator", "--of", "cost")
    result = document(*arguments)["results"][0]
    assert (result["n"], result["gradient"]["mean"], result["gradient"]["zeros"]) == (2, -0.5, 0)
    status, _, _ = call(*arguments, "--per-sample", samples, "--quiet")
    assert status == 0
    found = rows(samples.read_text())
    assert [(row["loss"], row["gradient"]) for row in found] == [
        ("", "0.0"),
        ("2.0", "-0.5"),
        ("-3.0", "-0.5"),
    ]


@pytest.mark.parametrize("of", ["loss", "cost"])
def test_every_sample_is_streamed(call, document, tmp_path, of):
    samples = tmp_path / "samples.csv"
    arguments = (*PAIR, "--loss", "rmse", "--of", of)
    status, out, _ = call(*arguments, "--per-sample", samples, "--block-rows", "100", "--quiet")
    found = rows(samples.read_text())
    assert list(found[0]) == ["row", "id", "label", "prediction", "loss", "gradient"]
    assert len(found) == 442
    result = document(*arguments, "--all")["results"][0]
    assert {int(row["row"]): float(row["gradient"]) for row in found} == {
        sample["row"]: sample["gradient"] for sample in result["worst"]
    }
    assert (status, float(out)) == (0, result["gradient"]["norm"])
    assert math.sqrt(math.fsum(float(row["gradient"]) ** 2 for row in found)) == pytest.approx(float(out))


def test_several_losses_and_columns_have_columns_of_their_own(call, tmp_path):
    samples = tmp_path / "samples.jsonl"
    arguments = ("wine_bayes.csv", "wine_labels.csv", "--loss", "ce", "--loss", "multiclass_brier", "--quiet")
    assert call(*arguments, "--per-sample", samples)[0] == 0
    first = json.loads(samples.read_text().splitlines()[0])
    assert list(first) == [
        "row", "id", "label", "prediction", "loss:cross_entropy", "gradient:cross_entropy",
        "loss:multiclass_brier", "gradient:multiclass_brier",
    ]  # fmt: skip
    assert len(first["gradient:cross_entropy"]) == 3
    table = tmp_path / "samples.csv"
    assert call("wine_bayes.csv", "wine_labels.csv", "--loss", "ce", "--quiet", "--per-sample", table)[0] == 0
    header = table.read_text().splitlines()[0]
    assert header == "row,id,label,prediction,loss,gradient_class_2,gradient_class_0,gradient_class_1"


def test_columns_that_a_loss_knows_by_name_keep_their_names(document, tmp_path):
    path = tmp_path / "normal.csv"
    path.write_text("mu,variance,label\n0,1,1\n2,4,1\n")
    options = ("--prediction", "mu", "--prediction", "variance")
    found = gradient(document(path, "--loss", "gaussian_nll", *options))
    assert found["columns"] == ["prediction", "variance"]
    assert found["mean"] == [(-1.0 + 0.25) / 2, (0.0 + (1 / 4 - 1 / 16) / 2) / 2]


def test_several_outputs_are_averaged(document, tmp_path):
    path = tmp_path / "outputs.csv"
    path.write_text("pa,pb,ya,yb\n1,2,0,0\n3,4,3,0\n")
    options = [f"--{role}={name}" for role, name in zip(["prediction"] * 2 + ["label"] * 2, ["pa", "pb", "ya", "yb"], strict=True)]  # fmt: skip # noqa: E501
    found = gradient(document(path, "--loss", "mse", *options))
    assert (found["columns"], found["mean"]) == (["pa", "pb"], [0.5, 3.0])


def test_quiet_prints_the_norm_of_each_loss(call):
    status, out, err = call(*PAIR, "--loss", "mse", "--loss", "mae", "--quiet")
    assert (status, err) == (0, "")
    assert out.splitlines() == ["2294.740508615141", "21.02379604162864"]


def test_top_and_all_say_how_many_samples_are_shown(document, call):
    assert document(*PAIR, "--loss", "mse", "--top", "0")["results"][0]["worst"] == []
    assert len(document(*PAIR, "--loss", "mse", "--all")["results"][0]["worst"]) == 442
    _, out, _ = call(*PAIR, "--loss", "mse", "--top", "1")
    assert "The largest gradient: mse" in out


def test_output_is_written_whole_and_formats_say_the_same(call, tmp_path, document):
    path = tmp_path / "report"
    right = document(*PAIR, "--loss", "mse", "--group", "sex")["results"][0]
    for format_ in ("jsonl", "csv", "markdown", "table"):
        status, out, err = call(
            *PAIR, "--loss", "mse", "--group", "sex", "--format", format_, "--output", path
        )
        assert (status, out, err) == (0, "", "")
        text = path.read_text()
        if format_ == "jsonl":
            lines = [json.loads(line) for line in text.splitlines()]
            assert lines[0]["gradient"] == right["gradient"]
            assert [line.get("group") for line in lines] == [None, "sex_1", "sex_2"]
        elif format_ == "csv":
            found = rows(text)
            assert float(found[0]["norm"]) == right["gradient"]["norm"]
            assert float(found[1]["mean"]) == right["groups"][0]["gradient"]["mean"]
            assert [row["group"] for row in found] == ["", "sex_1", "sex_2"]
        else:
            assert "2294.74" in text


def test_colours_only_where_they_are_asked_for(call):
    assert "\x1b[" in call(*PAIR, "--loss", "mse", "--color", "always")[1]
    assert "\x1b[" not in call(*PAIR, "--loss", "mse")[1]


def test_bad_rows_are_dropped_and_counted(call, document, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("prediction,label\n1,2\nx,1\n3,1\n")
    assert call(path, "--loss", "mse")[0] == 2
    found = document(path, "--loss", "mse", "--bad-rows", "drop")["results"][0]
    assert (found["n"], found["dropped"], found["gradient"]["mean"]) == (2, 1, 1.0)
    samples = tmp_path / "samples.csv"
    assert call(path, "--loss", "mse", "--bad-rows", "drop", "--quiet", "--per-sample", samples)[0] == 0
    assert [row["row"] for row in rows(samples.read_text())] == ["1", "3"]


def test_gradients_at_a_steep_edge_are_infinite_and_said_so(document, tmp_path):
    path = tmp_path / "steep.csv"
    path.write_text("prediction,label\n0,0\n1,2\n")
    found = document(path, "--loss", "lp:p=0.5", "--top", "2")["results"][0]
    assert found["gradient"]["infinite"] == 0  # at the kink the declared subgradient is 0
    path.write_text("prob_a,prob_b,label\n0,1,a\n0.5,0.5,b\n")
    options = ("--loss", "generalized_cross_entropy:q=0.5")
    found = document(path, *options)["results"][0]["gradient"]
    assert found["infinite"] == 1
    assert (found["norm"], found["norm_text"], found["max_abs_text"]) == (None, "inf", "inf")
    assert found["mean"][0] is None
    assert found["mean_text"][0] == "-inf"


def test_huge_gradients_have_a_norm(document, tmp_path):
    path = tmp_path / "huge.csv"
    path.write_text("prediction,label\n1.5e300,0\n-2e300,0\n")
    found = gradient(document(path, "--loss", "mse"))
    assert (found["norm"], found["max_abs"], found["mean"]) == (5e300, 4e300, -0.5e300)


def test_the_gradient_of_an_infinite_cost_is_refused(call, tmp_path):
    path = tmp_path / "huge.csv"
    path.write_text("prediction,label\n1e300,0\n")
    status, out, err = call(path, "--loss", "rmse", "--of", "cost")
    assert (status, out) == (2, "")
    assert "the cost of rmse is inf" in err
    assert "--of loss" in err


def test_pipes_are_read_once():
    whole = losscli("gradient", *PAIR, "--loss", "mse", "--of", "cost", "--quiet")
    text = (SAMPLES / PAIR[0]).read_bytes()
    piped = losscli("gradient", "-", PAIR[1], "--loss", "mse", "--of", "cost", "--quiet", stdin=text)
    assert (piped.returncode, piped.stdout) == (0, whole.stdout)


def test_samples_of_a_cost_need_inputs_that_can_be_read_twice(tmp_path):
    text = (SAMPLES / PAIR[0]).read_bytes()
    labels, samples = SAMPLES / PAIR[1], tmp_path / "samples.csv"
    arguments = ("-", labels, "--loss", "mse", "--per-sample", "samples.csv", "--of", "cost", "--quiet")
    refused = losscli("gradient", *arguments, stdin=text, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "standard input can be read only once" in refused.stderr
    assert "Save it in a file first" in refused.stderr
    assert not samples.exists()
    # What stands before a gradient of a sum is known before.
    allowed = losscli("gradient", *arguments, "--reduction", "sum", stdin=text, cwd=tmp_path)
    assert (allowed.returncode, len(samples.read_text().splitlines())) == (0, 443)


def test_samples_on_standard_output():
    done = losscli("gradient", *PAIR, "--loss", "mse", "--per-sample", "-", "--output", os.devnull)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "row,id,label,prediction,loss,gradient"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--loss", "mse", "--of", "both"], "'both' is not one of its values; needed: one of loss, cost"),
        (["--loss", "mse", "--quiet", "--format", "json"], "--quiet: --format json is given too"),
        (["--loss", "mse", "--per-sample", "-"], "the report goes to standard output too"),
        (["--loss", "mse", "--per-sample", "x.txt"], "the suffix .csv or .jsonl, which sets the format"),
        (["--loss", "mse", "--output", "diabetes_labels.csv"], "is also read or written by this command"),
        (["--loss", "msee"], "Did you mean mse"),
        ([], "--loss: no loss is named"),
        (["--loss", "mse", "--gate", "mse <= 3"], "--gate"),
        (["--loss", "mse", "--top", "-1"], "--top"),
        (["--loss", "mse", "--loss", "cross_entropy"], "losses that read the same columns"),
    ],
)
def test_what_is_wrong_with_a_call_is_said(call, arguments, message):
    status, out, err = call(*PAIR, *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_all_that_is_wrong_is_said_at_once(call):
    _, _, err = call(*PAIR, "--loss", "mse", "--of", "both", "--per-sample", "x.txt")
    assert "'both'" in err
    assert "suffix" in err


def test_no_rows_and_no_weight_are_errors(call, tmp_path):
    path = tmp_path / "none.csv"
    path.write_text("prediction,label,w\n")
    assert "no data rows" in call(path, "--loss", "mse")[2]
    path.write_text("prediction,label,w\n1,2,0\n")
    for of in ("loss", "cost"):
        status, _, err = call(path, "--loss", "mse", "--weight", "w", "--of", of)
        assert (status, "the weights sum to 0" in err) == (2, True)


def test_a_gradient_that_is_no_number_is_refused(call, tmp_path):
    source, path = tmp_path / "mine.py", tmp_path / "p.csv"
    source.write_text(
        "import numpy as np\n"
        "def odd(label, prediction):\n    return np.abs(prediction)\n"
        "def odd_gradient(label, prediction):\n    return np.where(prediction > 2, np.nan, 1.0)\n"
        "def lone(label, prediction):\n    return np.where(prediction == 3, 1.0, np.inf)\n"
    )
    path.write_text("prediction,label\n1,0\n3,0\n")
    status, _, err = call(path, "--loss", f"{source}:odd")
    assert status == 2
    assert "row 2 (line 3): the gradient of" in err
    assert "at prediction 3 is NaN" in err
    assert "the numerical gradient of" in call(path, "--loss", f"{source}:lone")[2]


def test_hostile_text_is_shown_and_never_obeyed(call, tmp_path):
    path = tmp_path / "hostile.csv"
    nasty = "\x1b[31m[bold]::error::##vso[x]\u202e"
    path.write_text(f'id,"prob_{nasty}",prob_b,label\n"{nasty}",0.25,0.75,b\n=1+1,0.5,0.5,"{nasty}"\n')
    for format_ in ("table", "markdown", "csv", "json", "jsonl"):
        status, out, err = call(path, "--loss", "ce", "--format", format_, "--top", "5")
        assert (status, err) == (0, "")
        assert not {"\x1b", "\u202e"} & set(out)
        assert "##vso[" not in out
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]
    samples = tmp_path / "samples.csv"
    assert call(path, "--loss", "ce", "--per-sample", samples, "--quiet")[0] == 0
    text = samples.read_text()
    assert not {"\x1b", "\u202e"} & set(text)
    assert "'=1+1" in text


@pytest.mark.parametrize("width", [32, 40, 80])
def test_tables_fold_to_the_width_of_a_terminal(width):
    call = ("gradient", "wine_bayes.csv", "wine_labels.csv", "--loss", "ce", "--top", "2")
    assert max(map(len, losscli(*call, COLUMNS=width).stdout.splitlines())) <= width


def test_shifting_every_prediction_changes_the_cost_by_the_sum_of_its_gradient(document, tmp_path):
    """What a gradient is: one step along it, and the cost changes as it says."""
    random = np.random.default_rng(7)
    label, prediction = random.gamma(2, 2, (2, 50))
    step = 1e-6

    def cost(shift, *options):
        path = tmp_path / "p.csv"
        pairs = zip((prediction + shift).tolist(), label.tolist(), strict=True)
        path.write_text("prediction,label\n" + "".join(f"{p!r},{y!r}\n" for p, y in pairs))
        return document(path, "--loss", "rmsle", "--of", "cost", *options)["results"][0]

    slope = (cost(step)["cost"] - cost(-step)["cost"]) / (2 * step)
    assert 50 * cost(0.0)["gradient"]["mean"] == pytest.approx(slope, rel=1e-6)


def test_gradients_of_one_size_are_told_instead_of_ten_of_them(call, document):
    _, out, _ = call(*PAIR, "--loss", "mae")
    assert "All 442 gradients have the same size, 1: no sample counts more than another." in out
    assert "largest gradients: mae" not in out
    _, out, _ = call(*PAIR, "--loss", "mae", "--all")
    assert "All 442 samples: mae" in out
    result = document(*PAIR, "--loss", "mae", "--of", "cost")["results"][0]
    assert result["same_size"] == result["gradient"]["max_abs"] == abs(result["worst"][0]["gradient"])
    assert (len(result["worst"]), result["as_large"]) == (10, 432)
    assert document(*PAIR, "--loss", "mse")["results"][0]["same_size"] is None


def test_gradients_as_large_as_the_last_one_shown_are_counted(call, document):
    every = document(*PAIR, "--loss", "huber:delta=20", "--all")["results"][0]
    largest = sum(abs(sample["gradient"]) == 20.0 for sample in every["worst"])
    assert every["as_large"] == 0
    assert document(*PAIR, "--loss", "huber:delta=20")["results"][0]["as_large"] == largest - 10
    assert document(*PAIR, "--loss", "huber:delta=20", "--top", 0)["results"][0]["as_large"] == 0
    _, out, _ = call(*PAIR, "--loss", "huber:delta=20")
    assert f"{largest - 5} more gradients are as large as these." in out
    for flag in ("--full", "-v"):
        assert (
            f"{largest - 10} more gradients are as large as these."
            in call(*PAIR, "--loss", "huber:delta=20", flag)[1]
        )
    _, out, _ = call(*PAIR, "--loss", "huber:delta=20", "--top", "7")
    assert f"{largest - 7} more gradients are as large as these." in out


def test_gradients_of_0_are_not_among_the_largest(call, small):
    _, out, _ = call(small, "--loss", "mse")
    assert "The 3 largest" not in out  # all four are shown: there are no more
    assert "All 4 samples: mse" in out
    _, out, _ = call("cancer_scores.csv", "cancer_signs.csv", "--loss", "hinge", "--top", "100")
    assert "The 66 largest gradients: hinge" in out
    assert "The gradient of the other 503 samples is 0." in out
    _, out, _ = call("wine_logits.csv", "wine_labels.csv", "--loss", "zero_one")
    assert "All 178 gradients are 0" in out
    assert "largest" not in out


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_default_page_fits_a_screen(width):
    done = losscli("gradient", *PAIR, "--loss", "mse", COLUMNS=str(width))
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= (40 if width >= 80 else 52)
    assert "The 5 largest gradients: mse" in lines
    whole = losscli("gradient", *PAIR, "--loss", "mse", "--full", COLUMNS=str(width)).stdout
    assert "The 10 largest gradients: mse" in whole
