"""What is asked, and what is right: labels, predictions, and the loss of each row by plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

STRONG = {
    "prediction": (
        *("prediction", "predictions", "pred", "y_pred", "yhat", "y_hat", "predicted", "forecast"),
        "estimate",
    ),
    "label": (
        *("label", "labels", "target", "y_true", "truth", "ground_truth", "groundtruth", "gt", "true"),
        *("actual", "observed"),
    ),
}
WEAK = {"prediction": ("score", "output"), "label": ("y",)}
OWN = {
    "prediction": ("lgbm", "model_out", "fitted values", "sales_hat", "x1", "out"),
    "label": ("sales", "outcome", "churned", "age", "Y2024", "measured"),
}
DECISIONS = ("predict", "prediction_label", "prediction_class", "predicted_label", "pred_label", "pred_class")
PROBABILITIES = (
    *("probability", "proba", "prob", "score", "confidence", "prob_1", "p1", "p_1", "P(1)", "prob[1]"),
    *("y_prob", "y_score", "pred_proba", "pred_prob", "prediction_probability", "1_probability", "logit"),
    *("prediction_score", "score_1", "probability_1", "Probability:Class=1", "prediction_1", "pred_1"),
)

Column = tuple[str, list[str]]


@dataclass
class Problem:
    """Columns whose names say what they are, and what their rows cost.

    Attributes:
        loss: the spec.
        labels, predictions: the columns.
        losses: of each row, or of each of the readings that are right.
        options: what the caller says.
        beside: columns that belong to the predictions and are not read.
        plain: whether it has to be answered, if its layout is plain.
        refused: whether no answer is right.
        dropped: a row that is left out.
        said: what is special.
    """

    loss: str
    labels: list[Column]
    predictions: list[Column]
    losses: list[float]
    options: dict[str, object] = field(default_factory=dict)
    beside: list[Column] = field(default_factory=list)
    plain: bool = True
    refused: bool = False
    dropped: int | None = None
    said: list[str] = field(default_factory=list)


def problem(random: Random) -> Problem:
    """Return a problem of any kind, of two to nine rows."""
    kinds: tuple[Callable[[Random, int], Problem], ...] = (scalar, scalar, binary, binary, classes, classes)
    kinds += (outputs, spread, interval, several_labels, box)
    return random.choice(kinds)(random, random.randint(2, 9))


def varied(random: Random, name: str) -> str:
    """Return a name as somebody else writes it: other capitals, another mark between its words."""
    if random.random() < 0.5:
        return name
    name = random.choice((name, name.upper(), name.title(), name.capitalize()))
    return name.replace("_", random.choice("_- .")) if random.random() < 0.5 else name


def numeral(random: Random, value: float) -> str:
    """Return one of the ways to write a number."""
    ways = [repr(value), f"{value:.17g}", f"{value:e}" if float(f"{value:e}") == value else repr(value)]
    if value == int(value):
        ways += [str(int(value)), f"{value:.2f}"]
    if value >= 0 and random.random() < 0.1:
        ways = [f"+{value!r}"]
    text = random.choice(ways)
    return text[1:] if text.startswith("0.") and random.random() < 0.05 else text


def numbers(random: Random, values: list[float]) -> list[str]:
    """Return numbers as text, all in one way or each in its own."""
    if random.random() < 0.6:
        return [repr(value) for value in values]
    return [numeral(random, value) for value in values]


def named(random: Random, role: str) -> tuple[str, bool]:
    """Return a name for a role, and whether it says so."""
    kind = random.random()
    if kind < 0.75:
        return varied(random, random.choice(STRONG[role])), True
    if kind < 0.85:
        return varied(random, random.choice(WEAK[role])), True
    return random.choice(OWN[role]), False


def scalar(random: Random, rows: int) -> Problem:
    """Return a regression."""
    truth = [round(random.uniform(-9, 9), random.randint(0, 3)) + 0.0 for _ in range(rows)]
    found = [round(random.uniform(-9, 9), random.randint(0, 3)) + 0.0 for _ in range(rows)]
    loss = random.choice(("mse", "mae"))
    power = 2 if loss == "mse" else 1
    (label, one), (prediction, other) = named(random, "label"), named(random, "prediction")
    return Problem(
        loss,
        [(label, numbers(random, truth))],
        [(prediction, numbers(random, found))],
        [abs(a - b) ** power for a, b in zip(truth, found, strict=True)],
        plain=one and other,
    )


def binary(random: Random, rows: int) -> Problem:
    """Return probabilities of what happened or not, perhaps with what was decided beside them."""
    truth = [float(random.randint(0, 1)) for _ in range(rows)]
    found = [round(random.uniform(0.02, 0.98), 3) for _ in range(rows)]
    loss = random.choice(("brier", "log_loss"))
    losses = [
        (p - y) ** 2 if loss == "brier" else -math.log(p if y else 1 - p)
        for y, p in zip(truth, found, strict=True)
    ]
    label, says = named(random, "label")
    words = [repr(int(value)) if random.random() < 0.9 else repr(value) for value in truth]
    problem = Problem(loss, [(label, words)], [], losses, plain=says)
    if random.random() < 0.5:
        name, says = named(random, "prediction")
        problem.predictions = [(name, numbers(random, found))]
        problem.plain &= says
        return problem
    # One of two columns, of which the other is a decision: either is refused, or the right one is read.
    decision = random.choice((*STRONG["prediction"], *DECISIONS))
    cells = [random.choice(("1", "1.0")) if p > 0.5 else "0" for p in found]
    problem.predictions = [(random.choice(PROBABILITIES), numbers(random, found))]
    problem.beside, problem.plain = [(decision, cells)], False
    problem.said.append("decision beside probability")
    if random.random() < 0.3:
        problem.options["prediction"] = (problem.predictions[0][0],)
        problem.plain = says
    return problem


NAMES = (
    *(("a", "b"), ("cat", "dog", "bird"), ("yes", "no"), ("0", "1", "2"), ("1", "2"), ("low", "mid", "high")),
    *(("EAP", "HPL", "MWS"), ("A", "a"), ("class_1", "class_2"), ("-1", "1"), ("1.0", "2.0"), ("07", "7")),
    *(
        ("New York", "Rome"),
        ("é", "e"),
        ("Yes", "No"),
        ("setosa", "versicolor", "virginica"),
        ("10", "9", "2"),
    ),
)
WAYS = (
    *("prob_{}", "proba_{}", "p_{}", "{}_probability", "{}_prob", "P({})", "prob['{}']", "prob[{}]"),
    *("Probability:Class={}", "probability_{}", "score_{}", "prediction_{}", ".pred_{}", "p{}", "c{}"),
    *("PROB_{}", "Prob.{}", "prob {}", "{}", "{}"),
)


def classes(random: Random, rows: int) -> Problem:
    """Return probabilities of classes, named in one of many ways, in any order."""
    names = random.choice(NAMES)
    labels = [random.choice(names) for _ in range(rows)]
    shares = []
    for _ in range(rows):
        cuts = sorted(random.sample(range(1, 100), len(names) - 1))
        parts = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
        random.shuffle(parts)
        shares.append(dict(zip(names, parts, strict=True)))
    loss = random.choice(("cross_entropy", "multiclass_brier", "zero_one"))
    losses = []
    for label, share in zip(labels, shares, strict=True):
        if loss == "zero_one":
            best = max(share.values())
            if sum(value == best for value in share.values()) > 1:
                share.update(dict.fromkeys(names, 0) | {names[0]: 100})
                best = 100
            losses.append(float(share[label] != best))
        elif loss == "cross_entropy":
            share[label] = share[label] or 1
            losses.append(-math.log(share[label] / 100))
        else:
            losses.append(sum((share[name] / 100 - (name == label)) ** 2 for name in names))
    order = random.sample(names, len(names))
    way = random.choice(WAYS)
    label, says = named(random, "label")
    columns = [(way.format(name), [repr(share[name] / 100) for share in shares]) for name in order]
    plain = says and way != "c{}" and not {*names} & {"07", "A", "é"} and (way != "p{}" or names[0].isdigit())
    plain &= way not in ("{}", "score_{}") or (way == "{}" and len(set(labels)) == len(names))
    plain &= not all(name.lstrip("-").replace(".", "").isdigit() for name in names)
    problem = Problem(loss, [(label, labels)], columns, losses, plain=plain, said=[way, "/".join(names)])
    if random.random() < 0.2 and all(name.isdigit() for name in names):
        problem.labels = [(label, [f"{name}.0" for name in labels])]
        problem.plain = False
    elif random.random() < 0.15:
        one_hot = random.sample(names, len(names))
        words = random.choice((("0", "1"), ("False", "True"), ("0.0", "1.0")))
        problem.labels = [(f"label_{name}", [words[name == label] for label in labels]) for name in one_hot]
        problem.said.append("one hot")
        problem.plain = False
    if random.random() < 0.25:
        best = [max(share, key=share.__getitem__) for share in shares]
        problem.beside = [(random.choice((*STRONG["prediction"], *DECISIONS)), best)]
        problem.said.append("decision beside classes")
        problem.plain = False
    return problem


def outputs(random: Random, rows: int) -> Problem:
    """Return several outputs of one model, which pair by name."""
    names = random.sample(("lat", "lon", "x", "y", "height", "2024"), random.randint(2, 3))
    truth = {name: [round(random.uniform(-9, 9), 2) for _ in range(rows)] for name in names}
    found = {name: [round(random.uniform(-9, 9), 2) for _ in range(rows)] for name in names}
    losses = [
        math.fsum((truth[name][row] - found[name][row]) ** 2 for name in names) / len(names)
        for row in range(rows)
    ]
    prefix = random.choice(("prediction_", "pred_", "Prediction_"))
    problem = Problem(
        "mse",
        [(f"label_{name}", numbers(random, truth[name])) for name in random.sample(names, len(names))],
        [(f"{prefix}{name}", numbers(random, found[name])) for name in random.sample(names, len(names))],
        losses,
        said=["outputs"],
    )
    if random.random() < 0.2:
        # Names that say two things: no order of theirs is sure.
        other = dict(zip(names, ("lo", "la", "h"), strict=False))
        problem.labels = [(f"label_{other[name[6:]]}", cells) for name, cells in problem.labels]
        problem.refused = True
    return problem


def spread(random: Random, rows: int) -> Problem:
    """Return means with a variance, a standard deviation, or both."""
    truth = [round(random.uniform(-9, 9), 2) for _ in range(rows)]
    found = [round(random.uniform(-9, 9), 2) for _ in range(rows)]
    std = [round(random.uniform(0.2, 4), 1) for _ in range(rows)]
    losses = [
        (math.log(s * s) + (a - b) ** 2 / (s * s)) / 2 for a, b, s in zip(truth, found, std, strict=True)
    ]
    variance = [float(f"{s * s:.12g}") for s in std]
    stds = random.choice(("std", "sigma", "sd", "stddev", "se", "prediction_std", "pred_std", "STD"))
    variances = random.choice(("variance", "var", "sigma2", "prediction_variance", "pred_var", "Variance"))
    both = [(stds, numbers(random, std)), (variances, numbers(random, variance))]
    chosen = random.choice((both, both[:1], both[1:]))
    mean = random.choice(("prediction", "pred", "y_pred", "mean", "mu", "yhat"))
    label = varied(random, random.choice(STRONG["label"]))
    columns = [(mean, numbers(random, found)), *random.sample(chosen, len(chosen))]
    return Problem(
        "gaussian_nll", [(label, numbers(random, truth))], columns, losses, plain=False, said=["spread"]
    )


def interval(random: Random, rows: int) -> Problem:
    """Return intervals, their ends named in pairs or not."""
    truth = [round(random.uniform(-9, 9), 2) for _ in range(rows)]
    lower = [round(random.uniform(-9, 5), 2) for _ in range(rows)]
    upper = [low + random.choice((0.5, 2.0, 4.25)) for low in lower]
    losses = [
        (high - low) + 20 * (max(low - y, 0) + max(y - high, 0))
        for y, low, high in zip(truth, lower, upper, strict=True)
    ]
    pairs = (
        ("lower", "upper"),
        ("lower_bound", "upper_bound"),
        ("low", "high"),
        ("lo", "hi"),
        ("lwr", "upr"),
    )
    pairs += (("yhat_lower", "yhat_upper"), ("Lower", "Upper"), ("pred_lower", "pred_upper"))
    names = random.choice(pairs)
    ends = [(names[0], numbers(random, lower)), (names[1], numbers(random, upper))]
    label = varied(random, random.choice(STRONG["label"]))
    problem = Problem("interval_score", [(label, numbers(random, truth))], ends, losses, plain=False)
    problem.said.append("interval")
    if random.random() < 0.4:
        named_ends = random.sample(names, 2)
        problem.options["prediction"] = tuple(named_ends)
    random.shuffle(problem.predictions)
    return problem


def several_labels(random: Random, rows: int) -> Problem:
    """Return several yes-or-no labels of one sample, beside as many probabilities."""
    names = random.sample(("red", "round", "big", "a", "b"), random.randint(2, 3))
    truth = {name: [random.randint(0, 1) for _ in range(rows)] for name in names}
    found = {name: [round(random.uniform(0.02, 0.98), 2) for _ in range(rows)] for name in names}
    losses = [
        math.fsum((truth[name][row] - found[name][row]) ** 2 for name in names) / len(names)
        for row in range(rows)
    ]
    way = random.choice(("prob_{}", "pred_{}", "prediction_{}", "{}_prob", "proba_{}"))
    return Problem(
        "brier",
        [(f"label_{name}", [str(x) for x in truth[name]]) for name in random.sample(names, len(names))],
        [(way.format(name), numbers(random, found[name])) for name in random.sample(names, len(names))],
        losses,
        plain=False,
        said=["several labels", way],
    )


def box(random: Random, rows: int) -> Problem:
    """Return boxes by their corners; by a corner and a size there is no right answer."""
    writings = (
        ("x1", "y1", "x2", "y2"),
        ("xmin", "ymin", "xmax", "ymax"),
        ("left", "top", "right", "bottom"),
    )
    sizes = (("x", "y", "w", "h"), ("cx", "cy", "w", "h"), ("x", "y", "width", "height"))
    by_size = random.random() < 0.2
    boxes = []
    for _ in range(2):
        corners = [(random.randint(0, 5), random.randint(0, 5)) for _ in range(rows)]
        boxes.append([(x, y, x + random.randint(6, 9), y + random.randint(6, 9)) for x, y in corners])
    columns = []
    for prefix, one in zip(("label_", "prediction_"), boxes, strict=True):
        names = random.choice(sizes if by_size else writings)
        written = [(f"{prefix}{name}", [str(box[at]) for box in one]) for at, name in enumerate(names)]
        columns.append(random.sample(written, 4))
    losses = [1 - _overlap(a, b) for a, b in zip(*boxes, strict=True)]
    return Problem("iou", *columns, losses, plain=False, refused=by_size, said=["box"])


def _overlap(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    wide = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return wide * high / (sum(areas) - wide * high)
