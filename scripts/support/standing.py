"""What of a record still stands: its cases that today's code would observe, and what it lacks.

A case or claim that is younger than a record, or that other code observed, is *not measured yet* there: no change, and
no fault of the record. The releases of ``whole`` alone must have everything; the others get it when somebody asks.
"""

from pathlib import Path

from fixtures import installed, record, sources, subjects
from fixtures.cases import Case
from fixtures.claims import load
from support import comparison, releases


def whole() -> set[str]:
    """The releases whose records must have everything: the newest stable one of each line, and the nightlies."""
    return {*(releases.recorded(line)[0].name for line in ("tensorflow", "keras")), *releases.NIGHTLIES}


def stands(seen: dict, case: Case) -> bool:
    """Whether a record holds a case as today's code would observe it."""
    observer = sources.observer_of(case.id)
    return case.id in seen["observations"] and seen["observers"].get(observer) == sources.digest(observer)


def lacking(seen: dict) -> list[str]:
    """Cases and claims of today's suite that a record could hold and does not, or that other code observed."""
    env = comparison.environment(seen)
    found = [
        case.id for case in comparison.known_cases().values()
        if case.kind != "scenario" and installed.missing(case, env) is None and not stands(seen, case)
    ]  # fmt: skip
    for claim in load().values():
        for surface, program in claim.places:
            if installed.absent(surface, env) is None:
                subject = str(subjects.ClaimInPlace(claim.id, surface, program))
                deciding = installed.deciding(claim, surface, program, env)
                if subject not in seen["verdicts"] or not all(stands(seen, case) for case in deciding):
                    found.append(subject)
    return found


def verdict_stands(seen: dict, subject: str) -> bool:
    """Whether a verdict on record is of a claim of today, and of cases that stand."""
    where = subjects.parse(subject)
    claim = load().get(where.claim) if where else None
    if where is None or claim is None or where[1:] not in claim.places:
        return False
    deciding = installed.deciding(claim, where.surface, where.program, comparison.environment(seen))
    return all(stands(seen, case) for case in deciding)


def current(seen: dict) -> dict:
    """A record without what does not stand any more: what is left may be compared, judged and told.

    Args:
        seen: as ``record.read`` returns it; it stays as it is.
    """
    known = comparison.known_cases()
    observations = {
        name: entry for name, entry in seen["observations"].items() if name in known and stands(seen, known[name])
    }
    verdicts = {subject: v for subject, v in seen["verdicts"].items() if verdict_stands(seen, subject)}
    return {**seen, "observations": observations, "verdicts": verdicts}


def read(path: str | Path) -> dict:
    """What still stands of the record in a file.

    Raises:
        Broken: the file cannot be used.
    """
    return current(record.read(path))
