"""What a change means for who reads it: worse, better, or other than before."""

from collections.abc import Iterable, Sequence
from enum import Enum

from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED
from fixtures.compare import PROCESS_ENDED
from support.comparison.changes import ENDED, ERROR, GONE, MOVEMENT, OBSERVED, Change


class Kind(Enum):
    """What a change is, in the order in which changes are told; the value is how it is called."""

    UNSPECIFIED = "not as specified"
    REGRESSION = "regression"
    NUMBERS = "numbers changed"
    RAISES = "raises now"
    ANOTHER_ERROR = "raises another error"
    NAMES = "lists or names changed"
    API = "an API came or went"
    REPAIRED = "repaired"
    RAISES_NO_MORE = "no longer raises"


ORDER = list(Kind)
SPECIFICATION = "specification"  # the field of a test that failed though no observation changed
NO_ERROR = ("None", "nothing", "")


def raises(change: Change, said: str) -> bool:
    """Whether one side of a change tells of an error, or of a case that came to no end."""
    if change.field == ENDED:
        return said != OBSERVED
    if change.field.split()[-1] in ("error", "raised"):
        return said not in NO_ERROR
    return said.startswith(("raises ", PROCESS_ENDED)) and not said.startswith("raises nothing")


def kind_of(changes: Sequence[Change]) -> Kind:
    """The kind of changes that have one cause: what became of a documented statement, else how they show."""
    if any(change.field == SPECIFICATION for change in changes):
        return Kind.UNSPECIFIED
    turned = {(change.before, change.after) for change in changes if change.is_verdict}
    if (HOLDS, REFUTED) in turned:
        return Kind.REGRESSION
    if (REFUTED, HOLDS) in turned:
        return Kind.REPAIRED
    worst = min(changes, key=lambda change: change.danger)
    if worst.danger <= MOVEMENT:
        return Kind.NUMBERS
    loud = [change for change in changes if change.danger == ERROR]
    raised = any(
        not change.is_verdict and raises(change, change.before) != raises(change, change.after) for change in loud
    )
    if worst.danger == GONE or (any(NOT_APPLICABLE in pair for pair in turned) and not raised):
        return Kind.API
    if not loud:
        return Kind.NAMES
    was, now = any(raises(one, one.before) for one in loud), any(raises(one, one.after) for one in loud)
    return {
        (True, True): Kind.ANOTHER_ERROR, (False, True): Kind.RAISES, (True, False): Kind.RAISES_NO_MORE,
        (False, False): Kind.NAMES,
    }[was, now]  # fmt: skip


def counted(kinds: Iterable[Kind]) -> str:
    """How many are worse, better and other: ``1 regression, 6 repairs, 2 other changes``."""
    found = list(kinds)
    worse = sum(kind in (Kind.UNSPECIFIED, Kind.REGRESSION) for kind in found)
    better = sum(kind in (Kind.REPAIRED, Kind.RAISES_NO_MORE) for kind in found)
    other = len(found) - worse - better
    said = [
        f"{worse} regression{'s' * (worse != 1)}" if worse else "",
        f"{better} repair{'s' * (better != 1)}" if better else "",
        f"{other} {'other ' * bool(worse or better)}change{'s' * (other != 1)}" if other else "",
    ]
    return ", ".join(filter(None, said))
