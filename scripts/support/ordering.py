"""An order of cases and claims in which most is noticed soonest, learned from which of them notice which mutants."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fixtures.subjects import parse

AGAIN = 0.3  # what noticing a mutant once more is worth, beside the time before; the same of a trait
OF_TRAITS = 1.0  # what all traits are worth beside all mutants: what nobody asked yet may be what notices the next one
OF_LINES = 1.0  # the same of lines that few execute: a defect in them, only these few can notice
JUDGED = 0.004  # seconds of the processor that the tests of a subject cost, beside its observation


@dataclass(frozen=True)
class Subjects:
    """What is put in order.

    Attributes:
        cases: subject -> ids of the cases that it observes.
        seconds: case -> seconds of the processor that its observation takes.
        executing: for lines of the code under test that few subjects execute: these subjects.
    """

    cases: Mapping[str, list[str]]
    seconds: Mapping[str, float]
    executing: Sequence[Collection[str]] = ()

    def cost(self, chosen: Iterable[str]) -> float:
        """Seconds of the processor that some subjects take together; a case that several observe is observed once."""
        chosen = list(chosen)
        observed = {case for subject in chosen for case in self.cases[subject]}
        return sum(self.seconds[case] for case in observed) + JUDGED * len(chosen)


def traits(subject: str) -> set[str]:
    """What a subject is about: its claim, anywhere and on this surface; the kind, surface and each flag of a case."""
    where = parse(subject)
    if where is not None:
        return {where.claim, f"{where.claim} {where.surface}"}
    place, *flags = re.split(r"-(?=\w+=)", subject)
    kind, surface = place.split("-")[:2]
    return {kind, f"{kind} {surface}", *(f"{kind} {surface} {flag}" for flag in flags)}


class Learner:
    """Learns orders of the same subjects from different mutants."""

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects
        self.names = sorted(subjects.cases)
        self.number = {name: place for place, name in enumerate(self.names)}
        self.traits: dict[str, list[int]] = {}
        self.sharing: dict[str, list[int]] = {}
        for place, name in enumerate(self.names):
            for trait in sorted(traits(name)):
                self.traits.setdefault(trait, []).append(place)
            for case in subjects.cases[name]:
                self.sharing.setdefault(case, []).append(place)
        self.executing = [[self.number[name] for name in names] for names in subjects.executing]

    def order(self, noticed: Mapping[str, Iterable[str]], head: float, whole: bool = True) -> tuple[list[str], int]:
        """Subjects, those first that notice most mutants not noticed yet for each second.

        Args:
            noticed: mutant -> subjects that notice it.
            head: seconds of the processor that the head may take.
            whole: False for the head alone.

        Returns:
            All subjects in order, and how many of them are the head.
        """
        groups = [[self.number[name] for name in names if name in self.number] for names in noticed.values()]
        parts = ((groups, 1.0), (self.traits.values(), OF_TRAITS), (self.executing, OF_LINES))
        worth = [together / len(part) for part, together in parts for _ in part]
        held = [np.array(group, int) for part, _ in parts for group in part]
        of: list[list[int]] = [[] for _ in self.names]
        gain = np.full(len(self.names), 1e-12)
        for group, places in enumerate(held):
            gain[places] += worth[group]
            for place in places:
                of[place].append(group)
        seconds = dict(self.subjects.seconds)
        cost = np.array([self._cost(name, seconds) for name in self.names])
        taken, chosen, size, spent = np.zeros(len(self.names), bool), list[str](), -1, 0.0
        for _ in self.names:
            # Sums of floating-point numbers do not come back to 0.
            place = int(np.argmax(np.where(taken, -1.0, np.maximum(gain, 1e-12) / cost)))
            if size < 0 and spent + cost[place] > head:
                size = len(chosen)
                if not whole:
                    break
            chosen.append(self.names[place])
            spent += cost[place]
            for group in of[place]:
                gain[held[group]] -= (1 - AGAIN) * worth[group]
                worth[group] *= AGAIN
            for case in self.subjects.cases[self.names[place]]:
                if seconds[case]:
                    seconds[case] = 0.0
                    for other in self.sharing[case]:
                        cost[other] = self._cost(self.names[other], seconds)
            taken[place] = True
        return chosen, len(chosen) if size < 0 else size

    def _cost(self, name: str, seconds: Mapping[str, float]) -> float:
        return sum(seconds[case] for case in self.subjects.cases[name]) + JUDGED


def folds(mutants: Iterable[str], many: int) -> list[list[str]]:
    """Mutants in so many parts, each drawn as if by lot, and the same ones each time."""
    ordered = sorted(mutants, key=lambda name: (hashlib.sha256(name.encode()).hexdigest(), name))
    return [ordered[number::many] for number in range(many)]
