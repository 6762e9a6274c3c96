"""Findings: what is otherwise in the newest releases than it is said."""

import re
from dataclasses import dataclass

from fixtures.claims import REFUTED
from support import releases
from support.pages.common import timeline
from support.site import told as telling
from support.site.told import APIS, Evidence, Range, Told, named

SAID, REPORT = re.compile(r"stackoverflow\.com|//[^/]*blog|w3cschool"), re.compile(r"/(issues|pull|discussions)/")
ERRORS = ("error", "raised", "raises")


@dataclass(frozen=True)
class Finding:
    """A claim that is otherwise today.

    Attributes:
        told: the claim.
        apis: where, in words.
        places: the same, each with its release.
        documents: addresses of documents of these releases that say it.
        said: addresses of all documents and answers that say it, of older releases too.
        upstream: reports of it that are public.
        silent: whether no error tells of it.
        observed: (surface, range, evidence) for each API.
    """

    told: Told
    apis: tuple[str, ...]
    places: tuple[str, ...]
    documents: tuple[str, ...]
    said: tuple[str, ...]
    upstream: tuple[str, ...]
    silent: bool
    observed: tuple[tuple[str, Range, tuple[Evidence, ...]], ...]


def newest() -> dict[str, str]:
    """Surface -> its newest stable release with a record, where that is a current one."""
    current = {releases.recorded(line)[0].name for line in ("tensorflow", "keras")}
    return {
        surface: side.name for surface in APIS for side in timeline(surface) if side.name in current
    }  # fmt: skip


def found() -> list[Finding]:
    """All findings: silent ones first, what people meet most commonly before the others."""
    result = []
    for told in telling.everything().values():
        observed, apis, places = [], [], []
        documents: list[str] = []
        for surface, release in newest().items():
            for place in told.on.get(surface, []):
                one = place.at(release)
                if one and one.verdict == REFUTED:
                    documents += telling.documents(told.claim, surface, release)
                    observed.append((surface, one, telling.evidence(told.claim, surface, place.program, release)))
                    apis.append(APIS[surface].split(",")[0])
                    places.append(named(next(side for side in timeline(surface) if side.name == release)))
                    break
        if not observed:
            continue
        said = [address for address in told.claim.sources if telling.era(address) or SAID.search(address)]
        upstream = [address for address in told.claim.sources if REPORT.search(address)]
        upstream += [report.address for report in told.reports]
        read = [value for _, _, seen in observed for case in seen for value in case.values]
        silent = not any(where.endswith(ERRORS) and "None" not in said for where, said in read)
        result.append(Finding(
            told, tuple(apis), tuple(places), tuple(dict.fromkeys(documents)), tuple(said),
            tuple(dict.fromkeys(upstream)), silent, tuple(observed),
        ))  # fmt: skip
    return sorted(result, key=lambda one: (not one.silent, -one.told.weight))


def grouped() -> dict[str, list[Finding]]:
    """Findings by what they are."""
    groups: dict[str, list[Finding]] = {
        "Documentation that is wrong today": [], "Otherwise than answers, older documents and reports say": [],
    }  # fmt: skip
    for one in found():
        groups[list(groups)[0 if one.documents else 1]].append(one)
    return groups
