"""Releases that behave alike, folded into ranges such as ``1.14–1.15`` or ``2.4.1–2.21``."""

import functools
from collections.abc import Hashable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

from packaging.version import Version

NOT_YET = "not measured yet"  # the case or the claim is younger than the record
T = TypeVar("T", bound=Hashable)


@functools.cache
def minor(name: str) -> str:
    """``2.4.1`` -> ``2.4``; ``keras-3.0.5`` -> ``3.0``; a nightly stays what it is."""
    rest = name.removeprefix("keras-")
    if rest == "nightly":
        return rest
    version = Version(rest)
    return f"{version.major}.{version.minor}" + ("rc" if version.is_prerelease else "")


def label(run: Sequence[str], everything: Sequence[str]) -> str:
    """The name of a run of neighbouring releases: minor releases where all their patches are in it."""

    def end(name: str) -> str:
        mates = [other for other in everything if minor(other) == minor(name)]
        return minor(name) if all(mate in run for mate in mates) else name.removeprefix("keras-")

    first, last = end(run[0]), end(run[-1])
    return first if first == last else f"{first}–{last}"


def fold(values: Iterable[tuple[str, T]]) -> list[tuple[str, T, list[str]]]:
    """Neighbouring releases with one value, folded.

    Args:
        values: (release, value) pairs in the order of the releases.

    Returns:
        List of (range, value, releases).
    """
    pairs = list(values)
    names = [name for name, _ in pairs]
    found = []
    for value, group in groupby(pairs, key=lambda pair: pair[1]):
        run = [name for name, _ in group]
        found.append((label(run, names), value, run))
    return found
