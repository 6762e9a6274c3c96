"""What differs between two observations, told in short: what matters most first, numbers with few digits.

A number of the layer is told by whether it moved, an output by the statistics that normalized it, where that is known
for certain; else both are told where they differ most. What matters most is, in this order: an error, an API that is
not there, statistics, whether something moved, names and settings, numbers.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fixtures import settings
from fixtures.cases import Case
from fixtures.claims.predictions import normalized_with, start
from fixtures.compare import raised
from fixtures.images import IMAGES
from support import words
from support.comparison.difference import MISSING, Leaf, same

MOVE = ("moving_mean", "moving_variance", "gamma", "beta")
NOT_TRAINED = ("saving", "keeping", "exports", "gradients", "defaults_and_config", "signatures")  # topics
IN_TURN = ("steps", "states", "calls", "inferred", "recipe")  # lists of what came one after the other
NOT_MOVING = ("gradients", "weight_types")  # fields of which gamma and beta are no state
MOVES = {"moving": ("not updated", "updated"), "trained": ("unchanged", "changed")}
MODES = {"batch": "the statistics of the batch", "moving": "the moving statistics"}
FEW = 5  # as many numbers or names are told one by one
RAISES, ABSENT, STATISTICS, MOVED, NAMES, NUMBERS = range(6)


@dataclass(frozen=True)
class Shown:
    """One difference in words.

    Attributes:
        rank: how much it matters, least first.
        name: what differs.
        was: what it was, after a colon.
        now: what it is.
        size: how far numbers are apart, relative to the largest of them; 0 for anything else.
    """

    rank: int
    name: str
    was: str
    now: str
    size: float = 0.0

    @classmethod
    def of(cls, rank: int, name: str, both: Iterable[str], size: float = 0.0) -> "Shown":
        """With what both sides say as a pair."""
        was, now = both
        return cls(rank, name, was, now, size)


def short(*arrays: np.ndarray) -> list[str]:
    """Arrays of one shape with as few digits as tell them apart where they differ; 4 at least."""
    flat = [np.asarray(array, np.float64).reshape(-1) for array in arrays]
    for digits in range(4, 10):
        told = [[f"{number + 0.0:.{digits}g}" for number in array] for array in flat]
        apart = all(
            one[place] != other[place] or a[place] == b[place] or (np.isnan(a[place]) and np.isnan(b[place]))
            for one, a in zip(told, flat) for other, b in zip(told, flat) for place in range(len(one))
        )  # fmt: skip
        if apart:
            break
    return [numbers[0] if len(numbers) == 1 else f"[{', '.join(numbers)}]" for numbers in told]


def error_of(value: object, of_an_error: bool) -> str | None:
    """The type of the error that a part of an observation tells of; None when it tells of none."""
    if isinstance(value, dict):
        return value.get("error")
    return value if of_an_error and isinstance(value, str) and value not in ("nothing", "") else None


def at(observation: object, path: words.Path_) -> object:
    """The part of an observation at a path; ``MISSING`` where there is none."""
    for key in path:
        if isinstance(key, str):
            if not isinstance(observation, dict) or key not in observation:
                return MISSING
            observation = observation[key]
        else:
            if not isinstance(observation, list) or len(observation) < key:
                return MISSING
            observation = observation[key - 1]
    return observation


def came_from(observation: object, path: words.Path_, value: np.ndarray) -> np.ndarray | None:
    """What a number of the layer was before: after the step before, else at the start of every seeded layer."""
    places = [place + 1 for place, key in enumerate(path[:-1]) if key in IN_TURN and isinstance(path[place + 1], int)]
    if places and path[places[-1]] != 1:
        number = path[places[-1]]
        assert isinstance(number, int)
        earlier = at(observation, (*path[: places[-1]], number - 1, *path[places[-1] + 1 :]))
        return earlier if isinstance(earlier, np.ndarray) and earlier.shape == value.shape else None
    return start(len(value))[str(path[-1])] if value.ndim == 1 and len(value) in (2, 3) else None


@functools.cache
def images_of(shape: tuple[int, ...]) -> list[np.ndarray]:
    """The images of a shape that observers use."""
    known = [*IMAGES.values(), *settings.BATCHES["same"], settings.BATCHES["new_batch_size"][2]]
    return [np.asarray(image) for image in known if np.shape(image) == shape]


def starts(channels: int) -> list[dict[str, np.ndarray]]:
    """The states that a layer starts from: a seeded one, and one with the defaults."""
    zeros, ones = np.zeros(channels, np.float32), np.ones(channels, np.float32)
    return [start(channels), {"gamma": ones, "beta": zeros, "moving_mean": zeros, "moving_variance": ones}]


def normalized(output: np.ndarray) -> str | None:
    """Which statistics normalized an output of a layer at its start: a key of ``MODES``, or None: unknown."""
    for image in images_of(output.shape):
        for state in starts(output.shape[-1]):
            found = normalized_with(output, image, state)
            if found in MODES:
                return found
    return None


def moves(case: Case, leaf: Leaf) -> bool:
    """Whether a number is one of the layer's that a call or a step may move."""
    topic = case.name.partition(".")[0] if case.kind == "scenario" else ""
    return bool(leaf.path) and leaf.path[-1] in MOVE and topic not in NOT_TRAINED and not set(leaf.path) & {*NOT_MOVING}


def _moved(path: words.Path_, values: list[np.ndarray], name: str, seen: Sequence[object]) -> Shown | None:
    """Where a number of the layer moved on one side only."""
    before = [came_from(observation, path, value) for observation, value in zip(seen, values)]
    start_of = [one for one in before if one is not None]
    stays = [same(value, one) for value, one in zip(values, start_of)]
    if len(stays) < len(values) or stays[0] == stays[1]:
        return None
    said, words_of = [], MOVES["moving" if str(path[-1]).startswith("moving") else "trained"]
    for stay, value, other, one in zip(stays, values, reversed(values), start_of):
        told = short(value, other)[0] if value.size <= FEW else ""
        if stay:
            said.append(f"{words_of[0]}, {told}" if told else words_of[0])
        else:
            with np.errstate(invalid="ignore"):
                by = np.max(np.abs(np.asarray(value, np.float64) - one))
            far = f"by up to {by:.3g}" if np.isfinite(by) else "to NaN or infinity"
            said.append(f"{words_of[1]} {far}" + (f", to {told}" if told else ""))
    return Shown.of(MOVED, name, said)


def _apart(leaf: Leaf, name: str) -> Shown:
    """Two arrays of one shape."""
    one, other = (np.asarray(value, np.float64).reshape(-1) for value in (leaf.was, leaf.now))
    finite = np.isfinite(one) & np.isfinite(other)
    with np.errstate(invalid="ignore"):
        alike = (one == other) | (np.isnan(one) & np.isnan(other))
        off = np.where(finite, np.abs(one - other), np.where(alike, 0, np.inf))
    largest = max(np.max(np.abs(part), initial=0, where=np.isfinite(part)) for part in (one, other))
    size = float(min(np.max(off, initial=0) / (largest or 1), 1e9))
    differ = int(np.count_nonzero(off > 0))
    infinite = [int(np.count_nonzero(~np.isfinite(part))) for part in (one, other)]
    if infinite[0] != infinite[1]:
        told = [
            short(part)[0] if len(one) <= FEW else f"{number} of {len(one)} numbers NaN or infinite" if number
            else f"all {len(one)} numbers are finite" for number, part in zip(infinite, (one, other))
        ]  # fmt: skip
        return Shown.of(NUMBERS, name, told, size)
    if len(one) <= FEW:
        was, now = short(one, other)
        return Shown(NUMBERS, name, was, f"{now}; off by {'up to ' * (differ > 1)}{np.max(off):.3g}", size)
    place = int(np.argmax(off))
    was, now = short(one[place : place + 1], other[place : place + 1])
    return Shown(
        NUMBERS, name, f"{was} where they differ most", f"{now} there; {differ} of {len(one)} numbers differ", size
    )


def _listed(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_word, value)) if value else "none"
    return _word(value)


def _word(value: object) -> str:
    if isinstance(value, list):
        return "=".join(map(_word, value)) if len(value) == 2 else f"({', '.join(map(_word, value))})"
    if isinstance(value, np.ndarray):
        return short(value)[0] if value.size <= FEW else f"{value.size} numbers"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def _lists(one: list, other: list) -> tuple[str, str]:
    """Two lists of names: whole where they are short, else what only one of them has."""
    first, second = [_word(entry) for entry in one], [_word(entry) for entry in other]
    if max(len(first), len(second)) <= FEW:
        return _listed(one), _listed(other)
    gone, new = [w for w in first if w not in second], [w for w in second if w not in first]
    was, now = (f"{len(names)} of them" if names else "none" for names in (first, second))
    if not gone and not new:
        place = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
        was += f", number {place + 1} is {(first[place:] or ['missing'])[0]}"
        now += f", number {place + 1} is {(second[place:] or ['missing'])[0]}"
    for label, names in (("gone", gone), ("new", new)):
        now += f"; {label}: {', '.join(names[:FEW])}{_more(names)}" if names else ""
    return was, now


def _more(names: list[str]) -> str:
    return f" and {len(names) - FEW} more" if len(names) > FEW else ""


def _truth(value: object, name: str) -> str:
    if isinstance(value, bool) and name.startswith("whether"):
        return "yes" if value else "no"
    return _listed(value)


def shown(case: Case, leaf: Leaf, seen: Sequence[object]) -> Shown:
    """One difference in words.

    Args:
        case: the case, as the second side has it.
        leaf: where its observations differ, and both values there.
        seen: both observations as a whole.
    """
    last = leaf.path[-1] if leaf.path else ""
    of_an_error = last in ("error", "raised")
    errors = [error_of(value, of_an_error) for value in (leaf.was, leaf.now)]
    name = words.named(case, leaf.path)
    lacks = [value.get("absent") if isinstance(value, dict) else value if last == "absent" else None
             for value in (leaf.was, leaf.now)]  # fmt: skip
    if any(lacks):
        return Shown.of(ABSENT, "", _absent(lacks, errors))
    if errors != [None, None]:
        place = words.named(case, leaf.path[:-1] if of_an_error else leaf.path, place_only=True)
        said = [raised(error) if error else "no error" for error in errors]
        return Shown.of(RAISES, place, said)
    if isinstance(leaf.was, np.ndarray) and isinstance(leaf.now, np.ndarray):
        if leaf.was.shape != leaf.now.shape:
            return Shown.of(NUMBERS, name, (f"of shape {value.shape}" for value in (leaf.was, leaf.now)), 1.0)
        modes = [normalized(value) if last not in MOVE else None for value in (leaf.was, leaf.now)]
        if all(modes) and modes[0] != modes[1]:
            return Shown.of(STATISTICS, name, (f"normalized with {MODES[str(mode)]}" for mode in modes))
        return (_moved(leaf.path, [leaf.was, leaf.now], name, seen) if moves(case, leaf) else None) or _apart(
            leaf, name
        )
    if isinstance(leaf.was, float) and isinstance(leaf.now, float):
        return _apart(leaf, name)
    if isinstance(leaf.was, list) and isinstance(leaf.now, list):
        return Shown.of(NAMES, name, _lists(leaf.was, leaf.now))
    return Shown(NAMES, name, _truth(leaf.was, name), _truth(leaf.now, name))


def without_article(name: str) -> str:
    """A name as it stands behind "no"."""
    return name.removeprefix("a ").removeprefix("the ")


def _absent(lacks: Sequence[object], errors: Sequence[str | None]) -> list[str]:
    """What a release lacks, on one side or on both."""
    told, many = [], any(str(lack).startswith("the words") for lack in lacks)
    for lack, error in zip(lacks, errors):
        name = str(lack) if many else without_article(str(lack))
        if lack and lack != MISSING:
            told.append(f"{name} are not there" if many else f"there is no {name}")
        else:
            told.append(raised(error) if error else "they are there" if many else "it is there")
    return told
