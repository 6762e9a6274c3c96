"""The reports of users in ``scripts/reports/users.toml``: read, and held against the rules of the list."""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import TypeVar

from support.wording import prose_problems, text_problems

USERS = Path(__file__).resolve().parent.parent / "reports" / "users.toml"
KINDS = ("defect", "documentation", "misunderstanding", "not about batch normalization")
WORDS = 30  # at most, in one sentence
LINE = 200  # characters at most, in the title of a thread, and in an error
T = TypeVar("T")
PLACE = re.compile(r"\S+\.py\b|(?<![\w.])/\w+/|\b[A-Z]:\\\\")  # a file of whoever reported it


@dataclass(frozen=True)
class Report:
    """What a user reported, in our words.

    Attributes:
        address: where it is public.
        says: what it says.
        program: the smallest program that shows it, as facts: how the layer is made, what goes in, how it is called.
        came: what came out.
        should: what should have, numbers from the formula.
        versions: the ones it speaks of; empty when it names none.
        kind: one of ``KINDS``.
        claims: ids of the claims whose cases notice it.
        noticed: whether the suite noticed it before the list was made; if not, its claims were made from it.
        unseen: what of it cannot be seen here, and why; needed where no claim notices it, and may be missing elsewhere.
        drawn: the month, as "2026-11", in which it was drawn by lot from reports that nobody here had looked at, when
            everything else was done; empty for all others. Such reports alone say how well the suite notices the next.
        title: of its thread, where it is known word for word: what somebody who comes from there searches for.
        error: the last line of the error in the thread, or its beginning, as the library prints it.
        differs: what the verdicts of its claims rest on, where that is other than what came in the report.
        advice: what to do, where the advice of its claims does not say it; in whole sentences.
    """

    address: str
    says: str
    program: tuple[str, ...]
    came: str
    should: str
    versions: tuple[str, ...]
    kind: str
    claims: tuple[str, ...]
    noticed: bool
    unseen: str = ""
    drawn: str = ""
    title: str = ""
    error: str = ""
    differs: str = ""
    advice: str = ""


def entries(path: Path, word: str, kind: type[T]) -> list[T]:
    """The entries of a list in TOML, each as what its fields make of it, in the order of the file.

    Args:
        path: the list.
        word: what one of them is called there.
        kind: a dataclass with the fields of an entry.

    Raises:
        ValueError: an entry lacks a field, or has one that is not known.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    needed = {name for name, field in known.items() if field.default is MISSING}
    found = []
    for number, entry in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))[word], 1):
        if not needed <= set(entry) <= set(known):
            raise ValueError(
                f"{path.name}, {word} {number}: lacks {sorted(needed - set(entry))}, "
                f"does not know {sorted(set(entry) - set(known))}."
            )
        found.append(
            kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})
        )
    return found


def load(path: Path = USERS) -> list[Report]:
    """The reports of a file, in its order.

    Raises:
        ValueError: a report lacks a field, or has one that is not known.
    """
    return entries(path, "report", Report)


def sentence_problems(report: Report) -> list[str]:
    """Which of a report's sentences do not end, are too long, or lack the words of the field; named by their field."""
    found = []
    for name, sentence in [
        ("says", report.says), *[("program", line) for line in report.program],
        ("came", report.came), ("should", report.should), *([("unseen", report.unseen)] if report.unseen else []),
    ]:  # fmt: skip
        if not sentence.endswith(".") or "\n" in sentence:
            found.append(f"{name} does not end with a full stop on one line")
        if len(sentence.split()) > WORDS:
            found.append(f"{name} has {len(sentence.split())} words, and {WORDS} are enough")
        found += text_problems(name, sentence)
    return found


def line_problems(title: str, error: str) -> list[str]:
    """What is wrong with the words that are not ours: the title of a thread, and its error."""
    found: list[str] = []
    for name, line in (("title", title), ("error", error)):
        if line != line.strip() or "\n" in line or len(line) > LINE:
            found.append(f"its {name} is no line of {LINE} characters at most")
    if place := PLACE.search(error):
        found.append(f'its error names a place on a machine: "{place[0]}"')
    return found


def advice_problems(report: Report) -> list[str]:
    """What is wrong with what to do, and with what is told beside the verdicts."""
    found: list[str] = []
    for name, text in (("differs", report.differs), ("advice", report.advice)):
        if text:
            found += prose_problems(name, text)
    if report.differs and not report.claims:
        found.append("its verdicts differ from the report, but no claim has any")
    return found


def problems(reports: Iterable[Report], known: Collection[str]) -> list[str]:
    """Everything that is wrong with a list, in sentences.

    Args:
        reports: the list.
        known: the ids of all claims.
    """
    found, addresses = [], set()
    for report in reports:
        wrong = sentence_problems(report)
        if not report.address.startswith("https://"):
            wrong.append("it is not an https address")
        if report.address in addresses:
            wrong.append("it is in the list twice")
        addresses.add(report.address)
        if report.kind not in KINDS:
            wrong.append(f"its kind is none of {', '.join(KINDS)}")
        if not report.program:
            wrong.append("no program shows it")
        if report.drawn and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", report.drawn):
            wrong.append('it was not drawn in a month as "2026-11"')
        wrong += [*line_problems(report.title, report.error), *advice_problems(report)]
        wrong += [f"there is no claim {name}" for name in report.claims if name not in known]
        if report.noticed and not report.claims:
            wrong.append("it was noticed, but no claim says by what")
        if not report.claims and not report.unseen and report.kind != KINDS[-1]:
            wrong.append("no claim notices it, and it does not say what stands in the way")
        found += [f"{report.address}: {problem}." for problem in wrong]
    return found


def counts(reports: Collection[Report]) -> dict[str, int]:
    """How many reports about batch normalization there are, were noticed, became claims since, and are open."""
    ours = [report for report in reports if report.kind != KINDS[-1]]
    return {
        "reports": len(ours),
        "noticed": sum(report.noticed for report in ours),
        "claims since": sum(bool(report.claims) and not report.noticed for report in ours),
        "open": sum(not report.claims for report in ours),
    }


def drawn(reports: Collection[Report]) -> dict[str, int]:
    """The same of those that were drawn last, before anyone looked: how well the suite noticed what it did not know."""
    return counts([report for report in reports if report.drawn])
