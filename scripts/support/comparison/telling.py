"""Changes told: those of one cause once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fixtures.subjects import claim_of
from support.comparison.changes import ENDED, Change, Comparison
from support.comparison.identity import Side, claims_of, known_cases, situation
from support.comparison.kinds import Kind, kind_of
from support.comparison.packages import Package, also_changed
from support.comparison.told import Told, told_of


@dataclass(frozen=True)
class Behaviour:
    """Changes that have one cause.

    Attributes:
        danger: the most dangerous way in which it shows.
        changes: all fields and verdicts that changed by it; the first is the example.
        source: address that states it, or None.
        explained: whether the semantics table or the registry knows of it.
        also_changed: where neither the table nor a registered verdict says why: packages that differ, too.
        told: what changed, as a person would tell it.
        cause: what its changes have in common, the same on every surface.
        parts: of one that is told once for several, those.
    """

    danger: int
    changes: tuple[Change, ...]
    source: str | None
    explained: bool
    told: Told
    also_changed: tuple[Package, ...] = ()
    cause: tuple = ()
    parts: tuple["Behaviour", ...] = ()

    @property
    def heading(self) -> str:
        """What changed, in a few words."""
        return self.told.heading

    @property
    def in_one_line(self) -> str:
        """Its kind, what changed, what was and what is."""
        sides = "; ".join(f"{when}: {said}" for when, said in (("was", self.told.was), ("now", self.told.now)) if said)
        return f"{self.kind.value}: {self.heading}" + f" ({sides})" * bool(sides)

    @property
    def kind(self) -> Kind:
        """What it means for who reads it."""
        return kind_of(self.changes)


def behaviours(comparison: Comparison) -> list[Behaviour]:
    """The changes by cause, unexplained ones first, then most dangerous first."""
    groups: dict[tuple, list[Change]] = {}
    turned = {claim_of(change.subject) for change in comparison.changes if change.is_verdict}
    for change in comparison.changes:
        groups.setdefault(_cause(change, turned), []).append(change)
    told = [replace(_behaviour(comparison, group), cause=cause) for cause, group in groups.items()]
    return sorted(told, key=lambda b: (b.explained, b.danger, -len(b.changes)))


def _cause(change: Change, turned: set[str]) -> tuple:
    """What changes of one cause have in common; ``turned`` are the claims with another verdict."""
    if change.is_verdict:
        return ("claim", claim_of(change.subject))
    if change.field == ENDED:
        return (ENDED, change.before, change.after)
    if change.subject.startswith("scenario-"):  # exists to decide its claims
        claims = sorted(claims_of().get(change.subject, ()), key=lambda claim: claim not in turned)
        return ("claim", claims[0]) if claims else ("subject", *_anywhere(change.subject))
    if change.expected is not None:
        return ("unknown", change.field, change.expected.rpartition("; ")[2])
    return ("switches", *change.why) if change.why else ("subject", *_anywhere(change.subject))


def _anywhere(subject: str) -> tuple:
    """A case without its surface; a scenario without what it is given."""
    case = known_cases().get(subject)
    if case is None:
        return (subject,)
    return (case.kind, case.program, case.name if case.kind == "scenario" else case.flags)


def _behaviour(comparison: Comparison, group: list[Change]) -> Behaviour:
    return Behaviour(
        min(change.danger for change in group), tuple(group),
        next((change.source for change in sorted(group, key=lambda one: not one.is_verdict) if change.source), None),
        all(change.explained for change in group), told_of(comparison, group),
        () if accounted_for(group) else also_changed(comparison.before, comparison.after),
    )  # fmt: skip


def with_its_call(behaviour: Behaviour, side: Side) -> str:
    """A behaviour in one line, with the call that shows it at the end, as the sentences of the tests have it."""
    example = next((change for change in behaviour.changes if not change.is_verdict), behaviour.changes[0])
    return f"{behaviour.in_one_line} [{situation(behaviour.told.shown_by or example.subject, side)}]"


def merged(found: Iterable[Behaviour]) -> list[Behaviour]:
    """Behaviours of several surfaces, each told once: one that several surfaces show, and an API that came or went
    with all that is said of it.
    """
    together: dict[tuple, list[Behaviour]] = {}
    for number, behaviour in enumerate(found):
        told = behaviour.told
        if told.api:
            key: tuple = (behaviour.kind, told.api)
        elif behaviour.cause:
            key = (behaviour.kind, behaviour.cause, told.heading)
        else:
            key = (number,)
        together.setdefault(key, []).append(behaviour)
    return [group[0] if len(group) == 1 else _as_one(group) for group in together.values()]


def _as_one(group: list[Behaviour]) -> Behaviour:
    first = group[0]
    told = first.told
    surfaces = tuple(dict.fromkeys(surface for one in group for surface in one.told.surfaces))
    statements = {one.told.heading: one.told.verdict for one in group}
    lines = tuple(f"{heading}: {verdict}" if verdict else heading for heading, verdict in statements.items())
    if len(statements) > 1:
        came, name = told.api[0] == "+", told.api[1:]
        told = replace(
            told, heading=f"{name} {'is new' if came else 'is gone'}", done="", documented="", verdict="",
            statements=lines,
        )  # fmt: skip
    return replace(
        first, changes=tuple(change for one in group for change in one.changes),
        danger=min(one.danger for one in group), explained=all(one.explained for one in group),
        source=None if len(statements) > 1 else first.source, told=replace(told, surfaces=surfaces),
        parts=tuple(group),
    )  # fmt: skip


def accounted_for(changes: list[Change]) -> bool:
    """Whether switches of the semantics table, or the registered verdict of a claim, say why these changed."""
    return all(change.explained for change in changes) and any(
        change.is_verdict or (change.why and not change.subject.startswith("scenario-")) for change in changes
    )


def of_bits(result: Comparison) -> list[str]:
    """What differs without being another behaviour, each in a sentence."""
    apart = [distance for distance in result.drifted.values() if distance > 0]
    nan = len(result.drifted) - len(apart)  # all that is finite on both sides is the same
    told = []
    if apart:
        told.append(
            f"{len(apart)} observation{'s' * (len(apart) > 1)} differ{'s' * (len(apart) == 1)} within the bound of "
            f"float32: by at most {max(apart):.2g} epsilon of the largest number in the array"
        )
    if nan:
        told.append(
            f"{nan} observation{'s' * (nan > 1)} hold{'s' * (nan == 1)} NaN on one side only, where these releases may "
            "leave it"
        )
    return told
