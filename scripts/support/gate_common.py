"""What the changes of a report have in common, and in which cases of their kind each of them shows."""

from collections.abc import Sequence

from fixtures import cases
from fixtures.cases import Case
from support import words
from support.comparison import Behaviour, Comparison, Kind, known_cases, observed_in
from support.comparison.combination import Common, common, separating

NAMES = {cases.KERAS3: "Keras 3"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def cases_of(behaviour: Behaviour, compared: Sequence[Comparison]) -> list[Case]:
    """The cases in which a change shows: those that changed, among its own and those that decide its claims."""
    differing = {name for result in compared for name in result.differing}
    found = [case for change in behaviour.changes for case in observed_in(change.subject) if case.id in differing]
    return list(dict.fromkeys(found))


def in_common(told: Sequence[Behaviour], compared: Sequence[Comparison]) -> list[Common]:
    """What several changes have in common that no unchanged case has, or few; see ``support.comparison.combination``.

    An API that came or went is told with its name: that is what its statements have in common.
    """

    def features(case: Case) -> frozenset[str]:
        return words.features(case) | ({NAMES.get(case.surface, case.surface)} if len(compared) > 1 else set())

    changes = [
        [] if behaviour.kind is Kind.API else [features(case) for case in cases_of(behaviour, compared)]
        for behaviour in told
    ]
    known = known_cases()
    unchanged = {name: features(known[name]) for result in compared for name in result.unchanged if name in known}
    return common(changes, unchanged)[: len(LETTERS)]


def sentence(one: Common, told: Sequence[Behaviour]) -> str:
    """What several changes have in common, in one sentence."""
    said = f"{len(one.changes)} of the {len(told)} changes have in common, all of: {'; '.join(one.all_of)}."
    if not one.exceptions:
        return f"{said} Nothing that has it is unchanged."
    titles = list(dict.fromkeys(words.title(known_cases()[name]) for name in one.exceptions))
    shown = "; ".join(titles[:2]) + (f"; and {len(titles) - 2} more" if len(titles) > 2 else "")
    count = len(one.exceptions)
    return f"{said} {count} case{'s' * (count > 1)} that ha{'ve' if count > 1 else 's'} it did not change: {shown}."


def only_where(behaviour: Behaviour, compared: Sequence[Comparison]) -> str:
    """In which cases of its kind a change shows: the flags that separate them from the rest; empty where none do."""
    case = known_cases().get(behaviour.told.shown_by)
    if case is None:
        return ""

    def alike(other: Case) -> bool:
        return other.kind == case.kind and dict(other.flags).get("name") == dict(case.flags).get("name")

    changed = [dict(one.flags) for one in cases_of(behaviour, compared) if alike(one)]
    compared_too = [result for result in compared if result.after.surface == case.surface]
    rest = [known_cases()[name] for result in compared_too for name in result.unchanged if name in known_cases()]
    found = separating(changed, [dict(one.flags) for one in rest if alike(one)])
    if found is None or len(changed) < 2:
        return ""
    return "; ".join(
        " or ".join(
            words.value_of_dimension(name, str(value)) if case.kind == "situation" else words.flag(name, value)
            for value in values
        )
        for name, values in found.items()
    )
