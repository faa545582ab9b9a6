"""Trains a small GAN on the digits of scikit-learn; writes how it scores real and generated ones.

    python sample_data/custom/train_gan.py [FOLDER]

Generator and discriminator are perceptrons with one hidden layer, trained in turns by Adam (Kingma and Ba,
2015) with the non-saturating objective (Goodfellow et al., 2014). The digits written are not among those
trained on. Seeds are fixed: the same version of NumPy writes the same bytes on processors that take the same
BLAS kernels. It takes a few seconds on one core.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import itertools
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

SEED, STEPS, BATCH, NOISE, HIDDEN, HELD_OUT = 0, 3000, 64, 16, 96, 400
RATE, BETAS, LEAK = 5e-4, (0.5, 0.999), 0.2


class Perceptron:
    """Layers with a leaky rectifier between them, and the moments that Adam keeps of their gradients."""

    def __init__(self, random, *sizes):
        pairs = itertools.pairwise(sizes)
        self.weights = [random.normal(0, np.sqrt(2 / before), (before, after)) for before, after in pairs]
        self.biases = [np.zeros(size) for size in sizes[1:]]
        self.moments = [[np.zeros_like(part), np.zeros_like(part)] for part in self.parts()]
        self.step = 0

    def parts(self):
        return [*self.weights, *self.biases]

    def forward(self, x):
        """Return the last layer's output, and the input of every layer."""
        inputs = []
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            inputs.append(x)
            x = x @ weight + bias
            if number < len(self.weights) - 1:
                x = np.where(x > 0, x, LEAK * x)
        return x, inputs

    def backward(self, inputs, slope):
        """Return the gradients of all parts, and that of the input, from the gradient of the output."""
        weights, biases = [], []
        for number in reversed(range(len(self.weights))):
            weights.insert(0, inputs[number].T @ slope)
            biases.insert(0, slope.sum(axis=0))
            slope = slope @ self.weights[number].T
            if number:
                slope = np.where(inputs[number] > 0, slope, LEAK * slope)
        return [*weights, *biases], slope

    def adam(self, gradients):
        self.step += 1
        first, second = BETAS
        for part, moments, gradient in zip(self.parts(), self.moments, gradients, strict=True):
            moments[0] = first * moments[0] + (1 - first) * gradient
            moments[1] = second * moments[1] + (1 - second) * gradient**2
            mean, square = moments[0] / (1 - first**self.step), moments[1] / (1 - second**self.step)
            np.subtract(part, RATE * mean / (np.sqrt(square) + 1e-8), out=part)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def train(digits, random):
    """Return generator and discriminator; pixels are between −1 and 1."""
    generator = Perceptron(random, NOISE, HIDDEN, digits.shape[1])
    discriminator = Perceptron(random, digits.shape[1], HIDDEN, 1)
    for _ in range(STEPS):
        real = digits[random.integers(0, len(digits), BATCH)]
        fake = np.tanh(generator.forward(random.normal(size=(BATCH, NOISE)))[0])
        score, inputs = discriminator.forward(np.concatenate([real, fake]))
        label = np.repeat([[1.0], [0.0]], BATCH, axis=0)
        discriminator.adam(discriminator.backward(inputs, (sigmoid(score) - label) / (2 * BATCH))[0])

        raw, inputs = generator.forward(random.normal(size=(BATCH, NOISE)))
        fake = np.tanh(raw)
        score, seen = discriminator.forward(fake)
        slope = discriminator.backward(seen, (sigmoid(score) - 1) / BATCH)[1]
        generator.adam(generator.backward(inputs, slope * (1 - fake**2))[0])
    return generator, discriminator


def main(folder):
    random = np.random.default_rng(SEED)
    digits = load_digits().data / 8 - 1
    digits = digits[random.permutation(len(digits))]
    generator, discriminator = train(digits[HELD_OUT:], random)
    fake = np.tanh(generator.forward(random.normal(size=(HELD_OUT, NOISE)))[0])
    samples = np.concatenate([digits[:HELD_OUT], fake])
    scores = discriminator.forward(samples)[0][:, 0]
    rows = [f"{row},{int(row <= HELD_OUT)},{score:.4f}\n" for row, score in enumerate(scores, 1)]
    (folder / "gan_scores.csv").write_text("id,label,score\n" + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
