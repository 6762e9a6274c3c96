"""What ``entries`` and ``accounts.toml`` hold, read and checked."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from support.moving.areas import AREAS, Area
from support.words.switches import KINDS

HERE = Path(__file__).parent
Fact = str | list[str]


@dataclass(frozen=True)
class Topic:
    """One topic of ``entries``: told where its facts hold on the two sides.

    Attributes:
        id: stable name.
        area: whom it concerns; the name of its file.
        priority: its place there; lower is earlier.
        kind: one of ``KINDS``.
        title: a heading.
        was: what a program does on the first side.
        now: what it meets on the second.
        instead: what to write.
        before: facts of the first side, all of which hold.
        after: facts of the second.
        claims: further claims whose other verdict it accounts for.
        sources: addresses beside those of its claims.
    """

    id: str
    area: Area
    priority: int
    kind: str
    title: str
    was: str
    now: str
    instead: str
    before: tuple[Fact, ...]
    after: tuple[Fact, ...]
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@functools.cache
def topics() -> tuple[Topic, ...]:
    """All topics, by area and in the order of their files.

    Raises:
        ValueError: a file is named after no area, or a kind is none.
    """
    areas = {area.id: area for area in AREAS}
    found = []
    for path in sorted((HERE / "entries").glob("*.toml")):
        if path.stem not in areas:
            raise ValueError(f"{path.name} is named after no area")
        for entry in tomllib.loads(path.read_text())["entry"]:
            if entry["kind"] not in KINDS:
                raise ValueError(f"{entry['id']}: {entry['kind']} is no kind")
            lists = {name: tuple(entry.pop(name, ())) for name in ("before", "after", "claims", "sources")}
            found.append(Topic(area=areas[path.stem], **{"priority": 50, **entry, **lists}))
    return tuple(sorted(found, key=lambda topic: (AREAS.index(topic.area), topic.priority)))


@functools.cache
def accounts() -> dict[str, tuple[str, ...]]:
    """Switch -> the claims that say no more than its words."""
    held = tomllib.loads((HERE / "accounts.toml").read_text())["switch"]
    return {entry["name"]: tuple(entry["claims"]) for entry in held}
