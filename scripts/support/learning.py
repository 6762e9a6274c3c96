"""What was asked of mutants, the order that is learned from it, and what its head notices of those it did not know.

``fixtures/proof/noticing.json`` holds the ``subjects``; ``seconds``, case -> seconds of the processor; ``first``,
mutant -> the subject that noticed it first; and mutant -> numbers of the subjects that notice it, of those that were
asked: ``sample``, to learn from, and ``heads``, to judge what was learned (``scripts/order.py``). ``executing`` holds,
for lines that few subjects execute, the numbers of these.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from support import comparison
from support.ordering import Learner, Subjects, folds, traits
from support.releases import ROOT

NOTICING = ROOT / "fixtures" / "proof" / "noticing.json"
FOLDS = 10
FEW = 100  # subjects that execute a line, for it to count: others are executed by what is there anyway
HEAD = 0.14  # of what all observations cost, for the head: with the import, and what each process traces first, a sixth


def told_of(noticing: dict[str, Any], part: str) -> dict[str, set[str]]:
    """Mutant -> the subjects that notice it, of those asked in ``sample`` or in ``heads``."""
    names = noticing["subjects"]
    return {mutant: {names[number] for number in noticed} for mutant, noticed in noticing[part].items()}


def subjects_of(noticing: dict[str, Any]) -> Subjects:
    """The subjects that were measured, with what they cost."""
    # A case that is younger than the measurement waits for the next one, as a claim does that is younger.
    cases = {
        name: [case.id for case in comparison.observed_in(name) if case.id in noticing["seconds"]]
        for name in noticing["subjects"]
    }
    observed = {name: each for name, each in cases.items() if each}
    names = noticing["subjects"]
    executing = [[names[number] for number in group if names[number] in observed] for group in noticing["executing"]]
    return Subjects(observed, noticing["seconds"], executing)


def executing(lines: Mapping[str, Mapping[str, Collection[int]]], subjects: Sequence[str]) -> list[list[int]]:
    """For lines that few subjects execute: the numbers of these, each group once.

    Args:
        lines: subject -> file -> lines that it executes.
        subjects: names in the order of their numbers.
    """
    found: dict[tuple[str, int], list[int]] = {}
    for number, name in enumerate(subjects):
        for file, mine in lines.get(name, {}).items():
            for line in mine:
                found.setdefault((file, line), []).append(number)
    return [list(group) for group in sorted({tuple(group) for group in found.values() if len(group) <= FEW})]


def learned(
    learner: Learner, noticing: dict[str, Any], without: Collection[str] = (), whole: bool = True
) -> tuple[list[str], int]:
    """The order, and how many of it are the head; learned from all mutants but some."""
    notices = told_of(noticing, "sample")
    for mutant, first in noticing["first"].items():
        notices.setdefault(mutant, set()).add(first)
    kept = {mutant: names for mutant, names in notices.items() if mutant not in without}
    return learner.order(kept, HEAD * learner.subjects.cost(learner.names), whole)


def left_out(noticing: dict[str, Any]) -> tuple[list[str], list[str], dict[str, list[str]]]:
    """What heads notice of the asked mutants that they were not learned from.

    Returns:
        Those that are noticed; those that are not, as long as they were asked; and mutant -> subjects of its head that
        it must be asked yet.
    """
    learner, sample, heads = Learner(subjects_of(noticing)), told_of(noticing, "sample"), told_of(noticing, "heads")
    noticed, missed, asks = [], [], {}
    for part in folds(noticing["first"], FOLDS):
        order, size = learned(learner, noticing, part, whole=False)
        for mutant in (name for name in part if name in sample):
            by = {noticing["first"][mutant]} | sample[mutant] | heads.get(mutant, set())
            if not by.isdisjoint(order[:size]):
                noticed.append(mutant)
            elif mutant not in heads:  # those first that are about what others are about which notice it
                about = {trait for name in by for trait in traits(name)}
                asks[mutant] = sorted(order[:size], key=lambda name: -len(about & traits(name)))
            else:
                missed.append(mutant)
    return noticed, missed, asks
