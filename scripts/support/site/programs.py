"""A program that shows a claim with TensorFlow and numpy alone, where it can be told as one."""

from fixtures.claims import NOT_APPLICABLE, REFUTED
from support import ranges, standalone
from support.comparison import environment
from support.pages.common import timeline
from support.site.told import Told

# Characters of a program on a page, where a claim is otherwise and where it is as stated. A longer one is written by
# the command beside it: with all of them the site would be larger than it may be.
LONGEST, LONGEST_AS_STATED = 12_000, 8_000


def of_claim(told: Told) -> tuple[str, str] | None:
    """(program, what it compares with) of the newest release where a claim is otherwise, or else of the newest.

    None where the suite alone can show it, and where the program is longer than people read.
    """
    found = [
        (one.verdict != REFUTED, -number, place, one.releases[-1])
        for place in told.places for number, one in enumerate(place.ranges)
        if one.verdict not in (NOT_APPLICABLE, ranges.NOT_YET)
    ]  # fmt: skip
    for as_stated, _, place, release in sorted(found, key=lambda row: row[:2]):
        side = next(side for side in timeline(place.surface) if side.name == release)
        for case in told.claim.cases(place.surface, place.program):
            seen = side.record["observations"].get(case.id)
            if seen is not None:
                try:
                    text = standalone.script(case, environment(side.record), seen, str(side))
                except standalone.NotStandalone:
                    return None
                return (text, str(side)) if len(text) <= (LONGEST_AS_STATED if as_stated else LONGEST) else None
    return None
