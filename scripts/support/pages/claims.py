"""What pages say of each claim: its verdicts in order, the topic of its group, and over what it was observed."""

import importlib

from fixtures import subjects
from fixtures.claims import Claim
from fixtures.claims.scope import scope
from support import ranges
from support.pages.common import timeline


def verdicts(claim: Claim, surface: str, program: str) -> list[tuple[str, str]]:
    """Release -> verdict of a claim in one place, in order."""
    subject = str(subjects.ClaimInPlace(claim.id, surface, program))
    return [(side.name, side.record["verdicts"].get(subject, ranges.NOT_YET)) for side in timeline(surface)]


def title_of(group: str) -> str:
    """What the claims of a group are about."""
    first = (importlib.import_module(f"fixtures.claims.{group}").__doc__ or "").splitlines()[0]
    return first.removeprefix("Claims about ").rstrip(".").replace("``", "")


def scope_in_words(claim: Claim) -> list[str]:
    """Over what a claim's cases run, as lines behind its sentence: one, or one for each scope that surfaces have."""
    told: dict[str, list[str]] = {}
    for surface in dict.fromkeys(surface for surface, _ in claim.places):
        parts = [f"{dimension}: {', '.join(values)}" for dimension, values in scope(claim, surface).items()]
        told.setdefault("; ".join(parts), []).append(surface)
    if len(told) == 1:
        return [f"(Observed over {words}.)" for words in told if words]
    return [f"({', '.join(surfaces)}: observed over {words}.)" for words, surfaces in told.items() if words]
