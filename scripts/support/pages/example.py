"""The published example, every figure observed again."""

from collections.abc import Iterator

import numpy as np

from fixtures import cases
from fixtures.compare import words
from fixtures.images import PUBLISHED_FIGURES, digits
from support import ranges
from support.comparison import Side
from support.pages.common import grid, seen_by, timeline


def example_figures(side: Side) -> tuple[str, ...]:
    """What the published example prints on one side."""

    def run(training: str, trainable: bool) -> dict | None:
        if side.surface == cases.TF_LAYERS:
            flags = {"form": "functional", "training": training, "trainable": trainable}
            return seen_by(side, cases.matching(cases.GRAPH_PUBLISHED, side.surface, cases.TF2_STYLE, **flags))
        flags = {"training": training, "trainable": trainable}
        return seen_by(side, cases.matching(cases.LAYER_PUBLISHED, side.surface, cases.TF2_STYLE, **flags))

    figures = []
    for training, trainable in (("False", True), ("False", False), ("True", True), ("True", False)):
        seen = run(training, trainable)
        if seen is None or "outputs" not in seen:
            figures.append(ranges.NOT_YET if seen is None else words(seen))
            continue
        pixel = [int(n) for n in np.round(seen["outputs"][0][0, 0, 0])]
        state = seen["states"][0]
        moved = [tuple(map(str, digits(state[name]))) for name in ("moving_mean", "moving_variance")]
        still = moved == [("0.",) * 4, ("1.",) * 4]
        figures.append(f"{pixel}; " + ("nothing is updated" if still else " ".join(f"[{' '.join(m)}]" for m in moved)))
    return tuple(figures)


def example() -> Iterator[str]:
    """The opening: the published example, every figure observed again."""
    yield "## The published example"
    yield ""
    yield "The answer that people read prints, for the pixel [4, 5, 9, 0] of its image:"
    yield f"{[int(n) for n in PUBLISHED_FIGURES['inference_output']]} in inference and"
    yield f"{[int(n) for n in PUBLISHED_FIGURES['training_output']]} in training, and after one run of the update ops"
    yield f"moving_mean [{' '.join(PUBLISHED_FIGURES['moving_mean'])}] and"
    yield f"moving_variance [{' '.join(PUBLISHED_FIGURES['moving_variance'])}]. Observed: the pixel's output, rounded;"
    yield "moving_mean and moving_variance after one run, as numpy prints them."
    yield ""
    rows = []
    for surface in cases.SURFACES:
        for name, figures, _ in ranges.fold((side.name, example_figures(side)) for side in timeline(surface)):
            rows.append([surface, name, *figures])
    flags = [f"training={t}, trainable={f}" for t, f in ((False, True), (False, False), (True, True), (True, False))]
    yield from grid(["surface", "releases", *flags], rows)
    yield ""
