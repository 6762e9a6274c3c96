"""What changed cases have in common: the smallest combination that separates them from the unchanged ones.

Combinatorial testing calls it the failure-inducing combination (Colbourn and McClary, "Locating and detecting arrays
for interaction faults", 2008; Ghandehari and others, "Identifying failure-inducing combinations in a combinatorial
test set", 2012). The sets here are small: a case has a dozen features at most, so every combination of up to three is
tried, the smaller ones first.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Features = frozenset[str]
MOST = 3  # values in a combination: more of them separate anything
EXCEPTIONS = 0.25  # unchanged cases that may have it too, for each changed one that has it


@dataclass(frozen=True)
class Common:
    """What several changes have in common.

    Attributes:
        all_of: the features.
        changes: positions of the changes all of whose cases have them.
        exceptions: unchanged cases that have them, too.
    """

    all_of: tuple[str, ...]
    changes: tuple[int, ...]
    exceptions: tuple[str, ...] = ()


def combinations(features: Iterable[str]) -> Iterable[Features]:
    """Every combination of up to ``MOST``, the smaller ones first."""
    names = sorted(features)
    for size in range(1, MOST + 1):
        yield from map(frozenset, itertools.combinations(names, size))


def common(changes: Sequence[Sequence[Features]], unchanged: Mapping[str, Features]) -> list[Common]:
    """What changes have in common and unchanged cases have not: as few combinations as explain several changes each.

    Args:
        changes: for each change the features of its cases.
        unchanged: id of a case that did not change -> its features.

    Returns:
        The combination that explains most first; each change is in one of them at most, and each has two at least.
    """
    found: list[Common] = []
    left = {number: cases for number, cases in enumerate(changes) if cases}
    while best := _best(left, unchanged):
        found.append(best)
        left = {number: cases for number, cases in left.items() if number not in best.changes}
    return sorted(found, key=lambda one: -len(one.changes))


def _best(changes: Mapping[int, Sequence[Features]], unchanged: Mapping[str, Features]) -> Common | None:
    shared = {number: frozenset.intersection(*cases) for number, cases in changes.items()}
    tried = dict.fromkeys(one for features in shared.values() for one in combinations(features))
    best, rank = None, (0, 0, 0)
    for one in tried:
        having = tuple(number for number, features in shared.items() if one <= features)
        cases = sum(len(changes[number]) for number in having)
        exceptions = tuple(name for name, features in unchanged.items() if one <= features)
        new = (len(having) - len(exceptions), -len(exceptions), -len(one))
        if len(having) > 1 and len(exceptions) <= EXCEPTIONS * cases and (best is None or new > rank):
            best, rank = Common(tuple(sorted(one)), having, exceptions), new
    return best


def separating(
    changed: Sequence[Mapping[str, object]], unchanged: Sequence[Mapping[str, object]]
) -> dict[str, tuple[object, ...]] | None:
    """The fewest flags by whose values cases of one kind changed: flag -> values of the changed ones.

    Args:
        changed: the flags of the cases that changed.
        unchanged: of those that did not.

    Returns:
        None where no ``MOST`` flags separate them, or where nothing is there to be separated from.
    """
    if not changed or not unchanged:
        return None
    # Cases of one kind need not have the same flags: one that a case has not is None there.
    shared = [name for name in changed[0] if all(name in one for one in changed)]
    values = {name: tuple(dict.fromkeys(one[name] for one in changed)) for name in shared}
    every = {name: {one.get(name) for one in (*changed, *unchanged)} for name in values}
    telling = [name for name in values if len(values[name]) <= MOST and len(values[name]) < len(every[name])]
    for size in range(1, MOST + 1):
        fits = [
            names for names in itertools.combinations(telling, size)
            if not any(all(one.get(name) in values[name] for name in names) for one in unchanged)
        ]  # fmt: skip
        if fits:
            names = min(fits, key=lambda names: sum(len(values[name]) for name in names))
            return {name: values[name] for name in names}
    return None
