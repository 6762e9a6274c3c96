"""The two flags, release by release: what training and trainable do, and toggles after compile()."""

import functools
import json
from collections.abc import Iterator, Sequence

from fixtures import cases, summary
from fixtures.claims.predictions import ways
from fixtures.compare import words
from fixtures.judging import CALLS
from fixtures.record import restore
from support import picture, ranges
from support.comparison import Side
from support.pages.common import TITLES, grid, timeline

TOGGLES = {
    "never": "no toggle",
    "before_first_step": "toggled after compile(), before the first step",
    "after_first_step": "toggled after the first step",
    "then_compile": "toggled after the first step, then compiled again",
}

# Which statistics normalize and what is updated -> colour; update ops do not count. The last one is for all else.
COLOURS = {
    "moving statistics, nothing is updated": "#c9d3dc",
    "batch statistics, mean and variance are updated": "#8fcf9f",
    "batch statistics, nothing is updated": "#f4b266",
    "anything else": "#d78ad0",
}
LIMIT = "in an eager call of the fused kernel only"
NOTE = (
    "{}, training=True, trainable=False: the statistics are updated in an eager call of the fused kernel only; "
    "in a graph, with rank 2 or with fused=False, nothing is updated."
)
WORDS = "Which statistics normalize, and what is updated in one run, for each training and trainable, by release."


def flags_picture() -> str:
    """The training × trainable matrix of every surface, release by release."""
    panels = []
    for surface in filter(timeline, cases.SURFACES):
        sides = timeline(surface)
        columns = [(side.name, cells(side)) for side in sides]
        strips = [
            picture.Strip(
                f"training={training}, trainable={trainable}",
                [(name, ", ".join(found[number].split(", ")[:2])) for name, found in columns],
            )
            for number, (training, trainable) in enumerate(summary.ROWS)
        ]
        panels.append(picture.Panel(TITLES[surface], strips, note_on(sides)))
    return picture.bars(WORDS, panels, COLOURS)


def note_on(sides: Sequence[Side]) -> str:
    """What is to be said beside the matrix of a surface, or nothing."""
    names = [ranges.minor(side.name) for side in sides if limited(side, "True", False)]
    return NOTE.format(", ".join(names)) if names else ""


def limited(side: Side, training: str, trainable: bool) -> bool:
    """Whether a cell is true of an eager call of the fused kernel only: 1.13 alone tells that apart."""
    return (training, trainable) == ("True", False) and side.row.semantics.frozen_direct_call_moves_statistics


def cells(side: Side) -> tuple[str, ...]:
    """The cells of the training × trainable matrix."""
    found = []
    for training, trainable in summary.ROWS:
        seen = side.record["observations"].get(summary.case_of(side.surface, training, trainable).id)
        if seen is None or "ended" in seen:
            found.append(ranges.NOT_YET if seen is None else words(seen))
        else:
            limit = f", {LIMIT}" if limited(side, training, trainable) else ""
            found.append(summary.cell(side.surface, seen) + limit)
    return tuple(found)


def after_compile(side: Side) -> tuple[tuple[str, ...], ...]:
    """What the layer did in three steps of each loop, for each toggle: rows of words."""
    rows = []
    for compiled in ("unfrozen", "frozen"):
        for toggle, told in TOGGLES.items():
            row = [compiled, told]
            for loop, eagerly in (("fit", False), ("fit", True), ("eager_tape", False), ("function_tape", False)):
                case = cases.compiled_model(side.surface, compiled, toggle, loop, eagerly)
                seen = side.record["observations"].get(case.id)
                if seen is None or "steps" not in seen:
                    row.append(ranges.NOT_YET if seen is None else words(restore(seen)))
                else:
                    row.append(in_steps(json.dumps(seen["steps"])))
            rows.append(tuple(row))
    return tuple(rows)


@functools.cache  # releases that behave alike are observed to the same bits
def in_steps(steps: str) -> str:
    """What the layer did in each step, in words; the steps as the record has them, in JSON."""
    return in_turn(ways(restore(json.loads(steps))))


def in_turn(steps: list[str]) -> str:
    """``["trains", "frozen", "frozen"]`` -> ``trains, then frozen``."""
    return ", then ".join(step for number, step in enumerate(steps) if number == 0 or step != steps[number - 1])


def matrices() -> Iterator[str]:
    """The training × trainable matrix of every surface, by range."""
    for surface in cases.SURFACES:
        sides = timeline(surface)
        yield from (f"## {TITLES[surface]}", "", f"`{CALLS[surface]}`", "")
        if not sides:
            yield from ("Not measured.", "")
            continue
        folded = ranges.fold((side.name, cells(side)) for side in sides)
        rows = [
            [training, str(trainable), *(values[number] for _, values, _ in folded)]
            for number, (training, trainable) in enumerate(summary.ROWS)
        ]
        yield from (*grid(["training", "trainable", *(name for name, _, _ in folded)], rows), "")
        if note_on(sides):
            yield from (
                note_on(sides),
                "In a function made by `tf.contrib.eager.defun` they are updated, whatever computes them.",
                "",
            )


def toggles() -> Iterator[str]:
    """What a toggle of trainable after compile() does, by surface and range."""
    yield "## A toggle of trainable after compile()"
    yield ""
    yield "What the layer does in three steps of `fit`, of `fit` with run_eagerly, of an eager GradientTape loop"
    yield "and of one in a tf.function, where the model was compiled (or the loop begun) with the layer as named."
    yield ""
    for surface in cases.SURFACES:
        sides = timeline(surface)
        if surface == cases.TF_LAYERS or not sides:
            continue
        yield from (f"### {TITLES[surface]}", "")
        for name, rows_of_range, _ in ranges.fold((side.name, after_compile(side)) for side in sides):
            header = ["compiled", "toggle", "fit", "fit, run_eagerly", "GradientTape", "GradientTape in tf.function"]
            yield from (f"**{name}**", "", *grid(header, [list(row) for row in rows_of_range]), "")
