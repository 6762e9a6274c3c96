"""Binary search for the first of several steps that answers otherwise, where some cannot answer."""

import math
from collections.abc import Callable, Container
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """Between which neighbours the answer changes.

    Attributes:
        last: the last step that answers as the first one does.
        first: the first that does not, after it.
        between: steps between the two that could not be judged.
    """

    last: int
    first: int
    between: tuple[int, ...] = ()


def steps_left(low: int, high: int) -> int:
    """How many steps a search between two ends takes at most."""
    return math.ceil(math.log2(max(1, high - low)))


def halve(count: int, same: Callable[[int], bool | None], free: Container[int] = ()) -> Found:
    """Halve the steps between the first and the last, which differ.

    Args:
        count: how many steps there are; 0 and the last are the ends and are not asked.
        same: whether a step answers as the first does; None where it cannot be judged.
        free: steps that are answered without running anything: as long as one is left, they go first.
    """
    low, high = 0, count - 1
    skipped: set[int] = set()
    while True:
        left = [step for step in range(low + 1, high) if step not in skipped]
        if not left:
            return Found(low, high, tuple(sorted(step for step in skipped if low < step < high)))
        middle = (low + high) / 2
        step = min([step for step in left if step in free] or left, key=lambda one: (abs(one - middle), one))
        answer = same(step)
        if answer is None:
            skipped.add(step)
        elif answer:
            low = step
        else:
            high = step
