"""What changed from each recorded release to the next, surface by surface."""

from collections.abc import Iterator
from itertools import pairwise

from fixtures import cases, subjects
from support import causes, comparison
from support.comparison import DANGERS, Side
from support.pages.common import TITLES, timeline


def entries(before: Side, after: Side) -> Iterator[str]:
    """What changed between two neighbours."""
    found = comparison.compare(before, after)
    for behaviour in sorted(comparison.behaviours(found), key=lambda b: b.danger):
        yield f"- {behaviour.sentence}  "
        parts = [DANGERS[behaviour.danger], f"{len(behaviour.changes)} observations"]
        parts += sorted({subjects.claim_of(c.subject) for c in behaviour.changes if c.is_verdict})
        if behaviour.source:
            parts.append(behaviour.source)
        others = causes.in_words(behaviour, before.name, after.name)
        yield f"  {'; '.join([*parts, *([others] if others else [])])}"


def steps() -> Iterator[str]:
    """Every step in which something changed, and how many changed nothing."""
    for surface in cases.SURFACES:
        yield from (f"## {TITLES[surface]}", "")
        sides, quiet = timeline(surface), 0
        for before, after in pairwise(sides):
            told = list(entries(before, after))
            quiet += not told
            if told:
                yield from (f"### {before.name} → {after.name}", "", *told, "")
        yield from (f"{quiet} of {max(0, len(sides) - 1)} steps changed nothing.", "")
