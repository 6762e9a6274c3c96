"""A program that shows a claim with TensorFlow and numpy alone, where it can be told as one."""

from fixtures.claims import NOT_APPLICABLE, REFUTED
from support import ranges, standalone
from support.comparison import environment
from support.pages.common import timeline
from support.releases import calendar
from support.site.told import Told, evidence, named

# Characters of a program on a page, where a claim is otherwise and where it is as stated. A longer one is written by
# the command beside it: with all of them the site would be larger than it may be.
LONGEST, LONGEST_AS_STATED = 12_000, 6_000


def of_claim(told: Told) -> tuple[str, str] | None:
    """(program, what it compares with) of the newest release where a claim is otherwise, or else of the newest.

    None where the suite alone can show it, and where the program is longer than people read.
    """
    found = [
        (one.verdict == REFUTED, *newest(one.releases), place)
        for place in told.places for one in place.ranges if one.verdict not in (NOT_APPLICABLE, ranges.NOT_YET)
    ]  # fmt: skip
    for otherwise, _, release, place in sorted(found, key=lambda row: row[:2], reverse=True):
        side = next(side for side in timeline(place.surface) if side.name == release)
        known = {case.id: case for case in told.claim.cases(place.surface, place.program)}
        deciding = [one.case for one in evidence(told.claim, place.surface, place.program, release)]
        for name in (*deciding, *known):
            seen = side.record["observations"].get(name)
            if seen is not None:
                try:
                    text = standalone.script(known[name], environment(side.record), seen, str(side))
                except standalone.NotStandalone:
                    return None
                return (text, named(side)) if len(text) <= (LONGEST if otherwise else LONGEST_AS_STATED) else None
    return None


def newest(names: tuple[str, ...]) -> tuple[str, str]:
    """(date, name) of the last of some releases; a nightly or a candidate, only if there is no other."""
    stable = [name for name in names if (version := calendar()[name].version) and not version.is_prerelease]
    name = (stable or names)[-1]
    return calendar()[name].date or "", name
