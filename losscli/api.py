"""The Python API: the same figures as the command line, for files, data frames and arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Unpack, get_args

from losscli.analyses.fit.request import FitRequest
from losscli.analyses.fit.run import fit as _fit
from losscli.analyses.fit.train import Schedule
from losscli.analyses.gradient.report import Of
from losscli.analyses.gradient.run import gradient as _gradient
from losscli.common.arguments import listed, no_texts, once, own, unknown, wrong_types
from losscli.common.errors import UsageError, raise_together
from losscli.common.options import CHOICES
from losscli.compute.engines.choice import crew_of
from losscli.inputs.arguments import Inputs, Names, with_inputs
from losscli.loss import registry
from losscli.loss.asked import Losses, OneLoss, finder
from losscli.outputs.python.advising import recommend
from losscli.outputs.python.engines import gradients, no_engine
from losscli.outputs.python.examining import doctor
from losscli.outputs.python.judging import Against, Confident, Judging, judged_comparison
from losscli.outputs.python.losses import LoadedLoss, NamedLoss, as_computed, loaded, named_loss
from losscli.outputs.python.models import Sureness, requests_of, with_baseline
from losscli.outputs.python.planning import plan
from losscli.outputs.python.reconciling import reconcile
from losscli.outputs.python.reports import CompareReport, FitReport, GradientReport, Report
from losscli.outputs.python.request import no_slices, request_of
from losscli.outputs.python.spoken import spoken
from losscli.outputs.python.states import evaluated as _evaluated
from losscli.outputs.python.states import merged as _merged
from losscli.outputs.python.states import no_state
from losscli.verdicts.judged import Standard
from losscli.verdicts.judged import evaluate as _evaluate

if TYPE_CHECKING:
    from losscli.outputs.python.frames import DataFrame

__all__ = [
    "compare",
    "doctor",
    "evaluate",
    "fit",
    "gradient",
    "load_loss",
    "losses",
    "merge",
    "per_sample",
    "plan",
    "recommend",
    "reconcile",
]


@with_inputs
@spoken
def evaluate(
    predictions: Any,
    labels: Any = None,
    loss: Losses | None = None,
    *,
    group: str | Sequence[str] | None = None,
    show: Names = None,
    reduction: Literal["mean", "sum"] = "mean",
    as_: str | None = None,
    level: float | None = None,
    cluster: str | None = None,
    weights_are: Literal["importance", "counts"] | None = None,
    top: int | None = 10,
    gate: Names = None,
    baseline: Against = None,
    confidence: float | None = None,
    baseline_predictions: Any = None,
    anytime: bool = False,
    planned_rows: int | None = None,
    guarantee: bool = False,
    state: str | os.PathLike[str] | None = None,
    engine: Literal["local", "processes", "dask"] = "local",
    workers: int | None = None,
    scheduler: str | None = None,
    doctor: bool = False,
    slices: Names = None,
    page: bool = False,
    **inputs: Unpack[Inputs],
) -> Report:
    """Compute losses of predictions against labels: what `losscli evaluate` computes.

    Args:
        predictions: a path, a pandas DataFrame or Series, a mapping of names to columns, or a list or
            an array, `(rows,)` or `(rows, columns)`.
        labels: the same for the labels; omit it if `predictions` has both.
        loss: one loss or several: a spec (`"huber:delta=1.5"`), a loss from `load_loss` or `losses`, or a
            function of (label, prediction) that returns one number for each row.
        group: the column with the groups, in either input; with several, each combination is a group.
        show: columns of either input to show with the worst samples.
        reduction: `mean` or `sum`.
        as_: a library whose number each loss is to be, such as `"keras"` or `"sklearn@1.2"`.
        level: how sure the interval of each cost is to be, such as 0.95; None for no intervals.
        cluster: the column that says which rows belong together, in either input; for intervals.
        weights_are: `importance` (of a row, the default), or `counts` if a weight says how often it was seen.
        top: how many of the worst samples the report has; None for all.
        gate: conditions such as `"mse <= 0.3"`; the report has their verdicts.
        baseline: what gates such as `"mse <= baseline + 2%"` compare with: a report, its JSON, or its path.
        confidence: gates pass or fail only if that is so sure, such as 0.95; else they are undecided.
        baseline_predictions: in place of `baseline`, another model's predictions, compared row by row.
        anytime: bounds of gates that hold however often one looks again after adding rows.
        planned_rows: the number of rows at which those are the narrowest.
        guarantee: bounds of gates that hold for every number of rows, for losses with a largest value.
        state: a file for the state of these rows, which `merge` puts together with others.
        engine: where the work is done: in this process, in several, or on a Dask cluster.
        workers: how many workers an engine starts; by default one for each processor.
        scheduler: the address of the Dask scheduler; by default a cluster of its own.
        doctor: note what `doctor` finds in these rows, in the same pass.
        slices: columns among whose values weak slices are looked for; `"auto"`: all that play no role.
        page: keep what charts of `report.to_html()` need of these rows, in the same pass.
        **inputs: see `Inputs`.

    Returns:
        The report; `report["mse"].cost` is the cost of a loss, `report.cost` that of the only loss.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, found, needed, and what to do.

    Examples:
        >>> losscli.evaluate([1.0, 2.5], [1.0, 2.0], ["mse", "huber:delta=0.5"])
        <Report mse 0.125, huber:delta=0.5 0.0625, n 2>
        >>> losscli.evaluate([1.0, 2.5], [1.0, 2.0], ["mse", "huber:delta=0.5"])["huber"].cost
        0.0625
    """
    confident = Confident(confidence, anytime, planned_rows, guarantee, baseline_predictions)
    judging = Judging(gate, finder(() if loss is None else as_computed(loss)), baseline, confident)
    request, beside = with_baseline(
        predictions,
        labels,
        inputs,
        baseline_predictions,
        loss=loss,
        group=group,
        show=show,
        reduction=reduction,
        as_=as_,
        level=level,
        cluster=cluster,
        weights_are=weights_are,
        top=top,
        after=(
            *no_state(state),
            *no_engine(engine, workers, scheduler, state, top),
            *no_slices(slices, reduction, cluster, baseline_predictions),
        ),
        slices=slices,
        judging=judging,
    )
    crew = crew_of(engine, workers, scheduler)
    asked = replace(judging.request(request), doctor=doctor, page=page)
    return Report.made_of(_evaluated(asked, judging.standard(beside), state, crew))


@spoken
def merge(
    states: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    gate: Names = None,
    baseline: Against = None,
    state: str | os.PathLike[str] | None = None,
) -> Report:
    """Return the report of one evaluation over everything: what `losscli merge` makes of states.

    Args:
        states: the paths of files that `evaluate` wrote as `state`, or `merge` did; in any order.
        gate: conditions such as `"mse <= 0.3"`, judged in the report.
        baseline: what gates compare with, as for `evaluate`.
        state: a file for what they are together, to be merged again.

    Returns:
        The report, equal to the last bit to that of all inputs together.

    Raises:
        LosscliError: with where, found, needed and remedy, for what is no state, and what does not merge.

    Examples:
        >>> report = losscli.evaluate("diabetes.csv", loss="mse", state="diabetes.state")
        >>> losscli.merge(["diabetes.state"]) == report
        True
    """
    return Report.made_of(_merged(states, gate, baseline, state))


@with_inputs
@spoken
def compare(
    predictions: Any,
    labels: Any = None,
    loss: Losses | None = None,
    *,
    baseline_model: str | None = None,
    pairs: Literal["baseline", "all"] = "baseline",
    level: float = 0.95,
    adjust: Literal["holm", "bh", "none"] = "holm",
    margin: float | str | None = None,
    group: str | Sequence[str] | None = None,
    cluster: str | None = None,
    lag: int | None = None,
    weights_are: Literal["importance", "counts"] | None = None,
    anytime: bool = False,
    planned_rows: int | None = None,
    guarantee: bool = False,
    check: Literal["bootstrap", "signflip"] | None = None,
    seed: int | None = None,
    show: Names = None,
    top: int | None = 10,
    gate: Names = None,
    confidence: float | None = None,
    engine: Literal["local", "processes", "dask"] = "local",
    workers: int | None = None,
    scheduler: str | None = None,
    page: bool = False,
    **inputs: Unpack[Inputs],
) -> CompareReport:
    """Say which of several models is better, and how sure that is: what `losscli compare` says.

    Args:
        predictions: of each model, by name or in a list; or one input with a `prediction` column of each.
        labels: as for `evaluate`; omit it if one input has the predictions of all models and the labels.
        loss: one loss or several, as for `evaluate`.
        baseline_model: the name of the model that the others are compared with; by default the first.
        pairs: `all` to compare every model with every other one.
        level: how sure intervals are.
        adjust: how p allows for the number of comparisons: by Holm, by Benjamini and Hochberg, or not at all.
        margin: up to this a difference is as good as none: a number, or `"2%"` of the baseline's cost.
        group: compare within each value of this column too; with several, each combination is a group.
        cluster: the column that says which rows belong together, in any input.
        lag: the differences of rows up to so many apart depend on each other, for forecasts.
        weights_are: `importance` (by default): how much a row matters; or `counts`: how often it was seen.
        anytime: intervals that hold however often one looks again after adding rows.
        planned_rows: the number of rows at which those are the narrowest.
        guarantee: intervals that hold for every number of rows, for losses with a largest value.
        check: a second p by random draws of samples or of signs, which decides nothing.
        seed: of those draws.
        show: columns of the first input, or of the labels, to show with those samples.
        top: how many samples that moved a difference the most the report has, each way; None for all.
        gate: conditions such as `"mse <= baseline"` on every candidate, or `"NAME:mse <= 0.3"` on one model.
        confidence: gates pass or fail only if that is so sure, such as 0.95; else they are undecided.
        engine: where the work is done, as for `evaluate`.
        workers: how many there are, as for `evaluate`.
        scheduler: that of Dask, as for `evaluate`.
        page: keep what charts of `report.to_html()` need of the samples, in the same pass.
        **inputs: see `Inputs`.

    Returns:
        The report; `report["mse"].comparisons[0].verdict` is the verdict on the first candidate.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, found, needed, and what to do.

    Examples:
        >>> report = losscli.compare({"a": [1.0, 2.5, 3.0], "b": [1.5, 2.0, 4.0]}, [1.0, 2.0, 3.0], "mae")
        >>> report["mae"].comparisons[0].difference
        0.3333333333333333
    """
    given = Sureness(margin, lag, planned_rows, anytime=anytime, guarantee=guarantee, check=check, seed=seed)
    requests, names = requests_of(
        predictions,
        labels,
        inputs,
        baseline_model,
        loss=loss,
        group=group,
        level=level,
        cluster=cluster,
        weights_are=weights_are,
        show=show,
        top=top,
        wrong=[*given.wrong_types],
        confidence=confidence,
        after=(
            *unknown("pairs", pairs, CHOICES["pairs"]),
            *unknown("adjust", adjust, CHOICES["adjust"]),
            *(() if check is None else unknown("check", check, CHOICES["check"])),
            *no_engine(engine, workers, scheduler, None, top),
        ),
    )
    requests = tuple(replace(one, page=page) for one in requests)
    asked = given.asked(requests, names, all_pairs=pairs == "all", adjust=adjust)
    find = finder(() if loss is None else as_computed(loss))
    crew = crew_of(engine, workers, scheduler)
    return CompareReport.made_of(judged_comparison(asked, gate, confidence, find, crew))


@with_inputs
@spoken
def gradient(
    predictions: Any,
    labels: Any = None,
    loss: Losses | None = None,
    *,
    of: Of = "loss",
    group: str | Sequence[str] | None = None,
    show: Names = None,
    reduction: Literal["mean", "sum"] = "mean",
    top: int | None = 10,
    engine: Literal["local", "processes", "dask"] = "local",
    workers: int | None = None,
    scheduler: str | None = None,
    **inputs: Unpack[Inputs],
) -> GradientReport:
    """Compute the derivative of losses with respect to the predictions: what `losscli gradient` computes.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; omit it if `predictions` has both.
        loss: one loss or several, as for `evaluate`.
        of: `"loss"`, the derivative of each sample's own loss, or `"cost"`, that of the weighted cost.
        group: the column with the groups, in either input; with several, each combination is a group.
        show: columns of either input to show with the samples that have the largest gradients.
        reduction: what the cost is, `mean` or `sum`.
        top: how many of the samples with the largest gradients the report has; None for all.
        engine: where the work is done, as for `evaluate`.
        workers: how many workers an engine starts; by default one for each processor.
        scheduler: the address of the Dask scheduler; by default a cluster of its own.
        **inputs: see `Inputs`.

    Returns:
        The report; `report["mse"].gradient.mean` is the mean gradient of a loss.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, what was found, what was
            needed, and what to do.

    Examples:
        >>> losscli.gradient([1.0, 2.5], [1.0, 2.0], "mse")["mse"].gradient.mean
        0.5
    """
    request = request_of(
        "gradient",
        predictions,
        labels,
        inputs,
        loss=loss,
        group=group,
        show=show,
        reduction=reduction,
        top=top,
        after=(*unknown("of", of, get_args(Of)), *no_engine(engine, workers, scheduler, None, top)),
    )
    return GradientReport.made_of(gradients(request, of, crew_of(engine, workers, scheduler)))


@with_inputs
@spoken
def fit(
    predictions: Any,
    labels: Any = None,
    loss: OneLoss | None = None,
    *,
    model: str = "affine",
    optimizer: str | Sequence[str] = "adam",
    learning_rate: float | Sequence[float] | None = None,
    momentum: float | None = None,
    decay: Literal["halving", "cosine", "none"] = "halving",
    epochs: int = 100,
    batch_size: int | None = None,
    tolerance: float = 1e-6,
    patience: int = 5,
    seed: int = 0,
    folds: int = 5,
    save_predictions: str | os.PathLike[str] | None = None,
    group: str | Sequence[str] | None = None,
    **inputs: Unpack[Inputs],
) -> FitReport:
    """Minimise a cost by a small correction of the predictions: what `losscli fit` does.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; omit it if `predictions` has both.
        loss: one spec, loss or function, as for `evaluate`.
        model: `constant`, `bias`, `scale`, `affine` or `temperature`.
        optimizer: `sgd`, `momentum`, `nesterov`, `rmsprop`, `adagrad` or `adam`, or several.
        learning_rate: one initial rate or several, without units; by default that of the optimiser.
        momentum: the momentum of `momentum` and `nesterov`; by default 0.9.
        decay: how the rate decreases.
        epochs: the largest number of passes over the samples.
        batch_size: the number of samples per step; by default a 16th of all, at most 8192.
        tolerance: the share of the cost that an epoch has to save to count as progress.
        patience: the epochs in a row without progress after which it explores, or stops.
        seed: decides which samples share a batch, or a fold.
        folds: the number of parts held out in turn; 0 for none.
        save_predictions: a file for the corrected predictions, if `predictions` is a file.
        group: the column or columns with the groups; the samples of a group stay in one fold.
        **inputs: see `Inputs`.

    Returns:
        The report; `report.best.after` is the lowest cost, `report.best.parameters` the correction.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, what was found, what was
            needed, and what to do.

    Examples:
        >>> losscli.fit([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], "mse", model="bias", folds=0).before
        1.0
    """
    save = os.fspath(save_predictions) if isinstance(save_predictions, os.PathLike) else save_predictions
    optimizers, rates = listed(optimizer), [own(rate) for rate in listed(learning_rate)]
    texts: dict[str, tuple[Any, Any]] = {
        "model": (model, str),
        "decay": (decay, str),
        "save_predictions": (save, str),
    }
    found = [*wrong_types(texts, "a string"), *no_texts("optimizer", optimizers, "the name of an optimiser")]
    raise_together(found)
    request = request_of("fit", predictions, labels, inputs, loss=loss, group=group, top=0)
    schedule = Schedule(
        epochs=own(epochs),
        batch_rows=own(batch_size),
        decay=decay,
        tolerance=own(tolerance),
        patience=own(patience),
        momentum=own(momentum),
        seed=own(seed),
    )
    asked = FitRequest(request, model, once(optimizers), once(rates) or (None,), schedule, own(folds))
    return FitReport.made_of(_fit(replace(asked, save=save)))


@with_inputs
@spoken
def per_sample(
    predictions: Any,
    labels: Any = None,
    loss: Losses | None = None,
    *,
    gradient: Of | None = None,
    **inputs: Unpack[Inputs],
) -> DataFrame:
    """Return every sample as a pandas data frame: the columns that `--per-sample` writes.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; omit it if `predictions` has both.
        loss: one loss or several, as for `evaluate`.
        gradient: adds gradients: `"loss"`, those of each sample's own loss, or `"cost"`, those of the cost.
        **inputs: see `Inputs`.

    Returns:
        A row for each sample that counts, with the index of the predictions if they are a pandas object.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, found, needed, and what to do.

    Examples:
        >>> losscli.per_sample([1.0, 2.5], [1.0, 2.0], "mse")["loss"].tolist()
        [0.0, 0.25]
    """
    from losscli.outputs.python.frames import Samples

    after = () if gradient is None else unknown("gradient", gradient, get_args(Of))
    request = request_of("per_sample", predictions, labels, inputs, loss=loss, top=0, after=after)
    samples = Samples(weigh=gradient == "cost")
    if gradient is None:
        _evaluate(request, Standard(), sink=samples.of_losses)
    else:
        _gradient(request, gradient, sink=samples.of_gradients)
    return samples.frame(predictions)


def losses() -> Iterator[NamedLoss]:
    """Yield every built-in loss, by family: its declaration, with functions that can be called.

    Examples:
        >>> [loss.name for loss in losscli.losses() if loss.family == "gan"][:2]
        ['gan_discriminator', 'gan_generator']
    """
    return map(named_loss, registry.modules())


@spoken
def load_loss(spec: str) -> LoadedLoss:
    """Return the loss that a spec such as `huber:delta=1.5` names, with its parameters.

    Raises:
        UsageError: if there is no such loss or parameter, or a value is not valid.

    Examples:
        >>> losscli.load_loss("huber:delta=2").value([1.0, 0.0], [1.5, 5.0])
        array([0.125, 8.   ])
    """
    if not isinstance(spec, str):
        raise UsageError("spec", f"a {type(spec).__name__}", "a string such as 'huber:delta=1.5'")
    return loaded(spec)
