"""`level`, `cluster` and `weights_are`: how sure costs are, the same however they are computed."""

import json
import math
import random
from dataclasses import replace

import numpy as np
import pytest
from helpers.calls import SAMPLES
from helpers.requests_of import request
from helpers.states import comparable, evaluated, merged_report, write_merged
from scipy import stats

import losscli
from losscli.analyses.evaluate import in_parts
from losscli.analyses.evaluate.document import document
from losscli.analyses.evaluate.run import evaluate
from losscli.analyses.evaluate.together import evaluate_many
from losscli.analyses.sure import sure_of
from losscli.common.errors import LosscliError
from losscli.compute.evidence import Evidence
from losscli.loss.registry import find
from losscli.loss.spec import bind
from losscli.verdicts.gates.baseline import baseline_of

DIABETES = (SAMPLES / "diabetes_linear.csv", SAMPLES / "diabetes_labels.csv")
SLEEP = [-1.2, -2.4, -1.3, -1.3, 0.0, -1.0, -1.8, -0.8, -4.6, -1.4]


def result(losses, loss="wgan_generator", level=0.95, **options):
    """Return what is found of losses that are given as such: a critic's scores of generated samples."""
    return losscli.evaluate(-np.array(losses), np.zeros(len(losses)), loss, level=level, **options).results[0]


def close(found, wanted, tolerance=1e-9):
    assert all(math.isclose(a, b, rel_tol=tolerance) for a, b in zip(found, wanted, strict=True)), found


def test_students_sleep():
    found = result(SLEEP)
    close(found.ci, (-5.206478603398066, -0.7001142367), 1e-9)
    close((found.skewness, found.standard_error), (-1.4719767296659394, 1.58 / 4.062127683382037))


def test_of_the_gates_of_field():
    found = losscli.evaluate(*map(str, DIABETES), ["mse", "rmse"], level=0.9)
    close(found["mse"].ci, (2671.4944916498557, 3310.364671063373), 1e-14)
    close((found["mse"].skewness,), (2.3502867511669367,), 1e-14)
    # A cost that is a root: the roots of the ends, and its standard error by the slope.
    close(found["rmse"].ci, [math.sqrt(end) for end in found["mse"].ci], 1e-15)
    plain = losscli.evaluate(*map(str, DIABETES), ["mse", "rmse"])
    assert [one.standard_error for one in found.results] == [one.standard_error for one in plain.results]
    assert [one.ci for one in plain.results] == [None, None]


def test_clusters_of_field():
    table = {"prediction": [1.0, 2, 3, 10, 11, 12, 4, 5], "label": [0.0] * 8, "user": [*"aaabbbcc"]}
    found = losscli.evaluate(table, loss="mae", level=0.95, cluster="user").results[0]
    assert (found.standard_error, found.clusters, found.n_effective) == (2.9764702249476644, 3, None)
    t = stats.t.ppf(0.975, 2)
    assert math.isclose(found.ci[0], 6.0 - t * 2.9764702249476644, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_of_newcombe(wrong, n, low, high):
    labels = np.array([1.0] * wrong + [0.0] * (n - wrong))
    found = losscli.evaluate(np.zeros(n), labels, "zero_one:threshold=0.5", level=0.95).results[0]
    assert [round(end, 4) for end in found.ci] == [low, high]
    table = {"prediction": np.zeros(n), "label": labels, "w": np.ones(n), "c": [*map(str, range(n))]}
    if wrong:
        # With weights and clusters a share is a mean like any other.
        for options in ({"weight": "w"}, {"cluster": "c"}):
            other = losscli.evaluate(table, loss="zero_one:threshold=0.5", level=0.95, **options).results[0]
            assert other.ci != found.ci
        counted = losscli.evaluate(
            table, loss="zero_one:threshold=0.5", level=0.95, weight="w", weights_are="counts"
        )
        assert counted.results[0].ci == found.ci


def test_where_nothing_varies_and_where_nothing_is_known():
    assert (result([2.0, 2.0, 2.0]).ci, result([2.0, 2.0]).skewness) == ((2.0, 2.0), None)
    assert (result([2.0]).ci, result([2.0]).standard_error) == (None, None)
    zero = losscli.evaluate([1.0, 2.0], [1.0, 2.0], "rmse", level=0.95).results[0]
    assert (zero.ci, zero.standard_error) == ((0.0, 0.0), None)
    one = losscli.evaluate([1.0], [1.0], "zero_one:threshold=0.5", level=0.95).results[0]
    assert one.ci is None
    # A mean of squares does not end below 0 under a root.
    root = losscli.evaluate([1.0, 2.0, 9.0], [1.0, 2.0, 2.0], "rmse", level=0.99).results[0]
    assert root.ci[0] == 0.0
    infinite = losscli.evaluate([1e200, 1.0], [0.0, 0.0], "mse", level=0.95).results[0]
    assert infinite.cost == math.inf
    assert (infinite.ci, infinite.skewness, infinite.standard_error) == (None, None, None)
    with_infinite_ends = losscli.evaluate([900.0, 1.0, 2.0], [0.0, 0.0, 0.0], "mae", level=0.95).results[0]
    assert with_infinite_ends.ci is not None
    large = losscli.evaluate(
        {"prediction_a": [0.0, 0.0, 9e2], "prediction_b": [1e3, 2e3, 0.0], "label": [*"aaa"]},
        loss="perplexity:from_logits=true",
        level=0.95,
    ).results[0]
    assert large.ci is None


def shard(chance, rows, path, groups=True):
    lines = ["prediction,label,user,w,site"]
    for _ in range(rows):
        size = chance.choice((1.0, 1e-3, 1e3))
        user, times, site = chance.choice("abcdefghij"), chance.randint(0, 3), chance.choice("xy")
        lines.append(f"{chance.gauss(0, size)!r},{chance.randint(0, 1)},{user},{times},{site}")
    path.write_text("\n".join(lines) + "\n")
    return path


HOW = {
    "plain": {},
    "clusters": {"cluster": "user"},
    "importance": {"weight": "w"},
    "counts": {"weight": "w", "weights_are": "counts"},
    "both": {"weight": "w", "cluster": "user"},
    "all": {"weight": "w", "weights_are": "counts", "cluster": "user", "group": ("site",)},
}


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    chance = random.Random(14)
    folder = tmp_path_factory.mktemp("shards")
    paths = [shard(chance, rows, folder / f"{number}.csv") for number, rows in enumerate((40, 1, 77, 250))]
    whole = folder / "whole.csv"
    head, *_ = paths[0].read_text().splitlines()
    whole.write_text(
        "\n".join([head, *(row for one in paths for row in one.read_text().splitlines()[1:])]) + "\n"
    )
    return paths, whole


def asked(path, **options):
    return request(path, None, "mse", "rmse", "zero_one:threshold=0", level=0.95, bad_rows="drop", **options)


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_any_block_size_gives_the_same(shards, how):
    _, whole = shards
    wanted = json.dumps(document(evaluate(asked(whole, **how))))
    for rows in (1, 7, 100):
        assert json.dumps(document(evaluate(asked(whole, block_rows=rows, **how)))) == wanted


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_states_of_shards_make_that_of_one_run(shards, how, tmp_path):
    paths, whole = shards
    states, starts, rows = [], {}, 0
    for number, path in enumerate(paths):
        states.append(tmp_path / f"{number}.state")
        report = evaluated(asked(path, **how), states[-1])
        starts[str(path)] = rows
        rows += report.predictions.rows
    wanted = comparable(evaluate(asked(whole, **how)))
    for seed in range(3):
        path = write_merged(states, tmp_path, random.Random(seed))
        assert comparable(merged_report([path]), starts) == wanted
    texts = {write_merged(states, tmp_path, random.Random(seed)).read_bytes() for seed in range(3)}
    assert len(texts) == 1


class Here:
    """A crew of this process."""

    workers = 3

    def __call__(self, function, tasks):
        return [function(task) for task in tasks]


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_in_parts_it_is_the_document_of_one_run(shards, how):
    paths, _ = shards
    one = asked(str(paths[0].parent / "[0-9].csv"), **how)
    assert json.dumps(document(in_parts.evaluate(one, Here()))) == json.dumps(document(evaluate(one)))


def test_evaluated_together_each_has_its_own_level(shards):
    _, whole = shards
    requests = [
        asked(whole),
        request(whole, None, "mse", "rmse", "zero_one:threshold=0", bad_rows="drop"),
        request(whole, None, "mse", "rmse", "zero_one:threshold=0", level=0.5, bad_rows="drop"),
        asked(whole, **HOW["both"]),
    ]
    for one, report in zip(requests, evaluate_many(requests), strict=True):
        assert json.dumps(document(report)) == json.dumps(document(evaluate(one)))


@pytest.mark.parametrize("clustered", [False, True])
def test_counts_are_repeated_rows(shards, tmp_path, clustered):
    _, whole = shards
    head, *rows = whole.read_text().splitlines()
    repeated = [row for row in rows for _ in range(int(row.split(",")[3]))]
    path = tmp_path / "repeated.csv"
    path.write_text("\n".join([head, *repeated]) + "\n")
    options = {"cluster": "user"} if clustered else {}
    counted = evaluate(asked(whole, weight="w", weights_are="counts", **options))
    plain = evaluate(asked(path, **options))
    for one, other in zip(counted.results, plain.results, strict=True):
        assert one.sure == other.sure
        assert (one.cost, one.standard_error, one.std, one.ci) == (
            *(other.cost, other.standard_error, other.std, other.ci),
        )
    if clustered:
        return
    without = evaluate(request(whole, None, "mse", weight="w", weights_are="counts", bad_rows="drop"))
    assert without.results[0].standard_error == plain.results[0].standard_error
    assert without.results[0].sure is None


def test_importance_weights_are_those_of_today(shards):
    _, whole = shards
    with_level = evaluate(asked(whole, weight="w")).results
    without = evaluate(
        request(whole, None, "mse", "rmse", "zero_one:threshold=0", weight="w", bad_rows="drop")
    )
    assert [one.standard_error for one in with_level] == [one.standard_error for one in without.results]
    weights = [float(row.split(",")[3]) for row in whole.read_text().splitlines()[1:]]
    assert with_level[0].n_effective == sum(weights) ** 2 / sum(one * one for one in weights)


def test_a_baseline_reads_what_was_written(shards):
    _, whole = shards
    for how in HOW.values():
        report = evaluate(asked(whole, **how))
        read = baseline_of(json.loads(json.dumps(document(report)))).report
        assert read.level == 0.95
        for one, other in zip(read.results, report.results, strict=True):
            assert one.sure == other.sure
            assert [group.sure for group in one.groups] == [group.sure for group in other.groups]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ci", [1.0]),
        ("ci", [2.0, 1.0]),
        ("ci", "x"),
        ("ci", [1.0, "x"]),
        ("ci", [0.0, 1e999]),
        ("skewness", "x"),
    ],
)
def test_a_baseline_with_another_interval_is_refused(key, value):
    found = document(losscli.evaluate([1.0, 2.0], [1.0, 4.0], "mse", level=0.5))
    found["results"][0][key] = value
    with pytest.raises(LosscliError, match=key):
        baseline_of(found)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.5])
def test_a_baseline_with_an_impossible_level_is_refused(level):
    found = document(losscli.evaluate([1.0, 2.0], [1.0, 4.0], "mse", level=0.5)) | {"level": level}
    with pytest.raises(LosscliError, match="level"):
        baseline_of(found)


def test_without_a_level_nothing_is_said(shards):
    _, whole = shards
    found = document(evaluate(request(whole, None, "mse", weight="w", bad_rows="drop")))
    assert not {"ci", "skewness", "clusters", "n_effective"} & {*found["results"][0]}
    assert "level" not in found
    assert "ci:" not in found["signature"]


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99, 1 - 1e-12, 1e-9])
def test_a_higher_level_is_wider(level):
    losses = np.random.default_rng(3).gamma(1.0, size=60)
    found, wider = result(losses, level=level), result(losses, level=level + (1 - level) / 2)
    assert wider.ci[0] < found.ci[0] <= found.cost <= found.ci[1] < wider.ci[1]


def test_a_finish_of_somebodys_own_that_does_not_know_an_end_gives_no_interval():
    mse, estimate = find("mse"), Evidence.of(np.array([0.0, 0.0, 49.0]), None, None, counts=False).estimate()
    plain = sure_of(bind(mse, {}), estimate, 0.9)
    assert plain.ci[0] < 0.0
    rooted = replace(mse, name="rooted", finish=math.sqrt, finish_derivative=None, non_negative=None)
    assert sure_of(bind(rooted, {}), estimate, 0.9).ci is None
    falling = replace(mse, name="falling", finish=lambda mean: -mean, non_negative=None)
    assert sure_of(bind(falling, {}), estimate, 0.9).ci == (-plain.ci[1], -plain.ci[0])
    assert sure_of(bind(replace(rooted, non_negative=True), {}), estimate, 0.9).ci[0] == 0.0


def test_a_frame_has_the_interval():
    report = losscli.evaluate(*map(str, DIABETES), ["mse", "mae"], level=0.9)
    frame = report.to_frame()
    assert frame["ci_low"].tolist() == [one.ci[0] for one in report.results]
    assert frame["level"].tolist() == [0.9, 0.9]
    assert "ci_low" not in losscli.evaluate(*map(str, DIABETES), "mse").to_frame()
