"""Findings: what is otherwise in the newest releases than it is said."""

from dataclasses import dataclass

from fixtures.claims import REFUTED
from support import releases
from support.pages.common import timeline
from support.site import told as telling
from support.site.told import APIS, Evidence, Range, Told

ERRORS = ("error", "raised", "raises")


@dataclass(frozen=True)
class Finding:
    """A claim that is otherwise today.

    Attributes:
        told: the claim.
        apis: where, in words.
        documents: addresses of documents that say it.
        upstream: reports of it that are public.
        silent: whether no error tells of it.
        observed: (surface, range, evidence) for each API.
    """

    told: Told
    apis: tuple[str, ...]
    documents: tuple[str, ...]
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
        observed, apis = [], []
        for surface, release in newest().items():
            for place in told.on.get(surface, []):
                one = place.at(release)
                if one and one.verdict == REFUTED:
                    observed.append((surface, one, telling.evidence(told.claim, surface, place.program, release)))
                    apis.append(APIS[surface].split(",")[0])
                    break
        if not observed:
            continue
        documents = tuple(address for address in told.claim.sources if telling.is_documentation(address))
        upstream = [address for address in told.claim.sources if address not in documents]
        upstream += [report.address for report in told.reports]
        read = [value for _, _, seen in observed for case in seen for value in case.values]
        silent = not any(where.endswith(ERRORS) and "None" not in said for where, said in read)
        result.append(Finding(
            told, tuple(apis), documents, tuple(dict.fromkeys(upstream)), silent, tuple(observed),
        ))  # fmt: skip
    return sorted(result, key=lambda one: (not one.silent, -one.told.weight))


def grouped() -> dict[str, list[Finding]]:
    """Findings by what they are."""
    groups: dict[str, list[Finding]] = {
        "Documentation that is wrong today": [], "Otherwise than users expect or report": [],
    }  # fmt: skip
    for one in found():
        groups[list(groups)[0 if one.documents else 1]].append(one)
    return groups
