"""What of a record still stands: its cases that today's code would observe, and what it lacks.

A case or claim that is younger than a record, or that other code observed, is *not measured yet* there: no change, and
no fault of the record. The releases of ``whole`` alone must have everything; the others get it when somebody asks.
"""

import contextlib
import functools
from pathlib import Path

from fixtures import installed, record, sources, subjects
from fixtures.cases import Case
from fixtures.claims import NOT_APPLICABLE, load
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


@functools.cache
def asked_in(env: installed.Environment) -> dict[str, Case]:
    """What today's suite asks in an environment: id -> case.

    A case on record that it asks there no more, since its claim needs an API that came later, would be missing in
    each candidate.
    """
    deciding = [
        case for claim in load().values() for surface, program in claim.places
        if installed.absent(surface, env) is None for case in installed.deciding(claim, surface, program, env)
    ]  # fmt: skip
    own = [case for case in comparison.known_cases().values()
           if case.kind != "scenario" and installed.missing(case, env) is None]  # fmt: skip
    return {case.id: case for case in (*own, *deciding)}


@functools.cache
def observers() -> dict[str, str]:
    """Today's observing functions: digest -> name."""
    return {digits: name for name, digits in sources.digests(comparison.known_cases()).items()}


def followed(seen: dict) -> dict:
    """A record with today's names of cases whose scenario is called otherwise now, and with the verdicts that follow.

    Nothing is observed: a digest tells that a function is the same, and a claim is decided by what it reads on record.

    Args:
        seen: as ``record.read`` returns it; it stays as it is.
    """
    new = {
        name: observers()[digits] for name, digits in seen["observers"].items()
        if "." in name and name not in observers().values() and observers().get(digits, name) not in seen["observers"]
    }  # fmt: skip
    new = {name: now for name, now in new.items() if name != now}

    def today(case_id: str) -> str:
        name = sources.observer_of(case_id)
        return case_id.replace(f"-name={name}", f"-name={new[name]}") if name in new else case_id

    found = {
        **seen,
        "observations": {today(case_id): entry for case_id, entry in seen["observations"].items()},
        "elsewhere": {today(case_id): where for case_id, where in seen.get("elsewhere", {}).items()},
        "observers": {new.get(name, name): digits for name, digits in seen["observers"].items()},
    }
    return {**found, "verdicts": {**seen["verdicts"], **verdicts_that_follow(found)}}


def verdicts_that_follow(seen: dict) -> dict[str, str]:
    """The verdicts that a record does not hold though all cases stand that decide them."""
    env, found = comparison.environment(seen), {}
    for claim in load().values():
        for surface, program in claim.places:
            subject = str(subjects.ClaimInPlace(claim.id, surface, program))
            if subject in seen["verdicts"] or installed.absent(surface, env) is not None:
                continue
            deciding = installed.deciding(claim, surface, program, env)
            if all(stands(seen, case) for case in deciding):
                entries = [record.restore(seen["observations"][case.id]) for case in deciding]
                with contextlib.suppress(LookupError, TypeError, ValueError, AttributeError):  # as when it runs
                    found[subject] = claim.verdict(entries) if entries else NOT_APPLICABLE
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
    asked = asked_in(comparison.environment(seen))
    observations = {
        name: entry for name, entry in seen["observations"].items() if name in asked and stands(seen, asked[name])
    }
    verdicts = {subject: v for subject, v in seen["verdicts"].items() if verdict_stands(seen, subject)}
    return {**seen, "observations": observations, "verdicts": verdicts}


def read(path: str | Path) -> dict:
    """What still stands of the record in a file, by today's names.

    Raises:
        Broken: the file cannot be used.
    """
    return current(followed(record.read(path)))
