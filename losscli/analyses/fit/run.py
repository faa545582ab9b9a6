"""From a request to what a fit found: the samples read, optimisers run, folds judged, predictions saved."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.summary import standard_error, summarise
from losscli.analyses.fit import models, optimizers
from losscli.analyses.fit.collect import Collected, Collecting
from losscli.analyses.fit.correction import Correction, link_for, setting_of
from losscli.analyses.fit.folds import assign
from losscli.analyses.fit.objective import Objective
from losscli.analyses.fit.optimizers import Optimizer
from losscli.analyses.fit.report import FitReport, HeldOut, Parameter, Run, called
from losscli.analyses.fit.request import FitRequest, impossible
from losscli.analyses.fit.samples import Samples, mean_loss, moments
from losscli.analyses.fit.save import refuse_other, save
from losscli.analyses.fit.train import Trained, train
from losscli.analyses.report import head_fields, refuse_nothing
from losscli.analyses.signature import parts
from losscli.common.array import Array
from losscli.common.errors import raise_together
from losscli.compute.engines import Engine, local
from losscli.compute.plan import plan_of
from losscli.compute.statistics.moments import Moments
from losscli.inputs.pairing.alike import note_of_cases, refuse_alike
from losscli.inputs.reading import Observer, Reading
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss


def fit(asked: FitRequest, *, engine: Engine = local, observe: Observer | None = None) -> FitReport:
    """Find the correction of the predictions that minimises the cost.

    Args:
        asked: what to fit.
        engine: who folds the blocks.
        observe: is told how far the work is: bytes of the inputs, then runs.

    Raises:
        LosscliError: for what is `impossible`, whatever reading the inputs raises, and for more samples
            than memory is to hold.
    """
    raise_together(impossible(asked))
    (bound,) = asked.request.loss
    request = replace(asked.request, top=0)
    with Reading(request) as reading:
        # Groups are for the folds; the figures of each are not asked for.
        if asked.save is not None:
            refuse_other(reading.left, reading.request)
        plan = plan_of(reading)
        found = engine.run(Collecting(plan, link_for(bound)), reading.blocks(observe))
        provenance = reading.provenance()
        report = summarise(plan, found.costs, provenance)
    refuse_nothing(report, report.results)
    refuse_alike(found.groups, "groups", "groups")
    report = replace(report, notes=(*report.notes, *note_of_cases(found.groups)))
    fitting = _Fitting(asked, bound, report, found, provenance.classes)
    ways, runs = list(product(asked.optimizers, asked.rates)), []
    for name, rate in ways:
        runs.append(fitting.run(name, rate))
        if observe is not None:
            each = 1 + max(0, fitting.folds)
            observe(len(runs) * each, len(ways) * each, report.results[0].n)
    fitted = fitting.report(tuple(run for run, _ in runs))
    if asked.save is not None:
        best = next(correction for run, correction in runs if run is fitted.best)
        kept = save(asked.save, request, reading, bound, best)
        notes = (
            []
            if not kept
            else [f"{kept} rows have a prediction outside the domain; they are saved unchanged"]
        )
        fitted = replace(fitted, saved=asked.save, notes=(*fitted.notes, *notes))
    return fitted


class _Fitting:
    """The samples of one fit, and what every run on them shares."""

    def __init__(
        self,
        asked: FitRequest,
        bound: BoundLoss,
        report: Report,
        found: Collected,
        classes: tuple[str, ...],
    ) -> None:
        self._asked, self._bound, self._report = asked, bound, report
        self._held_bytes = found.held_bytes
        self._samples, self._losses = found.samples()
        self._classes = classes if bound.layout is Layout.CLASSES else ()
        self._setting = setting_of(bound, len(self._classes))
        self._link, self._model = link_for(bound), models.load(asked.model)
        random = np.random.default_rng([asked.schedule.seed, 0])
        self._fold = assign(len(self._samples), asked.folds, random, self._samples.group)
        self.folds = int(self._fold.max(initial=-1)) + 1

    def run(self, name: str, rate: float | None) -> tuple[Run, Correction]:
        """Run one optimiser at a rate (None: its own) on all samples, then on all but each fold."""
        optimizer = optimizers.load(name)
        trained, correction, named = self._trained(optimizer, rate, self._samples, 1)
        finish = self._bound.finish
        found = moments(self._bound, self._link, self._samples, correction.slope, correction.level)
        run = Run(
            optimizer=name,
            learning_rate=optimizer.rate if rate is None else rate,
            epochs=trained.epochs,
            parameters=dict(self._shown(named)),
            after=math.nan if found is None else finish(found.mean),
            standard_error=None if found is None else standard_error(self._bound, found),
            held_out=self._held_out(optimizer, rate),
            converged=trained.converged,
            diverged=trained.diverged,
            curve=tuple(map(finish, trained.curve)),
        )
        return run, correction

    def report(self, runs: tuple[Run, ...]) -> FitReport:
        """Return all that was found."""
        asked, result, schedule = self._asked, self._report.results[0], self._asked.schedule
        batch = schedule.batch_size(len(self._samples))
        how = {"fit": asked.model, "seed": schedule.seed, "batch": batch, "epochs": schedule.epochs}
        how |= {"decay": schedule.decay, "folds": self.folds}
        said = tuple((key, str(value)) for key, value in how.items())
        signature = replace(parts(self._report.signature), fit=said)
        notes = (*self._report.notes, *self._notes(runs))
        return FitReport(
            **head_fields(self._report, signature=str(signature), notes=notes),
            loss=result.loss,
            model=asked.model,
            acts_on=self._setting.acts_on,
            formula=self._model.formula,
            n=result.n,
            dropped=result.dropped,
            ignored=result.ignored,
            weight_sum=result.weight_sum,
            held_bytes=self._held_bytes,
            seed=schedule.seed,
            batch_size=batch,
            epochs=schedule.epochs,
            decay=schedule.decay,
            tolerance=schedule.tolerance,
            folds=self.folds,
            before=result.cost,
            before_standard_error=result.standard_error,
            runs=runs,
            finish=result.finish,
            comparable=self._bound.non_negative is not False,
        )

    def _trained(
        self, optimizer: Optimizer, rate: float | None, samples: Samples, stream: int
    ) -> tuple[Trained, Correction, models.Named]:
        levels = len(self._classes) or 1
        shape = self._model.shape(self._setting)
        objective = Objective(self._bound, self._link, shape, levels, samples)

        def cost(parameters: Array) -> float:
            return mean_loss(self._bound, self._link, samples, *objective.physical(parameters))

        trained = train(objective, cost, optimizer, self._asked.schedule, rate=rate, stream=stream)
        named = self._model.named(self._setting, *objective.physical(trained.parameters))
        # By way of what is reported, so that whoever applies that gets the same predictions.
        return trained, Correction(self._link, *self._model.found(self._setting, named)), named

    def _mean(self, samples: Samples, correction: Correction) -> float:
        return mean_loss(self._bound, self._link, samples, correction.slope, correction.level)

    def _held_out(self, optimizer: Optimizer, rate: float | None) -> HeldOut | None:
        costs = []
        for fold in range(self.folds):
            out = self._fold == fold
            rest, held = self._samples.take(~out), self._samples.take(out)
            if not (rest.total_weight > 0.0 and held.total_weight > 0.0):
                continue
            _, correction, _ = self._trained(optimizer, rate, rest, 2 + fold)
            before = Moments.of(self._losses[out], held.weight).mean
            costs.append([self._bound.finish(mean) for mean in (before, self._mean(held, correction))])
        if not costs:
            return None
        before, after = (float(np.mean(column)) for column in zip(*costs, strict=True))
        return HeldOut(before, after, len(costs))

    def _shown(self, named: models.Named) -> Iterator[tuple[str, Parameter]]:
        for name, value in named.items():
            if isinstance(value, np.ndarray):
                yield name, dict(zip(self._classes, value.tolist(), strict=True))
            else:
                yield name, float(value)

    def _notes(self, runs: tuple[Run, ...]) -> Iterator[str]:
        if self._bound.loss.gradient is None:
            yield f"{self._bound.spec} has no gradient: it was approximated by central differences"
        if self._asked.folds > 1 and self.folds < self._asked.folds:
            what = "samples" if self._samples.group is None else "groups"
            yield f"there are too few {what} for {self._asked.folds} folds: {self.folds or 'none'} were made"
        for run in runs:
            who = called(run, runs)
            if not math.isfinite(run.after):
                yield f"{who}: the cost is not finite, and there is no gradient to follow from there"
            elif run.diverged:
                yield (
                    f"{who} diverged in epoch {run.epochs}; its parameters are the best from before that. "
                    "A lower --learning-rate may help"
                )
            elif not run.converged:
                done = "1 epoch" if run.epochs == 1 else f"{run.epochs} epochs"
                yield f"{who} did not converge in {done}; --epochs allows more"
