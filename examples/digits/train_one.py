"""The same training in one process."""

from __future__ import annotations

import numpy as np
import report
import ropewalk
from network import Descent, Digits, Settings, accuracy, first_weights, gradient


def main() -> None:
    settings = Settings()
    digits = Digits(settings.seed)
    per_epoch = digits.steps_per_epoch(settings.batch)
    steps = settings.epochs * per_epoch
    descent = Descent(first_weights(settings), settings.lr, steps)
    with ropewalk.init(project="digits", params=vars(settings)) as run:
        sums = np.zeros(3)
        for step in range(steps):
            images, labels = digits.batch(step, settings.batch, settings.seed, 0, 1)
            sent, counts = gradient(descent.weights, images, labels)
            descent.move(step, sent, float(counts[2]))
            sums += counts
            if (step + 1) % per_epoch == 0:
                epoch = (step + 1) // per_epoch
                loss, right = sums[:2] / sums[2]
                sums[:] = 0
                tested = accuracy(descent.weights, digits.test_images, digits.test_labels)
                run.log({"loss": loss, "accuracy": right, "test_accuracy": tested}, step=epoch)
                print(
                    f"epoch {epoch:3d} of {settings.epochs}  loss {loss:.4f}"
                    f"  accuracy {right:.3f}  on unseen digits {tested:.3f}",
                    flush=True,
                )
        report.write(descent.weights, digits, settings, run)


if __name__ == "__main__":
    main()
