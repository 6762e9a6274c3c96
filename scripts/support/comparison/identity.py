"""What is compared: a recorded surface and its release, the known cases, and the cases behind a subject."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from fixtures import cases, installed, judging, subjects
from fixtures.cases import Case
from fixtures.claims import load
from fixtures.compare import used
from fixtures.expect import expect
from fixtures.record import restore
from fixtures.semantics import Row, row


@dataclass(frozen=True)
class Side:
    """One recorded surface.

    Attributes:
        name: the release, as the calendar or the report calls it.
        surface: one of ``cases.SURFACES``.
        record: as ``record.read`` returns it.
    """

    name: str
    surface: str
    record: dict = field(repr=False, hash=False, compare=False)

    @property
    def version(self) -> str:
        """Version of the package that decides how the surface behaves."""
        return installed.release(self.surface, environment(self.record))

    @property
    def row(self) -> Row:
        """The row of the semantics table that covers it."""
        return row(self.surface, self.version)

    def __str__(self) -> str:
        return f"{self.surface}@{self.name}"


def environment(record: dict) -> installed.Environment:
    """The packages that a record was made with."""
    packages = record["provenance"]
    keras = packages.get("keras")
    return installed.Environment(
        packages["tensorflow"], packages.get("tf_keras"), keras if keras and installed.key(keras) >= (3,) else None
    )


def surfaces(record: dict) -> list[str]:
    """The surfaces that a record holds, in the usual order."""
    held = {known_cases()[name].surface for name in record["observations"] if name in known_cases()}
    return [surface for surface in cases.SURFACES if surface in held]


@functools.cache
def known_cases() -> dict[str, Case]:
    """Every case of the matrix and of the claims, by id."""
    matrix = [
        case for group in vars(cases).values() if isinstance(group, list)
        for case in group if isinstance(case, Case)
    ]  # fmt: skip
    deciding = [case for claim in load().values() for place in claim.places for case in claim.cases(*place)]
    return {case.id: case for case in matrix + deciding if case.kind != "canary"}


@functools.cache
def claims_of() -> dict[str, tuple[str, ...]]:
    """Ids of the claims that each case decides."""
    found: dict[str, list[str]] = {}
    for claim in load().values():
        for place in claim.places:
            for case in claim.cases(*place):
                names = found.setdefault(case.id, [])
                if claim.id not in names:
                    names.append(claim.id)
    return {name: tuple(ids) for name, ids in found.items()}


def observed_in(subject: str) -> list[Case]:
    """The cases behind a subject: itself, or those that decide the claim in its place."""
    if subject in known_cases():
        return [known_cases()[subject]]
    where = subjects.parse(subject)
    return load()[where.claim].cases(where.surface, where.program) if where and where.claim in load() else []


def runnable(wanted: Iterable[str]) -> list[str]:
    """What ``--only`` takes to observe these subjects: scenarios run in the tests of the claims that they decide."""
    found = []
    for subject in wanted:
        case = known_cases().get(subject)
        if case is not None and case.kind == "scenario":
            found += [
                str(subjects.ClaimInPlace(claim, case.surface, case.program)) for claim in claims_of().get(subject, ())
            ]
        else:
            found.append(subject)
    return sorted(set(found))


def failure_of(subject: str, failures: dict[str, str]) -> str | None:
    """What a failed test says of a case: its own, or one of a claim that it decides."""
    return next((failures[name] for name in [subject, *runnable([subject])] if name in failures), None)


def situation(subject: str, side: Side) -> str:
    """The call that a subject stands for, in words."""
    case = known_cases().get(subject)
    if case is None:
        where = subjects.parse(subject)
        return f"{side}, {where.program} program" if where else str(side)
    return judging.situation(case, environment(side.record))


def largest_part_of_bound(record: dict) -> tuple[float, str]:
    """Largest part of a bound that a record uses (1 is the limit), and by which case and field."""
    env, most = environment(record), (0.0, "")
    for name, seen in record["observations"].items():
        case = known_cases()[name]
        if case.kind == "scenario":
            continue
        semantics = row(case.surface, installed.release(case.surface, env)).semantics
        for part, expected in expect(case, semantics).items():
            if part in seen:
                with np.errstate(invalid="ignore"):
                    most = max(most, (used(restore(seen[part]), expected), f"{name} {part}"))
    return most
