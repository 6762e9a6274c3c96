"""For each claim one program that shows it with TensorFlow and numpy alone, where it can be told as one."""

from fixtures.claims import NOT_APPLICABLE, REFUTED
from support import ranges, standalone
from support.comparison import environment
from support.pages.common import timeline
from support.site.told import Told


def of_claim(told: Told) -> tuple[str, str] | None:
    """(program, what it compares with): of the newest release where the claim is otherwise, else where it is so."""
    found = [
        (one.verdict != REFUTED, -number, place, one.releases[-1])
        for place in told.places for number, one in enumerate(place.ranges)
        if one.verdict not in (NOT_APPLICABLE, ranges.NOT_YET)
    ]  # fmt: skip
    for _, _, place, release in sorted(found, key=lambda row: row[:2]):
        side = next(side for side in timeline(place.surface) if side.name == release)
        for case in told.claim.cases(place.surface, place.program):
            seen = side.record["observations"].get(case.id)
            if seen is not None:
                try:
                    return standalone.script(case, environment(side.record), seen, str(side)), str(side)
                except standalone.NotStandalone:
                    return None
    return None
