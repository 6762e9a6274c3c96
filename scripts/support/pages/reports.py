"""What users reported about batch normalization, and which claim notices it."""

import re
from collections.abc import Iterator

from support import reports
from support.reports import Report

ABOUT = [kind for kind in reports.KINDS if kind != "not about batch normalization"]


def state(report: Report) -> str:
    """Who notices a report, in words."""
    if report.claims:
        claims = ", ".join(f"`{claim}`" for claim in report.claims)
        words = f"noticed before: {claims}" if report.noticed else f"became {claims}"
        more = " ".join(filter(None, [report.differs, report.unseen]))
        return f"{words}. {more}" if more else words
    return f"not noticed: {report.unseen}"


def name(address: str) -> str:
    """``https://github.com/keras-team/keras/issues/16239`` -> ``keras#16239``."""
    parts = address.split("/")
    return f"{parts[4]}#{parts[6]}" if "github.com" in address and len(parts) > 6 else parts[2]


def plain(line: str) -> str:
    """A line of somebody else, as it stands, in a cell of a table: none of its signs is Markdown."""
    return re.sub(r"([\\|<>*_`\[\]])", r"\\\1", line)


def counts(found: list[Report]) -> str:
    """How many are noticed, in one sentence; in a second one, how many of those that were drawn last."""
    counted, last = reports.counts(found), of_drawn(found)
    return (
        f"{counted['reports']} reports: {counted['noticed']} would have been noticed when the list was made, "
        f"{counted['claims since']} became claims, {counted['open']} are not noticed, each with its reason."
    ) + f" {last}" * bool(last)


def of_drawn(found: list[Report]) -> str:
    """How many of the reports that were drawn last were noticed by the suite as it was; empty when none were drawn."""
    last = reports.drawn(found)
    if not last["reports"]:
        return ""
    return (
        f"Of {last['reports']} reports drawn last, before anyone looked, the suite noticed {last['noticed']}; "
        f"{last['claims since']} led to claims since, {last['open']} are not noticed."
    )


def rows(found: list[Report]) -> Iterator[str]:
    """One row for each report, those that nobody notices last."""
    yield from ("| report | what it says | should be | who notices |", "|---|---|---|---|")
    for report in sorted(found, key=lambda one: (not one.claims, one.kind, one.address)):
        if report.kind in ABOUT:
            link = f"[{name(report.address)}]({report.address})" + (f" “{plain(report.title)}”" if report.title else "")
            says, should = (words.replace("|", "\\|") for words in (report.says, report.should))
            yield f"| {link} | {says} | {should} | {state(report)} |"


def page(notice: str) -> str:
    """The page docs/reports.md."""
    found = reports.load()
    lines = [
        notice, "", "# Reports of users", "",
        "What users reported about batch normalization and about what reaches it, in our words. A claim *notices* a "
        "report when its test goes red on what the report describes; that is read off the claim, not tried.", "",
        counts(found), "", *rows(found),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"
