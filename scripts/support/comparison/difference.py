"""Two values of one field: whether they are the same, within the bounds of float32, or where they differ."""

import dataclasses
from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from fixtures import judging, sources
from fixtures.cases import Case
from fixtures.compare import PROCESS_ENDED, difference
from fixtures.expect import expect
from fixtures.semantics import PHRASES, Semantics

# A scenario has no expectation of its own: the verdict of its claim is the judge, at bounds that the claim
# derives. For the question whether its raw numbers drifted, 1 part in 2**14 of the largest of them separates
# what builds do to float32 sums of a few hundred terms (parts in 2**18 at most) from any change of formula.
SCENARIO_DRIFT = 2.0**-14
# Around 4096 float32 numbers lie 2**-11 apart, so a kernel may be off by that much in the mean of a batch; gamma by the
# standard deviation is at most 1.5 there, which makes 2**-10.4 of it in outputs whose largest is 5.2: 2**-12.8 of that.
SCENARIO_DRIFTS = {"numerics.far_from_0": 2.0**-12}

EPSILON = 2.0**-23  # distance of the float32 numbers at 1


def drift_of(case: Case) -> float:
    """By which part of the largest number builds may differ in a scenario; see ``SCENARIO_DRIFT``."""
    return SCENARIO_DRIFTS.get(sources.observer_of(case.id), SCENARIO_DRIFT)


def numbers(value: object) -> Iterator[np.ndarray]:
    """The arrays of a restored value, in order; a lone number counts as one."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, float):
        yield np.array([value], np.float32)
    elif isinstance(value, dict):
        for name in sorted(value):
            yield from numbers(value[name])
    elif isinstance(value, list):
        for entry in value:
            yield from numbers(entry)


def skeleton(value: object) -> object:
    """A restored value without its numbers: what must be the same for two values to differ in bits only."""
    if isinstance(value, np.ndarray):
        return ("float32", value.shape)
    if isinstance(value, float):
        return "a number"
    if isinstance(value, dict):
        return {name: skeleton(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [skeleton(entry) for entry in value]
    return value


def distance(before: object, after: object) -> float:
    """How far the numbers of two values of one skeleton are apart at most, in parts of the largest in the same array.

    In units of ``EPSILON``. Beside the number itself it would say nothing: what is left where large ones cancel is
    small.
    """
    worst = 0.0
    for one, other in zip(numbers(before), numbers(after)):
        both = np.isfinite(one) & np.isfinite(other)
        if both.any():
            was, now = (part[both].astype(np.float64) for part in (one, other))
            largest = max(np.max(np.abs(was)), np.max(np.abs(now)))
            worst = max(worst, float(np.max(np.abs(was - now)) / largest / EPSILON) if largest else 0.0)
    return worst


def near(before: object, after: object, drift: float = SCENARIO_DRIFT) -> bool:
    """Whether the numbers of two scenario values differ by no more than ``drift`` of the largest of them."""
    for one, other in zip(numbers(before), numbers(after)):
        largest = max(np.max(np.abs(part), initial=0, where=np.isfinite(part)) for part in (one, other))
        if not np.allclose(one, other, rtol=0, atol=drift * float(largest), equal_nan=True):
            return False
    return True


MISSING = "a part that is not there"  # in place of what one of two values lacks


def differing(before: object, after: object) -> Iterator[tuple[object, object]]:
    """The innermost pairs in which two values differ; ``MISSING`` for what one of them has not."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from differing(before.get(name, MISSING), after.get(name, MISSING))
    elif isinstance(before, list) and isinstance(after, list):
        for one, other in zip_longest(before, after, fillvalue=MISSING):
            yield from differing(one, other)
    elif not same(before, after):
        yield before, after


@dataclasses.dataclass(frozen=True, eq=False)
class Leaf:
    """One of the innermost places at which two observations differ.

    Attributes:
        path: keys, outermost first; positions in a list as numbers, from 1.
        was: what the first holds there, restored; ``MISSING`` where it has no such place.
        now: what the second holds.
    """

    path: tuple[str | int, ...]
    was: object
    now: object


def leaves(before: object, after: object, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    """The innermost places at which two observations differ; one with an error, or without an API, is not entered."""
    ends = [isinstance(value, dict) and ("error" in value, "absent" in value) for value in (before, after)]
    if isinstance(before, dict) and isinstance(after, dict) and ends[0] == ends[1]:
        for name in dict.fromkeys([*before, *after]):
            yield from leaves(before.get(name, MISSING), after.get(name, MISSING), (*path, name))
    elif isinstance(before, list) and isinstance(after, list) and any(
        isinstance(entry, dict | list | np.ndarray) for entry in (*before, *after)
    ) and not _listing(before, after):  # fmt: skip
        for number, (one, other) in enumerate(zip_longest(before, after, fillvalue=MISSING), 1):
            yield from leaves(one, other, (*path, number))
    elif not same(before, after):
        yield Leaf(path, before, after)


def _listing(*values: list) -> bool:
    """Whether lists hold names, or pairs of a name and a word, as a signature does."""
    return all(
        isinstance(entry, str) or (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str))
        for value in values for entry in value
    )  # fmt: skip


def plainly(value: object) -> object:
    """Something that can be compared with a word."""
    return None if isinstance(value, np.ndarray) else value


def errors(value: object) -> list[object]:
    """The errors anywhere in a value: each by its type, as ``{"error": TYPE}`` or by its name alone."""
    if isinstance(value, dict):
        return [found for entry in value.values() for found in errors(entry)]
    if isinstance(value, list):
        return [found for entry in value for found in errors(entry)]
    ended = isinstance(value, str) and (value.endswith(("Error", "Exception")) or value == PROCESS_ENDED)
    return [value] if ended else []


def absences(value: object) -> list[object]:
    """What a scenario did not find in the release, anywhere in a value."""
    if isinstance(value, dict):
        own = [value["absent"]] if "absent" in value else []
        return own + [found for entry in value.values() for found in absences(entry)]
    return [found for entry in value for found in absences(entry)] if isinstance(value, list) else []


def same(before: object, after: object) -> bool:
    """Equal to the bit."""
    if skeleton(before) != skeleton(after):
        return False
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(numbers(before), numbers(after)))


def first_difference(before: object, after: object, where: str = "") -> tuple[str, object, object]:
    """The innermost place at which two values differ, and the two values there; one in which they differ by more
    than builds do, if there is one.
    """
    if isinstance(before, dict) and isinstance(after, dict) and sorted(before) == sorted(after):
        parts = [(name, before[name], after[name]) for name in before]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        parts = [(str(number), *pair) for number, pair in enumerate(zip(before, after), 1)]
    else:
        return where, before, after
    for differ in (
        lambda one, other: skeleton(one) != skeleton(other) or not near(one, other),
        lambda one, other: not same(one, other),
    ):
        for name, one, other in parts:
            if differ(one, other):
                return first_difference(one, other, f"{where} {name}".strip())
    return where, before, after


def fits(case: Case, own: str, value: object, semantics: Semantics) -> bool:
    """Whether a field of an observation is what these semantics predict."""
    return difference(value, expect(case, semantics)[own]) is None


def switches(case: Case, own: str, before: Semantics, after: Semantics) -> list[str]:
    """The switches that differ between two semantics and account for a field's change."""
    differing = [name for name in PHRASES if getattr(before, name) != getattr(after, name)]

    def matters(base: Semantics, other: Semantics, name: str) -> bool:
        swapped = dataclasses.replace(base, **{name: getattr(other, name)})
        return not judging.equal(expect(case, swapped)[own], expect(case, base)[own])

    return [name for name in differing if matters(after, before, name)] or [
        name for name in differing if matters(before, after, name)
    ]


def words_of_expected(case: Case, own: str, value: object, semantics: Semantics) -> str:
    """What a field should have been, and which other semantics explain what it is."""
    found = difference(value, expect(case, semantics)[own])
    return f"{found.expected}; {judging.explanation(case, own, value, semantics)}"
