"""Which numbers are alike, how likely an accident is, and how a number is typed."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import losscli
from losscli.analyses.reconcile.matches import accidental
from losscli.analyses.reconcile.observed import observed_of
from losscli.cli.main import main
from losscli.common.errors import UsageError

RANGE = [1.0, 10.0, 100.0]


@pytest.mark.parametrize("text", ["1e400", "1e-400", "1000", "0.5", "0.000"])
def test_no_accident_is_expected_outside_the_range(text: str) -> None:
    assert accidental(RANGE, observed_of(text)) == 0.0


def test_accidents_inside_the_range_are_the_share_of_its_logarithm() -> None:
    assert math.isclose(accidental(RANGE, observed_of("20")), 3 * math.log(20.5 / 19.5) / math.log(100))
    assert math.isclose(accidental(RANGE, observed_of("0")), 0.0)
    assert accidental(RANGE, observed_of("0e3")) == 3.0


def test_a_narrow_window_is_not_lost_to_rounding() -> None:
    expected = accidental(RANGE, observed_of("20.00000000000000000000"))
    assert math.isclose(expected, 3 * 0.5e-20 * 2 / 20 / math.log(100), rel_tol=1e-9)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("48.12%", "As a share: 0.4812; of a loss in per cent: 48.12"),
        ("48.10 %", "As a share: 0.4810; of a loss in per cent: 48.10"),
        ("0,4812", "Typed so: 0.4812"),
        ("−0.5", "Typed so: -0.5"),
        ("nan", ""),
        ("1,234.5", ""),
    ],
)
def test_a_number_in_another_style_is_refused_with_how_it_is_typed(text: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        observed_of(text)
    assert caught.value.remedy == remedy


@pytest.mark.parametrize("deviation", ["reduction=sum", "reduction=batch:32", "sign=negative"])
def test_libraries_that_deviate_alike_are_one_match(
    deviation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(8)
    label = np.exp(random.normal(size=300))
    prediction = label * np.exp(random.normal(size=300) * 0.3)
    path = tmp_path / "both.csv"
    rows = zip(prediction.tolist(), label.tolist(), strict=True)
    path.write_text("prediction,label\n" + "".join(f"{one!r},{other!r}\n" for one, other in rows))
    cost = losscli.evaluate(path, loss="mse", as_=f"losscli+{deviation}").cost
    status = main(["reconcile", str(path), "--loss", "mse", f"--observed={cost:#.7g}", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert (status, document["outcome"]) == (0, "found")
    (match,) = document["matches"]
    assert (match["library"], match["deviations"]) == ("losscli", [deviation])
    assert {"lightgbm", "catboost", "keras", "sklearn"} <= {*match["libraries"]}


def test_what_a_library_clips_of_a_mean_is_clipped_of_its_logarithm_too() -> None:
    # LightGBM 4.7.0 poisson takes a mean of 1e-10 at least, of log-scores too.
    label, score = np.array([2.0, 1.0]), np.array([-30.0, 0.5])
    least = 1.000000013351432e-10
    expected = (least - 2.0 * math.log(least) + math.exp(0.5) - 0.5) / 2.0
    report = losscli.evaluate(score, label, "poisson_nll:log_input=true", as_="lightgbm")
    assert math.isclose(report.cost, expected, rel_tol=1e-12)


def test_xgboost_takes_a_gamma_mean_of_a_millionth_at_least() -> None:
    # XGBoost 3.2.0 gamma-nloglik gave this number.
    label, mean = np.array([1e-5, 1e-5, 2e-5, 1e-6]), np.array([1e-7, 2e-6, 1e-5, 3e-5])
    report = losscli.evaluate(mean, label, "gamma_deviance", as_="xgboost.nloglik")
    assert math.isclose(report.cost, -7.957944631576538, rel_tol=2.0**-22)
