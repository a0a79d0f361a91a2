"""What a training run leaves behind, in `$OUTPUT_DIR`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import ropewalk
from network import Digits, Settings, Weights, probabilities


def write(weights: Weights, digits: Digits, settings: Settings, run: ropewalk.Run) -> None:
    guesses = probabilities(weights, digits.test_images)[1].argmax(axis=1)
    score = float((guesses == digits.test_labels).mean())
    output = Path(os.environ.get("OUTPUT_DIR", "."))
    output.mkdir(parents=True, exist_ok=True)
    names = ["hidden_weights", "hidden_bias", "output_weights", "output_bias"]
    np.savez(output / "model.npz", **dict(zip(names, weights)))
    (output / "metrics.json").write_text(
        json.dumps({"test_accuracy": score, "parameters": vars(settings)}, indent=2) + "\n"
    )
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (digits.test_labels, guesses), 1)
    rows = ["digit," + ",".join(f"read as {digit}" for digit in range(10))]
    rows += [f"{digit}," + ",".join(map(str, row)) for digit, row in enumerate(confusion)]
    (output / "confusion.csv").write_text("\n".join(rows) + "\n")
    run.log({"test_accuracy": score}, step=settings.epochs)
    print(f"test accuracy {score:.3f}", flush=True)
