"""Where a claim is otherwise, and why: equal reasons told once, with all APIs and releases of which they are true."""

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass

from fixtures import cases
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED
from support import ranges
from support.reports import Report
from support.site import told as telling
from support.site.told import APIS, SAID, Place, Range, Told

ORDER = (REFUTED, NOT_APPLICABLE, HOLDS)


@dataclass(frozen=True)
class Reason:
    """Why a claim has a verdict.

    Attributes:
        text: in whole sentences.
        source: the address that shows it.
        where: the APIs and releases, in words.
        verdict: as the record has it.
        anchor: of the first of its ranges on the page of the claim.
    """

    text: str
    source: str
    where: str
    verdict: str
    anchor: str

    @property
    def style(self) -> str:
        """Class of the style sheet."""
        return SAID[self.verdict][0]

    @property
    def sign(self) -> str:
        """One character that says the verdict without colour."""
        return SAID[self.verdict][1]


def api(surface: str) -> str:
    """What an API is called in a list: ``tf.keras``."""
    return APIS[surface].split(",")[0]


def measured(place: Place, by_reason: bool) -> tuple[Range, ...]:
    """The ranges of a place through what is not measured between them; with ``by_reason``, each why has its own."""
    asked = [(release, one) for one in place.ranges if one.verdict != ranges.NOT_YET for release in one.releases]
    first = {release: one for release, one in asked}
    return tuple(
        dataclasses.replace(first[run[0]], label=label, releases=tuple(run))
        for label, _, run in ranges.fold(
            (release, (one.verdict, one.why if by_reason else "")) for release, one in asked
        )
    )


def of(told: Told, verdict: str, by_reason: bool = False) -> list[tuple[str, str, Range]]:
    """(API, style of program, range) of a verdict; the style only where programs of one API answer otherwise."""
    return [
        (surface, program, one)
        for surface in told.measured for program, found in in_short(told, surface, by_reason) for one in found
        if one.verdict == verdict
    ]  # fmt: skip


def in_short(told: Told, surface: str, by_reason: bool = False) -> list[tuple[str, tuple[Range, ...]]]:
    """What is measured of a surface as (program, ranges); one without a program where all programs answer alike."""
    here = told.on[surface]
    answers = [measured(place, by_reason) for place in here]
    if len({tuple((one.label, one.verdict) for one in answer) for answer in answers}) == 1:
        return [("", answers[0])]
    return [(telling.PROGRAMS[place.program], answer) for place, answer in zip(here, answers, strict=True)]


def in_words(found: Iterable[tuple[str, str, Range]]) -> str:
    """``tf.keras 1.13–1.15, 2.0–2.8; Keras 3 3.0–3.5``."""
    told: dict[str, dict[str, list[str]]] = {}
    for surface, program, one in found:
        told.setdefault(surface, {}).setdefault(one.label, []).append(program)
    parts = []
    for surface, labels in told.items():
        # What a range of Keras 3 is called begins with a 3 already.
        name = "Keras" if surface == cases.KERAS3 else api(surface)
        parts.append(f"{name} " + ", ".join(
            f"{label} ({programs[0]})" if len(programs) == 1 and programs[0] else label
            for label, programs in labels.items()
        ))  # fmt: skip
    return "; ".join(parts)


def not_so(told: Told) -> str:
    """Where a claim is otherwise than it says; empty where it is so nowhere."""
    return in_words(of(told, REFUTED))


def unmeasured(told: Told) -> str:
    """Where a claim is not measured; empty where it is measured everywhere."""
    return in_words(
        (surface, program, one)
        for surface in told.on for program, found in told.in_short(surface) for one in found
        if one.verdict == ranges.NOT_YET
    )  # fmt: skip


def reasons(told: Told, verdicts: Iterable[str] = ORDER) -> list[Reason]:
    """Why a claim has its verdicts, where the registry says it; what is otherwise first."""
    found = []
    for verdict in verdicts:
        alike: dict[str, list[tuple[str, str, Range]]] = {}
        for row in of(told, verdict, by_reason=True):
            if row[2].why:
                alike.setdefault(row[2].why, []).append(row)
        found += [
            Reason(why, next((row[2].source for row in rows if row[2].source), ""), in_words(rows), verdict,
                   rows[0][2].anchor)
            for why, rows in alike.items()
        ]  # fmt: skip
    return found


def of_report(report: Report, claims: Iterable[Told], verdicts: Iterable[str] = (REFUTED,)) -> list[Reason]:
    """Why what a report met is so: each reason once, those of the releases it names first.

    Args:
        report: the report.
        claims: its claims.
        verdicts: of which verdicts the reasons are; what is otherwise than claimed is mostly what a report met.
    """
    minors = set(re.findall(r"\d+\.\d+", " ".join(report.versions)))
    found: dict[str, tuple[bool, Reason]] = {}
    for told in claims:
        here = {
            one.why for *_, one in of(told, REFUTED, by_reason=True)
            if minors & {ranges.minor(name) for name in one.releases}
        }  # fmt: skip
        for reason in reasons(told, verdicts):
            found.setdefault(reason.text, (reason.text not in here, reason))
    return [reason for _, reason in sorted(found.values(), key=lambda row: row[0])]
