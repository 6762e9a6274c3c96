"""Two records compared: what was added, removed, changed, and why; bits below the tolerance apart.

A value is unchanged when it is the same to the bit, or (*drift*) when both numbers lie within the bound
of float32 arithmetic around the same expectation. A change is explained by the switches of the semantics
table that differ between the two and account for it; one that fits no row of the table is unexplained.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fixtures import cases, subjects
from fixtures.cases import Case
from fixtures.claims import load
from fixtures.compare import words
from fixtures.record import restore
from fixtures.semantics import PHRASES, Origin, origin
from support.comparison.difference import (
    MISSING,
    absences,
    differing,
    distance,
    drift_of,
    errors,
    first_difference,
    fits,
    near,
    plainly,
    skeleton,
    switches,
    words_of_expected,
)
from support.comparison.identity import Side, claims_of, observed_in
from support.comparison.pairing import observations, own_field

# Most dangerous first: what nobody notices before what stops the program.
OUTPUTS, MOVEMENT, STRUCTURE, CLAIM, ERROR, GONE = range(6)
DANGERS = {
    OUTPUTS: "silent: other numbers come out",
    MOVEMENT: "silent: other variables move, or elsewhere",
    STRUCTURE: "silent: names, counts or lists differ",
    CLAIM: "a documented statement is true in one and not in the other",
    ERROR: "an error is raised, or another one",
    GONE: "the API exists in one only",
}
VERDICT = "verdict"  # the field of a claim
ENDED, OBSERVED = "ended", "an observation"  # the field, and the other value, of a case that gave no observation


NO_BEHAVIOUR = {"major"}  # a claim about two releases looks up the number of its own


@dataclass(frozen=True)
class Change:
    """One field of one observation, or one verdict, that differs.

    Attributes:
        subject: id of the case, or of the claim and its place.
        field: what of it; ``VERDICT`` for a claim, ``ENDED`` for a case that gave no observation.
        danger: a key of ``DANGERS``.
        before: what the first record says, in short.
        after: what the second says.
        why: phrases of the semantics that account for it; empty when nothing does.
        source: addresses that state it, or None.
        expected: what the second should have been, when it fits no row of the table.
        switches: of the semantics table, those that account for it.
    """

    subject: str
    field: str
    danger: int
    before: str
    after: str
    why: tuple[str, ...] = ()
    source: str | None = None
    expected: str | None = None
    switches: tuple[str, ...] = ()

    @property
    def is_verdict(self) -> bool:
        """Whether it is the verdict of a claim that differs."""
        return self.field == VERDICT

    @property
    def explained(self) -> bool:
        """Whether the semantics table, or the claims registry, knows of it."""
        return self.expected is None


@dataclass(frozen=True)
class Differing:
    """A case whose observations differ.

    Attributes:
        case: as the second side has it.
        was: the first observation, restored.
        now: the second.
        fields: those that changed, in their order.
    """

    case: Case
    was: Any
    now: Any
    fields: tuple[str, ...]


@dataclass
class Comparison:
    """What came of comparing two sides; subjects by what became of them."""

    before: Side
    after: Side
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    drifted: dict[str, float] = field(default_factory=dict)  # case id -> see ``distance``
    changes: list[Change] = field(default_factory=list)
    differing: dict[str, Differing] = field(default_factory=dict)  # case id -> what its changes stand on

    @property
    def changed(self) -> list[str]:
        """Subjects with at least one change."""
        return list(dict.fromkeys(change.subject for change in self.changes))


def danger_of(name: str, was: dict[str, object], now: dict[str, object]) -> int:
    """How a change of one field shows itself: the most dangerous of all that differs in it.

    What is missing where an error was raised, or an API does not exist, is no change of its own.

    Args:
        name: the field.
        was: the whole first observation, restored.
        now: the second.
    """
    loud = None
    if absences(was) != absences(now):
        loud = GONE
    elif errors(was) != errors(now):
        loud = ERROR
    before, after = was.get(name, MISSING), now.get(name, MISSING)
    # What builds do to the bits tells nothing, unless nothing else differs.
    pairs = list(differing(before, after))
    beyond = [pair for pair in pairs if skeleton(pair[0]) != skeleton(pair[1]) or not near(*pair)]
    return min(_danger_of_pair(name, one, other, loud) for one, other in beyond or pairs or [(before, after)])


def _danger_of_pair(name: str, before: object, after: object, loud: int | None) -> int:
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        return OUTPUTS if name.startswith(("output", "gradients")) else MOVEMENT
    if isinstance(before, float) and isinstance(after, float):
        return OUTPUTS
    if loud is not None and (name == "absent" or MISSING in (plainly(before), plainly(after))):
        return loud
    if errors(before) != errors(after):
        return ERROR
    return STRUCTURE


def compare(before: Side, after: Side) -> Comparison:
    """Compare two recorded surfaces.

    Args:
        before: one side.
        after: the other; of the same surface, or of another one.

    Returns:
        The ``Comparison``, its changes most dangerous first.
    """
    across = (before.surface == cases.TF_LAYERS) != (after.surface == cases.TF_LAYERS)
    one, other = observations(before, across), observations(after, across)
    found = Comparison(before, after)
    found.removed = [case.id for key, (case, _) in one.items() if key not in other]
    found.added = [case.id for key, (case, _) in other.items() if key not in one]
    old, new = before.row.semantics, after.row.semantics
    for key in (key for key in one if key in other):
        (was_case, was), (case, now) = one[key], other[key]
        if was != now and ("ended" in was or "ended" in now):
            found.changes.append(_ended(case, was, now))
            continue
        fields = []
        for name in dict.fromkeys(name for name in (*was, *now) if name not in NO_BEHAVIOUR):
            change = _field(was_case, case, name, was, now, (old, new), after, across, found)
            if change is not None:
                found.changes.append(change)
                fields.append(name)
        if fields:
            found.differing[case.id] = Differing(case, restore(was), restore(now), tuple(fields))
        else:
            found.unchanged.append(case.id)
    _verdicts(found)
    found.changes.sort(key=lambda change: (change.danger, not change.why, change.why))
    return found


def _ended(case: Case, was: dict[str, Any], now: dict[str, Any]) -> Change:
    """One of two observations is none: its case raised, crashed or hung."""
    before, after = (words(entry) if "ended" in entry else OBSERVED for entry in (was, now))
    return Change(case.id, ENDED, ERROR, before, after, expected=OBSERVED if "ended" in now else None)


def _field(was_case, case, name, was, now, semantics, after, across, found):
    old, new = semantics
    origins: dict[str, Origin] = {}
    if name in was and name in now and was[name] == now[name]:
        return None
    before_value, after_value = restore(was.get(name)), restore(now.get(name))
    own_before, own_after = own_field(was_case, name, across), own_field(case, name, across)
    alike = skeleton(before_value) == skeleton(after_value)
    if case.kind == "scenario":
        if alike and near(before_value, after_value, drift_of(case)):
            found.drifted[case.id] = max(found.drifted.get(case.id, 0), distance(before_value, after_value))
            return None
        judged = True  # by the verdicts of its claims
        why = tuple(f"decides {claim}" for claim in claims_of().get(case.id, ()))
    else:
        judged = fits(case, own_after, after_value, new)
        if (
            alike
            and judged
            and fits(was_case, own_before, before_value, old)
            and fits(case, own_after, before_value, new)
        ):
            found.drifted[case.id] = max(found.drifted.get(case.id, 0), distance(before_value, after_value))
            return None
        why = ()
        if judged:
            for switch in switches(case, own_after, old, new):
                why += (PHRASES[switch][getattr(new, switch)],)
                origins[switch] = origin(after.surface, after.version, switch)
    expected = None
    if not judged:
        expected = words_of_expected(case, own_after, after_value, new)
    where, one, other = first_difference(before_value, after_value, name.replace("_", " "))
    return Change(
        case.id, where, danger_of(name, restore(was), restore(now)), words(one), words(other), why,
        "; ".join(dict.fromkeys(one.source for one in origins.values())) or None, expected,
        tuple(origins),
    )  # fmt: skip


def _verdicts(found: Comparison) -> None:
    """Verdicts of claims that are made on both surfaces."""

    def of(side: Side) -> dict[tuple[str, str], str]:
        verdicts = [(subjects.parse(name), verdict) for name, verdict in side.record["verdicts"].items()]
        return {(at.claim, at.program): verdict for at, verdict in verdicts if at.surface == side.surface}

    before, after = of(found.before), of(found.after)
    for claim, program in sorted(before.keys() & after.keys()):
        subject = str(subjects.ClaimInPlace(claim, found.after.surface, program))
        if before[claim, program] == after[claim, program]:
            found.unchanged.append(subject)
            continue
        entry = load().get(claim)
        known = (
            entry is None or entry.expected(found.after.surface, program, found.after.version) == after[claim, program]
        )
        deciding = {case.id for case in observed_in(subject)}
        dangers = [change.danger for change in found.changes if change.subject in deciding]
        # A statement that an error or a missing API decides is neither true nor false of what can be called.
        danger = max(CLAIM, min(dangers, default=CLAIM))
        expected = None if known else entry.expected(found.after.surface, program, found.after.version)
        found.changes.append(Change(
            subject, VERDICT, danger, before[claim, program], after[claim, program],
            (entry.sentence,) if entry else (), entry.sources[0] if entry and entry.sources else None, expected,
        ))  # fmt: skip
