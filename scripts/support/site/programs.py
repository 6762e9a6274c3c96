"""A program that shows a claim with TensorFlow and numpy alone, where it is otherwise and can be told as one."""

from fixtures.claims import NOT_APPLICABLE, REFUTED
from support import ranges, standalone
from support.comparison import environment
from support.pages.common import timeline
from support.site.told import Told

LONGEST = 12_000  # characters of a program on a page; a longer one is written by the command beside it


def of_claim(told: Told) -> tuple[str, str] | None:
    """(program, what it compares with) of the newest release where a claim is otherwise; None where it never is."""
    found = [
        (one.verdict != REFUTED, -number, place, one.releases[-1])
        for place in told.places for number, one in enumerate(place.ranges)
        if one.verdict not in (NOT_APPLICABLE, ranges.NOT_YET)
    ]  # fmt: skip
    if all(so for so, *_ in found):
        return None  # it is as stated everywhere: the page has the command that writes the program
    for _, _, place, release in sorted(found, key=lambda row: row[:2]):
        side = next(side for side in timeline(place.surface) if side.name == release)
        for case in told.claim.cases(place.surface, place.program):
            seen = side.record["observations"].get(case.id)
            if seen is not None:
                try:
                    text = standalone.script(case, environment(side.record), seen, str(side))
                except standalone.NotStandalone:
                    return None
                return (text, str(side)) if len(text) <= LONGEST else None
    return None
