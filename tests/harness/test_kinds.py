"""What a change means: worse, better or other than before."""

import pytest
from support.comparison import (
    CLAIM,
    ENDED,
    ERROR,
    GONE,
    MOVEMENT,
    OUTPUTS,
    SPECIFICATION,
    STRUCTURE,
    Change,
    Kind,
    counted,
)
from support.comparison.kinds import kind_of

from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED


def change(field, before, after, danger=STRUCTURE):
    """One field of one case."""
    return Change("case", field, danger, before, after)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ([change("output", "1", "2", OUTPUTS), change("verdict", HOLDS, REFUTED)], Kind.REGRESSION),
        ([change("error", "ValueError", "None", ERROR), change("verdict", REFUTED, HOLDS)], Kind.REPAIRED),
        ([change("verdict", REFUTED, HOLDS), change("verdict", HOLDS, REFUTED)], Kind.REGRESSION),
        ([change("verdict", NOT_APPLICABLE, HOLDS, GONE), change("absent", "renorm", "None", GONE)], Kind.API),
        ([change("output", "1", "2", OUTPUTS)], Kind.NUMBERS),
        ([change("state gamma", "1", "2", MOVEMENT), change("names", "a", "b")], Kind.NUMBERS),
        ([change("names", "a", "b")], Kind.NAMES),
        ([change("verdict", HOLDS, NOT_APPLICABLE, CLAIM)], Kind.API),
        ([change("calls", "1 entry", "2 entries", ERROR)], Kind.NAMES),
        ([change("error", "None", "KeyError", ERROR)], Kind.RAISES),
        ([change("raised", "nothing", "KeyError", ERROR)], Kind.RAISES),
        ([change("copy", "a: 1", "raises KeyError", ERROR)], Kind.RAISES),
        ([change("copy error", "ValueError", "KeyError", ERROR)], Kind.ANOTHER_ERROR),
        ([change("raised", "KeyError", "nothing", ERROR)], Kind.RAISES_NO_MORE),
        ([change("converted", "the process ended", "bare: [1.0]", ERROR)], Kind.RAISES_NO_MORE),
        ([change(ENDED, "an observation", "the process died of SIGSEGV", ERROR)], Kind.RAISES),
        ([change(SPECIFICATION, "", "it differs", OUTPUTS)], Kind.UNSPECIFIED),
    ],
)
def test_a_change_has_one_kind(changes, kind):
    """What became of a documented statement counts first, then how it shows."""
    assert kind_of(changes) is kind


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ([Kind.REGRESSION, *[Kind.REPAIRED] * 6, Kind.NUMBERS, Kind.NAMES], "1 regression, 6 repairs, 2 other changes"),
        ([Kind.UNSPECIFIED, Kind.REGRESSION], "2 regressions"),
        ([Kind.RAISES_NO_MORE], "1 repair"),
        ([Kind.RAISES], "1 change"),
        ([Kind.API, Kind.ANOTHER_ERROR], "2 changes"),
    ],
)
def test_the_first_line_counts_them(kinds, words):
    """Worse, better, other."""
    assert counted(kinds) == words
