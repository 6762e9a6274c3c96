"""What changed from each recorded release to the next, surface by surface."""

from collections.abc import Iterator
from itertools import pairwise

from fixtures import cases
from support import causes, comparison
from support.comparison import ORDER, Side
from support.comparison.telling import Behaviour
from support.pages.common import TITLES, timeline

# File -> its title, and the surfaces of which it tells.
FILES = {
    "changelog-tf-layers.md": ("tf.layers", (cases.TF_LAYERS,)),
    "changelog-keras-2.md": ("Keras 2", (cases.TF_KERAS_BUNDLED, cases.TF_KERAS)),
    "changelog-keras-3.md": ("Keras 3", (cases.KERAS3,)),
    "changelog-tf-compat-v1-keras.md": ("tf.compat.v1.keras", (cases.KERAS_V1,)),
}


def entry(behaviour: Behaviour, before: Side, after: Side) -> str:
    """One change, in a line: its kind, what it is about, was and now, and who says so."""
    told = behaviour.told
    line = f"- **{behaviour.kind.value}**: {told.heading.rstrip('.')}."
    if told.was or told.now:
        line += f" *Was* {told.was}; *now* {told.now}." if told.was else f" *Now* {told.now}."
    others = causes.in_words(behaviour, before.name, after.name)
    parts = [told.why, f"[source]({behaviour.source})" if behaviour.source and not told.why else "", others or ""]
    return " ".join([line, *filter(None, parts)])


def entries(before: Side, after: Side) -> Iterator[str]:
    """What changed between two neighbours, worst first."""
    found = comparison.merged(comparison.behaviours(comparison.compare(before, after)))
    for behaviour in sorted(found, key=lambda one: ORDER.index(one.kind)):
        yield entry(behaviour, before, after)


def steps(surface: str) -> Iterator[str]:
    """Every step of a surface in which something changed, and how many changed nothing."""
    yield from (f"## {TITLES[surface]}", "")
    sides, quiet = timeline(surface), 0
    for before, after in pairwise(sides):
        told = list(entries(before, after))
        quiet += not told
        if told:
            yield from (f"### {before.name} → {after.name}", "", *told, "")
    yield from (f"{quiet} of {max(0, len(sides) - 1)} steps changed nothing.", "")


def page(file: str, notice: str) -> str:
    """A page of the change-log."""
    title, surfaces = FILES[file]
    lines = [
        notice, "", f"# Change-log of batch normalization: {title}", "",
        "Each recorded release beside the one before it: what was observed there, and what is observed now. A "
        "*regression* is a documented statement that held and does not any more; *repaired* is the other way round. "
        "Where nothing explains a change, the packages that changed at the same step are named, and what came when one "
        "of them was exchanged alone.", "",
    ]  # fmt: skip
    for surface in surfaces:
        lines += steps(surface)
    return "\n".join(lines).rstrip() + "\n"
