"""Fits put together from their parts, and problems whose best correction is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli import load_loss
from losscli.analyses.fit import models, optimizers
from losscli.analyses.fit.correction import link_for, setting_of
from losscli.analyses.fit.objective import Objective
from losscli.analyses.fit.samples import Samples, mean_loss
from losscli.analyses.fit.train import Schedule, Trained, train


@dataclass
class Fit:
    """A loss, a model and samples; `mean_loss` of the objective's parameters."""

    spec: str
    model: str
    label: np.ndarray
    prediction: np.ndarray
    weight: np.ndarray | None = None
    classes: int = 0

    def __post_init__(self) -> None:
        self.bound = load_loss(self.spec)
        self.link = link_for(self.bound)
        self.setting = setting_of(self.bound, self.classes)
        self.shape = models.load(self.model).shape(self.setting)
        self.samples = Samples(self.label, self.link.link(self.prediction), self.weight)

    def objective(self) -> Objective:
        return Objective(self.bound, self.link, self.shape, self.classes or 1, self.samples)

    def cost(self, objective: Objective, parameters: np.ndarray) -> float:
        return mean_loss(self.bound, self.link, self.samples, *objective.physical(parameters))

    def run(self, optimizer: str, rate: float | None = None, **schedule: Any) -> Trained:
        objective = self.objective()
        return train(
            objective,
            lambda p: self.cost(objective, p),
            optimizers.load(optimizer),
            Schedule(**schedule),
            rate=rate,
        )
