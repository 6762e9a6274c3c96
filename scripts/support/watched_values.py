"""What a claim reads of its observations while it decides: the values that its verdict stands on."""

from collections.abc import Iterator, Sequence
from typing import Any

from fixtures.claims import REFUTED, Claim


class Watch:
    """Hands out observations and notes which of their values are looked at, in order.

    Attributes:
        seen: (number of the observation, place in it) -> value, the last one read at the end.
    """

    def __init__(self) -> None:
        self.seen: dict[tuple[int, str], Any] = {}

    def watched(self, value: Any, number: int, place: str = "") -> Any:
        """A value, or a container that notes what is taken out of it."""
        if isinstance(value, dict):
            return WatchedDict(value, self, number, place)
        if isinstance(value, list) and any(
            isinstance(entry, (dict, list)) or hasattr(entry, "shape") for entry in value
        ):
            return WatchedList(value, self, number, place)
        self.seen.pop((number, place), None)
        self.seen[number, place] = value
        return value


class WatchedDict(dict):
    """A table of an observation."""

    def __init__(self, entries: dict, watch: Watch, number: int, place: str) -> None:
        super().__init__(entries)
        self.watch, self.number, self.place = watch, number, place

    def __getitem__(self, name: Any) -> Any:
        """The value under a name."""
        return self.watch.watched(super().__getitem__(name), self.number, f"{self.place} {name}".strip())

    def __contains__(self, name: Any) -> bool:
        """Whether there is such a name; a claim that asks for an error stands on the error that it finds."""
        found = super().__contains__(name)
        if found:
            self[name]
        return found

    def get(self, name: Any, default: Any = None) -> Any:
        """The value under a name, or the default."""
        return self[name] if name in self else default  # noqa: SIM401  it is this very method

    def __eq__(self, other: object) -> bool:
        """Whether all of it is the same: all of it is looked at."""
        return dict(self.items()) == other

    __hash__ = None

    def __iter__(self) -> Iterator:
        """The names; that this is written here makes ``dict(...)`` ask for each value."""
        return super().__iter__()

    def values(self) -> Any:
        """All values."""
        return [self[name] for name in self]

    def items(self) -> Any:
        """All names, each with its value."""
        return [(name, self[name]) for name in self]


class WatchedList(list):
    """A list of an observation that holds more than words and numbers."""

    def __init__(self, entries: list, watch: Watch, number: int, place: str) -> None:
        super().__init__(entries)
        self.watch, self.number, self.place = watch, number, place

    def __getitem__(self, index: Any) -> Any:
        """An entry, or some of them."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        return self.watch.watched(super().__getitem__(index), self.number, f"{self.place} {index + 1}".strip())

    def __iter__(self) -> Iterator:
        """All entries, in order."""
        return (self[number] for number in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Whether all of it is the same: all of it is looked at."""
        return list(iter(self)) == other

    __hash__ = None


def deciding(claim: Claim, observations: Sequence[dict]) -> dict[int, list[tuple[str, Any]]]:
    """The values that a claim's verdict stands on: number of the observation -> (place in it, value).

    What a claim looked at last comes first if it is refuted: there it found that it does not hold.
    """
    watch = Watch()
    verdict = claim.verdict([watch.watched(seen, number) for number, seen in enumerate(observations)])
    # A claim that read no value found none where it looked: it stands on what is there instead.
    read = list(watch.seen.items()) or [((number, "all"), seen) for number, seen in enumerate(observations)]
    read = [one for one in read if (one[0][1], one[1]) != ("raised", "nothing")] or read  # that is no news
    told: dict[int, list[tuple[str, Any]]] = {}
    for (number, place), value in reversed(read) if verdict == REFUTED else read:
        told.setdefault(number, []).append((place, value))
    return told
