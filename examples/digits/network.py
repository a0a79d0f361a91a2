"""A network with one hidden layer, and the digits it learns to read."""

from __future__ import annotations

import os

import numpy as np

Weights = list[np.ndarray]


def parameter(name: str, default: float) -> float:
    """A parameter of the run, of the default's type."""
    text = os.environ.get(f"PARAM_{name.upper()}") or os.environ.get(name) or str(default)
    return type(default)(float(text))


class Settings:
    def __init__(self) -> None:
        self.lr = parameter("lr", 0.1)
        self.epochs = parameter("epochs", 300)
        self.batch = parameter("batch", 64)
        self.hidden = parameter("hidden", 384)
        self.seed = parameter("seed", 7)


class Digits:
    """1,437 images to learn from and 360 to be tested on."""

    def __init__(self, seed: int) -> None:
        from sklearn.datasets import load_digits

        digits = load_digits()
        order = np.random.default_rng(seed).permutation(len(digits.target))
        images = (digits.images[order] / 16.0).astype(np.float32)
        labels = digits.target[order].astype(np.int64)
        self.train_images, self.test_images = images[:1437], images[1437:].reshape(-1, 64)
        self.train_labels, self.test_labels = labels[:1437], labels[1437:]

    def steps_per_epoch(self, batch: int) -> int:
        return -(-len(self.train_labels) // batch)

    def batch(
        self, step: int, size: int, seed: int, share: int, shares: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """One worker's share of the batch of a step: the same whoever asks, and whenever.

        Images are moved by up to a pixel, so that no epoch shows quite the same ones.
        """
        epoch, place = divmod(step, self.steps_per_epoch(size))
        order = np.random.default_rng([seed, epoch]).permutation(len(self.train_labels))
        chosen = order[place * size : (place + 1) * size]
        moves = np.random.default_rng([seed, step]).integers(-1, 2, size=(len(chosen), 2))
        mine = slice(share, None, shares)
        images = [moved(self.train_images[i], *by) for i, by in zip(chosen[mine], moves[mine])]
        return np.array(images, np.float32).reshape(-1, 64), self.train_labels[chosen[mine]]


def moved(image: np.ndarray, down: int, right: int) -> np.ndarray:
    result = np.zeros_like(image)
    height, width = image.shape
    result[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = image[
        max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return result


def first_weights(settings: Settings) -> Weights:
    random = np.random.default_rng(settings.seed)

    def layer(inputs: int, outputs: int) -> np.ndarray:
        return (random.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)).astype(np.float32)

    hidden = settings.hidden
    return [layer(64, hidden), np.zeros(hidden, np.float32), layer(hidden, 10), np.zeros(10, np.float32)]


def probabilities(weights: Weights, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the hidden layer says, and how likely each digit is."""
    into, into_bias, out, out_bias = weights
    hidden = np.maximum(images @ into + into_bias, 0)
    scores = hidden @ out + out_bias
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, exponents / exponents.sum(axis=1, keepdims=True)


def gradient(weights: Weights, images: np.ndarray, labels: np.ndarray) -> tuple[Weights, np.ndarray]:
    """The sum over the images of the loss's gradient; and the loss, the right answers and the images."""
    hidden, likely = probabilities(weights, images)
    rows = np.arange(len(labels))
    loss = -np.log(np.maximum(likely[rows, labels], 1e-9)).sum()
    right = (likely.argmax(axis=1) == labels).sum()
    error = likely.copy()
    error[rows, labels] -= 1
    back = (error @ weights[2].T) * (hidden > 0)
    sums = [images.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]
    return [s.astype(np.float32) for s in sums], np.array([loss, right, len(labels)], np.float32)


class Descent:
    """Gradient descent with momentum and a falling rate."""

    def __init__(self, weights: Weights, lr: float, steps: int) -> None:
        self.weights = weights
        self.speed = [np.zeros_like(w) for w in weights]
        self.lr = lr
        self.steps = steps

    def move(self, step: int, sums: Weights, images: float) -> None:
        rate = np.float32(self.lr * 0.5 * (1 + np.cos(np.pi * step / self.steps)))
        for i, total in enumerate(sums):
            slope = total / np.float32(images) + np.float32(1e-4) * self.weights[i]
            self.speed[i] = np.float32(0.9) * self.speed[i] - rate * slope
            self.weights[i] = self.weights[i] + self.speed[i]


def accuracy(weights: Weights, images: np.ndarray, labels: np.ndarray) -> float:
    return float((probabilities(weights, images)[1].argmax(axis=1) == labels).mean())
