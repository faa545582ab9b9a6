"""Every kind of data is told, every rule has data that it holds for, every loss has a place."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers.advice_cases import every_kind
from helpers.advice_problems import PROBLEMS, simulate
from helpers.calls import ROOT, run

import losscli
from losscli.analyses.recommend.rules import RULES
from losscli.common.errors import LosscliError
from losscli.loss import registry
from losscli.outputs.views.advice import MEANING

KINDS = every_kind()


@cache
def advice(name):
    if name in KINDS:
        return losscli.recommend(*KINDS[name][:2])
    return losscli.recommend(*simulate(name, 1, 600))


@pytest.mark.parametrize("name", KINDS)
def test_first_choice(name):
    assert advice(name).recommendations[0].loss == KINDS[name][2]


def test_every_rule_holds_for_some_data_and_says_why_in_figures():
    cases = [advice(name).case for name in (*KINDS, *PROBLEMS)]
    cases.append(losscli.recommend(*simulate("zero_inflated", 0, 600)).case)
    far = losscli.recommend(*simulate("log_normal", 2, 600)).case
    for rule in RULES:
        held = [case for case in (*cases, far) if rule.holds(case)]
        assert held, (rule.loss, rule.when)
        for case in held:
            assert rule.reason(case)
            assert "unknown" not in rule.reason(case), (rule.loss, rule.when)
        assert rule.source.doi or rule.source.url
        assert registry.find(rule.loss).parameters.keys() >= rule.parameters(held[0]).keys()


@pytest.mark.parametrize("name", [*KINDS, *PROBLEMS])
def test_every_loss_has_one_place(name):
    found = advice(name)
    places = [
        *(one.loss.partition(":")[0] for one in found.recommendations),
        *(spec.partition(":")[0] for spec in found.others),
        *(one.loss for one in found.ruled_out),
    ]
    assert sorted(places) == sorted(loss.name for loss in registry.all_losses())


@pytest.mark.parametrize("name", KINDS)
def test_places_are_what_evaluate_says(name):
    """Recommended losses cost what `evaluate` says; what is ruled out it refuses, what is not it takes."""
    predictions, labels, _ = KINDS[name]
    found = advice(name)
    for one in found.recommendations:
        (result,) = losscli.evaluate(predictions, labels, loss=one.loss).results
        assert one.cost == result.cost or np.isnan(one.cost)
    for spec in found.others:
        losscli.evaluate(predictions, labels, loss=spec)
    for out in found.ruled_out:
        loss = registry.find(out.loss)
        for switch in ("", ":from_logits=true") if "from_logits" in loss.parameters else ("",):
            if switch and "from_logits" not in str(found.recommendations[0].loss):
                continue
            with pytest.raises(LosscliError):
                losscli.evaluate(predictions, labels, loss=out.loss + switch)


@pytest.mark.parametrize("name", [*KINDS, *PROBLEMS])
def test_evidence_is_known_and_described(name):
    known = advice(name).case.evidence.known()
    assert known.keys() <= MEANING.keys()
    text = (ROOT / "docs" / "recommend.md").read_text("utf-8")
    assert all(f"`{key}`" in text for key in known)
    assert f"`{advice(name).case.labels.kind}`" in text
    assert f"`{advice(name).case.predictions.kind}`" in text


def test_parameters_come_from_the_data():
    random = np.random.default_rng(0)
    noise = random.standard_t(2, 2000)
    for scale in (1e-6, 1.0, 1e6):
        found = losscli.recommend(scale * (5.0 + 0.0 * noise), scale * (5.0 + noise))
        spread = 1.4826 * np.median(np.abs(noise - np.median(noise)))
        delta = float(found.recommendations[0].loss.partition("=")[2])
        assert found.recommendations[0].loss.startswith("huber:delta=")
        assert delta == pytest.approx(1.345 * spread * scale, rel=0.006)


def test_power_is_that_with_which_the_variance_grows():
    random = np.random.default_rng(0)
    mean = np.exp(random.uniform(0.0, 4.0, 20000))
    nearly_poisson = random.poisson(mean) + random.poisson(mean)
    nearly_gamma = random.poisson(mean * random.gamma(2.0, 0.5, len(mean)))
    low = losscli.recommend(2.0 * mean, nearly_poisson).case.evidence.power
    high = losscli.recommend(mean, nearly_gamma).case.evidence.power
    assert low == 1.1
    assert high >= 1.7


def test_table_of_rules_in_the_documentation_is_that_of_the_code():
    """`python docs/make_rules.py` writes it anew."""
    done = run([sys.executable, "docs/make_rules.py", "--check"], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    text = (ROOT / "docs" / "recommend.md").read_text("utf-8")
    assert all(f"`{rule.loss}`" in text and rule.when in text for rule in RULES)


def test_order_of_columns_matters_for_ordered_classes():
    predictions, labels = simulate("ordinal", 0, 800)
    turned = predictions[predictions.columns[[1, 0, 2, 3, 4]]]
    assert losscli.recommend(predictions, labels).recommendations[0].loss == "ranked_probability"
    assert losscli.recommend(turned, labels).recommendations[0].loss == "cross_entropy"


def test_rounded_amounts_are_numbers_and_text_is_not():
    random = np.random.default_rng(1)
    mean = random.uniform(2.0, 40.0, 500)
    found = losscli.recommend(np.rint(mean), random.poisson(mean))
    assert found.case.labels.kind == "count"
    with pytest.raises(LosscliError, match="neither as numbers nor as classes"):
        losscli.recommend(pd.DataFrame({"prediction": [0.2, 0.7]}), pd.DataFrame({"label": ["no", "yes"]}))
    found = losscli.recommend(
        pd.DataFrame({"prediction": [0.2, 0.7]}),
        pd.DataFrame({"label": ["no", "yes"]}),
        map_labels={"no": 0, "yes": 1},
    )
    assert found.recommendations[0].loss == "binary_cross_entropy"


def test_scores_of_a_discriminator_come_last():
    found = advice("logits")
    last = [spec for spec in found.others if not spec.startswith("zero_one")][-9:]
    assert all("gan" in spec for spec in last)


def test_classes_of_several_binary_outputs_are_counted_over_all_labels():
    predictions = pd.DataFrame({"prob_a": [0.9, 0.3, 0.1, 0.1], "prob_b": [0.2, 0.6, 0.1, 0.2]})
    labels = pd.DataFrame({"label_a": [1, 1, 1, 1], "label_b": [1, 1, 1, 0]})
    evidence = losscli.recommend(predictions, labels).case.evidence
    assert (evidence.rarest_share, evidence.imbalance) == (1 / 8, 7.0)
    assert (evidence.zero_share, evidence.negative_share) == (1 / 8, 0.0)
    reasons = losscli.recommend(predictions, labels).recommendations[0].reasons
    assert any("12.5 % of the labels" in reason for reason in reasons)
