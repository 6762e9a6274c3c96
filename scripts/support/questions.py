"""What a bisection asks each step, and whether two steps answer alike."""

from dataclasses import dataclass

from fixtures import cases, installed, subjects
from fixtures.claims import load
from support import comparison, standing
from support.client import Failure
from support.comparison import Behaviour, Side
from support.environments import NotATarget


class NotAnswered(Failure):
    """A step cannot be judged; the message is one sentence."""


@dataclass(frozen=True)
class Question:
    """A claim, in some of its places, or a case.

    Attributes:
        text: as it was asked.
        subjects: the case, or the claim in each of the places that were meant.
    """

    text: str
    subjects: tuple[str, ...]

    @property
    def is_claim(self) -> bool:
        """Whether verdicts answer it, and not an observation."""
        return self.subjects[0] not in comparison.known_cases()

    @property
    def words(self) -> str:
        """The sentence of the claim, or nothing."""
        return load()[subjects.claim_of(self.text)].sentence if self.is_claim else ""


def question(text: str, line: str) -> Question:
    """What a text asks of a package.

    Args:
        text: a claim, a claim and its place, or the id of a case.
        line: ``"keras"``, where only Keras 3 answers, or ``"tensorflow"``.

    Raises:
        NotATarget: it is neither a claim nor a case, or none that this package can answer.
    """
    known = comparison.known_cases()
    if text in known:
        places = [(known[text].surface, text)]
    else:
        claim = load().get(subjects.claim_of(text))
        if claim is None:
            raise NotATarget(f"{text!r}: neither a claim nor a case.")
        where = [subjects.ClaimInPlace(claim.id, *place) for place in claim.places]
        places = [(one.surface, str(one)) for one in where if one.named_by(text)]
        if not places:
            raise NotATarget(f"{text!r}: that claim is made in {'; '.join(map(' '.join, claim.places))}.")
    asked = tuple(name for surface, name in places if line == "tensorflow" or surface == cases.KERAS3)
    if not asked:
        raise NotATarget(f"{text!r}: Keras 3 alone is asked, and it is of {', '.join(sorted({s for s, _ in places}))}.")
    return Question(text, asked)


def answered(asked: Question, seen: dict) -> dict[str, object]:
    """Subject -> the verdict, or the observation, that a record holds and that still stands; those that there are."""
    if not asked.is_claim:
        name = asked.subjects[0]
        stands = standing.stands(seen, comparison.known_cases()[name])
        return {name: seen["observations"][name]} if stands else {}
    return {
        name: seen["verdicts"][name] for name in asked.subjects
        if name in seen["verdicts"] and standing.verdict_stands(seen, name)
    }  # fmt: skip


def lacking(asked: Question, seen: dict) -> set[str]:
    """What a record does not answer though its environment has what it takes."""
    env, missing = comparison.environment(seen), set(asked.subjects) - answered(asked, seen).keys()
    places = {name: (subjects.parse(name) or comparison.known_cases()[name]).surface for name in missing}
    return {name for name in missing if installed.absent(places[name], env) is None}


def part(asked: Question, seen: dict) -> dict:
    """A record of what was asked alone: the cases that decide it, and its verdicts."""
    env = comparison.environment(seen)
    known = comparison.known_cases()
    wanted = set()
    for name in asked.subjects:
        where = subjects.parse(name)
        if where is None:
            wanted.add(name)
        else:
            wanted |= {case.id for case in installed.deciding(load()[where.claim], where.surface, where.program, env)}
    observations = {
        name: entry for name, entry in seen["observations"].items()
        if name in wanted and name in known and standing.stands(seen, known[name])
    }  # fmt: skip
    verdicts = {name: verdict for name, verdict in answered(asked, seen).items() if asked.is_claim}
    return {**seen, "observations": observations, "verdicts": verdicts, "elsewhere": {}, "counts": {}}


def why_not(asked: Question, seen: dict) -> str:
    """Why a record does not answer, in a sentence."""
    env = comparison.environment(seen)
    ended = [entry["ended"] for entry in part(asked, seen)["observations"].values() if "ended" in entry]
    if ended:
        return f"it is not decided there: {ended[0]}"
    surfaces = {comparison.observed_in(name)[0].surface for name in asked.subjects if comparison.observed_in(name)}
    absent = {surface: installed.absent(surface, env) for surface in sorted(surfaces)}
    if absent and all(absent.values()):
        return "; ".join(f"{surface}: {reason}" for surface, reason in absent.items())
    return "it was not observed there"


def differing(asked: Question, one: dict, other: dict) -> set[str]:
    """The subjects that two records answer otherwise; what one of them does not answer is left out."""
    then, now = answered(asked, one), answered(asked, other)
    both = then.keys() & now.keys()
    if asked.is_claim:
        return {name for name in both if then[name] != now[name]}
    return {name for name in both if then[name] != now[name] and told(asked, "", one, "", other)}


def told(asked: Question, name: str, one: dict, other_name: str, other: dict) -> list[Behaviour]:
    """What changed from one record to another of what was asked, by cause."""
    before, after = part(asked, one), part(asked, other)
    found: list[Behaviour] = []
    for surface in comparison.surfaces(before):
        if surface in comparison.surfaces(after):
            sides = (Side(name, surface, before), Side(other_name, surface, after))
            found += comparison.behaviours(comparison.compare(*sides))
    return found
