"""PyTorch's optimisers, from the same start, on the same batches, with the same settings, walk the same way.

Differences of convention, none of which shows here: PyTorch keeps momentum as a sum of slopes and
multiplies by the rate when it steps, the papers (and we) keep a sum of steps: the same at a rate that
stays. Its RMSprop calls the decay `alpha`, with a default of 0.99 in place of Hinton's 0.9. Its nesterov
takes the slope at the place ahead and walks there, as ours does.
"""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fitting_problems import Fit

from losscli.analyses.fit import optimizers
from losscli.analyses.fit.train import batches

torch = pytest.importorskip("torch")

PEERS = {
    "sgd": lambda p, lr: torch.optim.SGD(p, lr=lr),
    "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9),
    "nesterov": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9, nesterov=True),
    "rmsprop": lambda p, lr: torch.optim.RMSprop(p, lr=lr, alpha=0.9, eps=1e-8),
    "adagrad": lambda p, lr: torch.optim.Adagrad(p, lr=lr, eps=1e-10),
    "adam": lambda p, lr: torch.optim.Adam(p, lr=lr, betas=(0.9, 0.999), eps=1e-8),
}


def ours(objective, optimizer, epochs):
    random, theta = np.random.default_rng(3), np.zeros(objective.size)
    stepper = optimizer.make(objective.size)
    for _ in range(epochs):
        for batch in batches(objective, 32, random):
            stepper.step(theta, objective.gradient(theta, batch), optimizer.rate)
    return theta


def theirs(objective, optimizer, epochs, loss_of):
    """The slope is by PyTorch's automatic differentiation, of the model written anew."""
    random = np.random.default_rng(3)
    theta = torch.zeros(objective.size, dtype=torch.float64, requires_grad=True)
    axes, origin = torch.from_numpy(objective.axes), torch.from_numpy(np.asarray(objective.origin))
    stepper = PEERS[optimizer.name]([theta], optimizer.rate)
    for _ in range(epochs):
        for batch in batches(objective, 32, random):
            stepper.zero_grad()
            parameters = origin + axes @ theta
            label, place = torch.from_numpy(batch.label), torch.from_numpy(batch.place)
            (loss_of(parameters, place, label).mean() / objective.unit).backward()
            stepper.step()
    return theta.detach().numpy()


def squared(parameters, place, label):
    return (parameters[0] * place + parameters[1] - label) ** 2


def entropy(parameters, place, label):
    logits = parameters[0] * place + parameters[1:]
    return torch.nn.functional.cross_entropy(logits, label, reduction="none")


@pytest.mark.parametrize("name", optimizers.names())
def test_parameters_are_those_of_pytorch(name):
    random = np.random.default_rng(0)
    x = random.normal(size=300)
    fit = Fit("mse", "affine", 5.0 + 2.0 * x + random.normal(size=300), x)
    objective, optimizer = fit.objective(), optimizers.load(name)
    found = ours(objective, optimizer, 20)
    np.testing.assert_allclose(found, theirs(objective, optimizer, 20, squared), rtol=0.0, atol=1e-9)
    assert np.abs(found).max() > 0.1


@pytest.mark.parametrize("name", optimizers.names())
def test_parameters_of_class_logits_too(name):
    random = np.random.default_rng(1)
    label = random.integers(0, 3, 300)
    logits = 3.0 * random.normal(size=(300, 3)) + 2.0 * np.eye(3)[label]
    fit = Fit("cross_entropy:from_logits=true", "affine", label, logits, classes=3)
    objective, optimizer = fit.objective(), optimizers.load(name)
    found = ours(objective, optimizer, 10)
    np.testing.assert_allclose(found, theirs(objective, optimizer, 10, entropy), rtol=0.0, atol=1e-9)


def test_every_optimiser_has_a_peer():
    assert set(PEERS) == set(optimizers.names())
