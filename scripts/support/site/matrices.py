"""The training × trainable matrix and what a toggle does, by surface and range of releases, in plain words."""

import functools
from dataclasses import dataclass, fields

from fixtures import cases, summary
from fixtures.judging import CALLS
from fixtures.semantics import PHRASES
from support import ranges
from support.pages import flags
from support.pages.common import timeline
from support.site.told import APIS

UPDATES = {
    "nothing is updated": "nothing is updated",
    "mean and variance are updated": "moving mean and variance are updated",
    "mean is updated": "the moving mean is updated",
    "variance is updated": "the moving variance is updated",
}


@dataclass(frozen=True)
class Cell:
    """What one call does.

    Attributes:
        training: the argument.
        trainable: of the layer.
        normalizes: which statistics normalize.
        updates: what is updated.
        more: what else is to be said.
    """

    training: str
    trainable: bool
    normalizes: str
    updates: str
    more: str

    @property
    def style(self) -> str:
        """Class of the style sheet."""
        kind = "moving" if self.normalizes.startswith("moving") else "batch"
        return f"{kind} {'updates' if self.updates != UPDATES['nothing is updated'] else 'still'}"


def cell(training: str, trainable: bool, told: str) -> Cell:
    """A cell of ``flags.cells``, in the words of the field."""
    if told == ranges.NOT_YET:
        return Cell(training, trainable, "not measured", "", "")
    parts = told.split(", ")
    more = "; ".join(parts[2:])
    updates = UPDATES.get(parts[1], parts[1]) if parts[1:] else ""
    return Cell(training, trainable, f"{parts[0]} normalize", updates, more)


@functools.cache
def matrix(surface: str) -> list[tuple[str, list[str], list[Cell]]]:
    """(range, releases, cells) of a surface."""
    found = ranges.fold((side.name, flags.cells(side)) for side in timeline(surface))
    return [
        (label, run, [cell(t, f, told) for (t, f), told in zip(summary.ROWS, cells, strict=True)])
        for label, cells, run in found
    ]


@functools.cache
def toggles(surface: str) -> list[tuple[str, list[str], tuple[tuple[str, ...], ...]]]:
    """(range, releases, rows) of what a toggle of ``trainable`` after compile() does; empty for tf.layers."""
    if surface == cases.TF_LAYERS:
        return []
    found = ranges.fold((side.name, flags.after_compile(side)) for side in timeline(surface))
    return [(label, run, rows) for label, rows, run in found]


def of_release(folded: list, release: str) -> tuple | None:
    """The entry of a folded table that holds a release."""
    return next((one for one in folded if release in one[1]), None)


@functools.cache
def switched(surface: str, release: str) -> list[tuple[str, str]]:
    """What the semantics table says changed with a release, as (sentence, source)."""
    sides = timeline(surface)
    number = [side.name for side in sides].index(release)
    if number == 0:
        return []
    before, after = sides[number - 1].row, sides[number].row
    found = []
    for one in fields(after.semantics):
        old, new = getattr(before.semantics, one.name), getattr(after.semantics, one.name)
        if old != new:
            phrases: dict = PHRASES.get(one.name) or {}  # type: ignore[assignment]
            phrase = phrases.get(new, f"{one.name.replace('_', ' ')}: {new}, was {old}")
            origin = after.origins.get(one.name)
            found.append((phrase[0].upper() + phrase[1:] + ".", origin.source if origin else ""))
    return found


def of_page(surface: str) -> dict[str, object]:
    """What the front page needs of a surface, as JSON holds it."""
    names = [side.name for side in timeline(surface)]
    return {
        "title": APIS[surface], "call": CALLS[surface], "releases": names,
        "matrices": [
            {"label": label, "releases": run, "cells": [
                [c.training, str(c.trainable), c.normalizes, c.updates, c.more, c.style] for c in cells
            ]}
            for label, run, cells in matrix(surface)
        ],
        "toggles": [{"releases": run, "rows": rows} for _, run, rows in toggles(surface)],
        "switched": {name: switched(surface, name) for name in names if switched(surface, name)},
    }  # fmt: skip
