"""Verdicts with a confidence: published values, consistency with bounds, and how often they are wrong."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import losscli
from losscli.common.errors import LosscliError
from losscli.compute.statistics.intervals.anytime import anytime_one_sided
from losscli.compute.statistics.intervals.percentile import percentile_ranks
from losscli.compute.statistics.intervals.proportion import clopper_pearson
from losscli.compute.statistics.intervals.several import holm
from losscli.verdicts.gates.grammar import Relative
from losscli.verdicts.sound.relative import line_of

SAMPLES = "sample_data/diabetes_linear.csv", "sample_data/diabetes_labels.csv"
FOREST = "sample_data/diabetes_forest.csv"
BOUNDS = [2671.4944916498557, 3310.364671063373]


@pytest.fixture(autouse=True)
def _at_home(monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath)


def judged(losses, gates, loss="mae", **asked):
    """The outcomes of gates on given losses."""
    asked = {"confidence": 0.95, **asked}
    zeros = np.zeros(len(losses))
    return losscli.evaluate(np.asarray(losses, dtype=float), zeros, loss, gate=gates, **asked).gates


@pytest.mark.parametrize(
    ("limit", "verdict", "rows"),
    [(3400, "pass", None), (3300, "undecided", 917), (3100, "undecided", 6409), (2500, "fail", None)],
)
def test_published_gates_on_the_cost(limit, verdict, rows):
    (gate,) = losscli.evaluate(*SAMPLES, "mse", gate=f"mse <= {limit}", confidence=0.95).gates
    assert (gate.verdict, gate.rows_needed) == (verdict, rows)
    assert gate.bounds == pytest.approx(BOUNDS, rel=1e-10)
    assert gate.estimate == gate.value


def test_published_gates_row_by_row():
    gates = ["mse <= baseline * 0.8", "mse <= baseline * 0.75"]
    asked = {"gate": gates, "confidence": 0.95, "baseline_predictions": FOREST}
    first, second = losscli.evaluate(*SAMPLES, "mse", **asked).gates
    assert (first.verdict, second.verdict, second.rows_needed) == ("pass", "undecided", 5772)
    assert first.bounds == pytest.approx([-645.67, -24.00], abs=0.005)
    assert second.bounds == pytest.approx([-420.52, 168.20], abs=0.005)


def test_relative_gates_on_finished_costs_need_no_delta_method():
    asked = {"confidence": 0.95, "baseline_predictions": FOREST}
    root, square = losscli.evaluate(
        *SAMPLES, ["rmse", "mse"], gate=["rmse <= baseline * 0.5", "mse <= baseline * 0.25"], **asked
    ).gates
    assert root.verdict == square.verdict
    assert root.bounds == square.bounds
    assert root.estimate == square.estimate


def test_offset_of_a_finished_cost_goes_by_the_slope():
    asked = {"confidence": 0.95, "baseline_predictions": FOREST}
    (gate,) = losscli.evaluate(*SAMPLES, "rmse", gate="rmse <= baseline - 5", **asked).gates
    assert gate.estimate == pytest.approx(-9.705128404924913 + 5)
    # About 1.65 standard errors of the delta method, more on the longer side.
    low, high = gate.bounds
    assert 1.64 * 1.769596691599134 < gate.estimate - low < 1.8 * 1.769596691599134
    assert 1.64 * 1.769596691599134 < high - gate.estimate < 1.8 * 1.769596691599134


@pytest.mark.parametrize("operator", ["<=", "<", ">=", ">"])
@given(
    losses=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=80),
    limit=st.floats(0.0, 100.0),
)
def test_verdict_is_what_the_bounds_say(operator, losses, limit):
    (gate,) = judged(losses, f"mae {operator} {limit!r}")
    if gate.bounds is None or gate.verdict == "undecided":
        return
    low, high = gate.bounds
    within = {"<=": high <= limit, "<": high < limit, ">=": low >= limit, ">": low > limit}[operator]
    beyond = {"<=": low > limit, "<": low >= limit, ">=": high < limit, ">": high <= limit}[operator]
    assert (gate.verdict == "pass") == within
    assert (gate.verdict == "fail") == beyond
    assert len(losses) >= 30


def test_mirror_image_gives_the_mirrored_verdict():
    losses = np.random.default_rng(7).exponential(size=400)
    for limit in (0.8, 0.95, 1.0, 1.05, 1.3):
        below, above = (judged(losses, f"mae {op} {limit}")[0].verdict for op in ("<=", ">"))
        assert {below, above} in ({"pass", "fail"}, {"undecided"})


def test_too_few_rows_decide_nothing():
    losses = np.linspace(0.9, 1.1, 29)
    (gate,) = judged(losses, "mae <= 5")
    assert gate.verdict == "undecided"
    assert "29 rows are too few" in gate.reason
    assert gate.rows_needed == 30
    assert judged([*losses, 1.0], "mae <= 5")[0].verdict == "pass"


def test_skewed_losses_need_more_rows():
    losses = np.ones(100)
    losses[0] = 50.0
    (gate,) = judged(losses, "mae <= 1000")
    assert gate.verdict == "undecided"
    assert "so skewed" in gate.reason
    assert gate.rows_needed > 2000
    assert judged(losses, "mae <= 0.001")[0].verdict == "undecided"


def test_what_does_not_vary_is_undecided():
    (gate,) = judged(np.ones(1000), "mae <= 5")
    assert (gate.verdict, gate.bounds, gate.rows_needed) == ("undecided", (1.0, 1.0), None)
    assert "nothing varies" in gate.reason


def test_failing_is_adjusted_for_several_gates_and_passing_is_not():
    losses = np.random.default_rng(3).normal(10.0, 1.0, 200)
    low, high = judged(losses, "mae <= 10")[0].bounds
    barely = f"mae <= {math.nextafter(low, 0.0)!r}"
    assert judged(losses, barely)[0].verdict == "fail"
    others = [f"mae <= {high + number}" for number in range(3)]
    outcomes = judged(losses, [barely, *others])
    assert [one.verdict for one in outcomes] == ["undecided", "pass", "pass", "pass"]
    assert "would fail alone" in outcomes[0].reason
    # A clear one fails beside any number of others, and lets the next of Holm's steps be larger.
    assert judged(losses, ["mae <= 5", *others])[0].verdict == "fail"
    steps = ["mae <= 5", "mae <= 6", "mae <= 7", barely]
    assert [one.verdict for one in judged(losses, steps)] == ["fail"] * 4


def test_holms_steps_are_those_of_adjusted_p():
    rng = np.random.default_rng(11)
    from losscli.analyses.evaluate.figures import Figure
    from losscli.verdicts.gates.grammar import Constant, Gate
    from losscli.verdicts.sound.held import of_share
    from losscli.verdicts.sound.judge import Question, _failing

    for _ in range(50):
        counts = rng.integers(1, 15, 5)
        gate = Gate("zero_one", "cost", None, "<=", Constant(0.05))
        held = [of_share(int(count), 100, 0.05) for count in counts]
        asked = [Question(gate, Figure(0.1, 0.1, 0.1), 0.05, None, one, 0.05) for one in held]
        adjusted = holm([one.p_above(False) for one in held])
        assert _failing(asked, 0.05) == {place for place, p in enumerate(adjusted) if p < 0.05}


def test_losses_of_0_and_1_are_exact_and_exempt_from_the_rule():
    truth = np.zeros(298)
    for rows, verdict in ((298, "undecided"), (299, "pass")):
        truth = np.zeros(rows, dtype=int)
        report = losscli.evaluate(truth, truth, "zero_one", gate="zero_one <= 0.01", confidence=0.95)
        (gate,) = report.gates
        assert gate.verdict == verdict
        assert gate.bounds == tuple(clopper_pearson(0, rows, 0.05))
    assert gate.sound.method == "clopper-pearson"
    few = losscli.evaluate(truth[:5], truth[:5], "zero_one", gate="zero_one <= 0.01", confidence=0.95)
    assert few.gates[0].rows_needed == 299


def test_percentiles_go_by_the_order_of_the_losses():
    losses = np.arange(1.0, 1001.0)
    (gate,) = judged(losses, "mae.p95 <= 961.5")
    ranks = percentile_ranks(1000, 0.95, 0.05)
    assert gate.bounds == (losses[ranks.low - 1], losses[ranks.high - 1])
    assert gate.verdict == "undecided"
    assert judged(losses, f"mae.p95 <= {losses[ranks.high - 1]}")[0].verdict == "pass"
    assert judged(losses, f"mae.p95 < {losses[ranks.high - 1]}")[0].verdict == "undecided"
    assert judged(losses, f"mae.p95 < {losses[ranks.low - 1]}")[0].verdict == "fail"
    assert judged(losses, f"mae.p95 <= {losses[ranks.low - 1]}")[0].verdict == "undecided"


def test_percentile_that_so_few_rows_cannot_bound():
    (gate,) = judged(np.arange(1.0, 59.0), "mae.p95 <= 1000")
    assert (gate.verdict, gate.rows_needed, gate.bounds[1]) == ("undecided", 59, math.inf)
    assert judged(np.arange(1.0, 60.0), "mae.p95 <= 1000")[0].verdict == "pass"


def test_percentile_of_a_histogram_is_wider_by_its_bin():
    losses = np.random.default_rng(5).exponential(size=1_000_100)
    (gate,) = judged(losses, "mae.p50 <= 1")
    ranks = percentile_ranks(len(losses), 0.5, 0.05)
    ordered = np.sort(losses)
    exact = ordered[ranks.low - 1], ordered[ranks.high - 1]
    assert gate.bounds[0] <= exact[0] <= exact[1] <= gate.bounds[1]
    assert gate.bounds[0] > exact[0] * 0.992
    assert gate.bounds[1] < exact[1] * 1.008


def test_anytime_bounds():
    losses = np.random.default_rng(2).normal(10.0, 1.0, 500)
    (gate,) = judged(losses, "mae <= 10.2", anytime=True, planned_rows=1000)
    expected = anytime_one_sided(losses.mean(), losses.std(ddof=1), 500, 0.05, 1000)
    assert gate.bounds == pytest.approx(tuple(expected), rel=1e-12)
    assert gate.sound.planned_rows == 1000


def test_guarantee_is_wide_and_needs_a_range():
    rng = np.random.default_rng(4)
    prediction, label = rng.random(2000), rng.integers(0, 2, 2000)
    asked = {"confidence": 0.95, "guarantee": True}
    (gate,) = losscli.evaluate(prediction, label, "brier", gate="brier <= 0.5", **asked).gates
    assert gate.sound.method == "guarantee"
    assert gate.verdict == "pass"
    with pytest.raises(LosscliError, match="mse can be any number"):
        losscli.evaluate(prediction, label, "mse", gate="mse <= 0.5", **asked)


def test_clusters_count_instead_of_rows():
    rng = np.random.default_rng(6)
    table = {"prediction": rng.normal(10.0, 1.0, 400), "label": np.zeros(400)}
    for clusters, verdict in ((20, "undecided"), (40, "pass")):
        table["c"] = [f"c{row % clusters}" for row in range(400)]
        report = losscli.evaluate(table, loss="mae", gate="mae <= 20", confidence=0.95, cluster="c")
        assert report.gates[0].verdict == verdict


def test_groups_have_gates_of_their_own():
    gates = ["mse[sex_1] <= baseline", "mse[sex_2] <= baseline"]
    asked = {"gate": gates, "confidence": 0.95, "baseline_predictions": FOREST, "group": "sex"}
    report = losscli.evaluate(*SAMPLES, "mse", **asked)
    assert [gate.verdict for gate in report.gates] == ["pass", "undecided"]
    assert "so skewed" in report.gates[1].reason
    apart = losscli.evaluate(*SAMPLES, "mse", group="sex")
    assert [one.cost for one in report["mse"].groups] == [one.cost for one in apart["mse"].groups]


def test_few_rows_that_decide_are_counted():
    losses = np.concatenate([np.full(500, 1.0), np.full(500, 1.2)])
    low = judged(losses, "mae <= 5")[0].bounds[0]
    (gate,) = judged(losses, f"mae <= {low - 1e-6!r}")
    assert gate.verdict == "fail"
    count = int(gate.reason.removeprefix("decided by ").split()[0])
    left = np.sort(losses)
    assert judged(left[:-count], f"mae <= {low - 1e-6!r}")[0].verdict == "undecided"
    if count > 1:
        assert judged(left[: 1 - count], f"mae <= {low - 1e-6!r}")[0].verdict == "fail"
    assert "decided by" not in judged(losses, "mae <= 0.5")[0].reason


def test_few_rows_that_decide_between_two_models():
    losses = np.full(1000, 1.0)
    other = losses - np.random.default_rng(8).normal(0.0, 1e-3, 1000)
    asked = {"confidence": 0.95, "baseline_predictions": np.maximum(other, 0.0)}
    distance = losscli.evaluate(losses, losses * 0, "mae", gate="mae <= baseline", **asked).gates[0].bounds[1]
    gate = f"mae <= baseline + {distance + 1e-9!r}"
    outcome = losscli.evaluate(losses, losses * 0, "mae", gate=gate, **asked).gates[0]
    assert outcome.verdict == "pass"
    assert outcome.reason == "decided by 1 row"


def test_document_as_baseline_is_not_paired():
    baseline = losscli.evaluate(FOREST, SAMPLES[1], "mse")
    (gate,) = losscli.evaluate(
        *SAMPLES, "mse", gate="mse <= baseline", confidence=0.95, baseline=baseline
    ).gates
    error = math.hypot(baseline["mse"].standard_error, 186.22)
    assert gate.sound.method == "welch"
    assert gate.bounds[1] == pytest.approx(-1153.5 + 1.65 * error, rel=0.01)
    assert "not paired" in gate.reason


def test_percentage_is_of_the_size_of_the_baseline():
    assert line_of(Relative("+", 50.0, True), 2.0).factor == 1.5
    assert line_of(Relative("+", 50.0, True), -2.0).factor == 0.5
    assert line_of(Relative("-", 50.0, True), -2.0).factor == 1.5


@pytest.mark.parametrize("kind", ["half-normal", "exponential"])
def test_wrong_verdicts_are_rare(kind):
    rng = np.random.default_rng(20)
    truth = math.sqrt(2.0 / math.pi) if kind == "half-normal" else 1.0
    runs, wrong = 400, {"pass": 0, "fail": 0, "undecided": 0}
    for _ in range(runs):
        losses = np.abs(rng.normal(size=100)) if kind == "half-normal" else rng.exponential(size=100)
        wrong[judged(losses, f"mae <= {truth!r}")[0].verdict] += 1
    # 5 % and three standard errors of a simulation of so many runs.
    assert wrong["pass"] / runs < 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
    assert wrong["fail"] / runs < 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
    assert wrong["pass"] + wrong["fail"] > 0


def test_gate_that_so_few_rows_cannot_pass_says_so():
    label = np.zeros(100, dtype=int)
    prediction = label.copy()
    prediction[0] = 1
    (gate,) = losscli.evaluate(prediction, label, "zero_one", gate="zero_one <= 0.01", confidence=0.95).gates
    assert gate.verdict == "undecided"
    assert "100 rows cannot pass it, whatever they are: at least 299 are needed" in gate.reason
    assert "cannot pass it" in judged(np.arange(1.0, 59.0), "mae.p95 <= 1000")[0].reason


def test_weights_count_by_their_effective_number():
    rng = np.random.default_rng(9)
    table = {"prediction": rng.normal(10.0, 1.0, 100), "label": np.zeros(100), "w": np.full(100, 1e-9)}
    table["w"][:20] = 1.0
    asked = {"loss": "mae", "gate": "mae <= 20", "confidence": 0.95, "weight": "w"}
    (gate,) = losscli.evaluate(table, **asked).gates
    assert gate.verdict == "undecided"
    assert "20 effective rows are too few" in gate.reason
    assert gate.rows_needed == 150
    table["w"][:] = 2.0
    (gate,) = losscli.evaluate(table, **asked).gates
    del asked["weight"]
    (plain,) = losscli.evaluate(table, **asked).gates
    assert (gate.verdict, gate.bounds) == (plain.verdict, pytest.approx(plain.bounds, rel=1e-12))


def test_clusters_beside_a_baseline(tmp_path):
    rng = np.random.default_rng(10)
    label, cluster = rng.normal(size=600), [f"c{row // 10}" for row in range(600)]
    first = {"prediction": label + rng.normal(size=600), "c": cluster}
    second = label + 2.0 * rng.normal(size=600)
    asked = {"gate": "mse <= baseline", "confidence": 0.95, "cluster": "c"}
    (gate,) = losscli.evaluate(first, {"label": label}, "mse", baseline_predictions=second, **asked).gates
    difference = (first["prediction"] - label) ** 2 - (second - label) ** 2
    means = difference.reshape(60, 10).mean(axis=1)
    assert gate.verdict == "pass"
    # Of clusters of one size CR1 is the standard error of their means.
    error = means.std(ddof=1) / math.sqrt(60)
    assert gate.estimate == pytest.approx(means.mean())
    assert 1.67 * error < gate.bounds[1] - gate.estimate < 1.9 * error


def test_comparison_in_python_has_gates():
    models = {"forest": FOREST, "linear": SAMPLES[0]}
    gates = ["mse <= baseline * 0.75", "forest:mse <= 3000"]
    report = losscli.compare(models, SAMPLES[1], "mse", gate=gates, confidence=0.95)
    assert [gate.gate for gate in report.gates] == ["linear:mse <= baseline * 0.75", "forest:mse <= 3000"]
    assert [gate.verdict for gate in report.gates] == ["undecided", "fail"]
    assert report.verdict == "fail"
    plain = losscli.compare(models, SAMPLES[1], "mse", gate=gates)
    assert [gate.verdict for gate in plain.gates] == ["pass", "fail"]
    for gate, said in (
        ("mse.std <= 1", "nobody knows"),
        ("mae <= 1", "mae is not computed"),
        ("<", "no metric"),
    ):
        with pytest.raises(LosscliError, match=said):
            losscli.compare(models, SAMPLES[1], "mse", gate=gate, confidence=0.95)
    with pytest.raises(LosscliError, match="there is no gate"):
        losscli.compare(models, SAMPLES[1], "mse", confidence=0.95)


def test_groups_and_clusters_of_a_comparison():
    models = {"forest": FOREST, "linear": SAMPLES[0]}
    asked = {"gate": "mse[sex_1] < baseline", "confidence": 0.95, "group": "sex"}
    (gate,) = losscli.compare(models, SAMPLES[1], "mse", **asked).gates
    alone = losscli.evaluate(*SAMPLES, "mse", baseline_predictions=FOREST, **asked).gates[0]
    assert (gate.verdict, gate.bounds) == (alone.verdict, alone.bounds)
    del asked["group"]
    asked["gate"] = "mse < baseline"
    (gate,) = losscli.compare(models, SAMPLES[1], "mse", cluster="sex", **asked).gates
    assert "2 clusters are too few" in gate.reason
