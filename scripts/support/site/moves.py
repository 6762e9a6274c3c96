"""What moving between any two recorded sides meets, as the page of migration works it out itself, without a server.

The topics of ``support.moving`` hold by facts of one side each, and switches by two rows of the semantics table. So the
page needs no report for each of the thousands of pairs: which topics a side leaves, which it meets, and what differs
between rows, of which there are few.
"""

import json
from typing import Any

from fixtures import cases
from support.comparison import Side
from support.moving.areas import AREA_OF_GROUP, AREAS, OLD_GRAPHS
from support.moving.catalogue import accounts, topics
from support.moving.facts import OTHER_FACTS, Facts
from support.moving.switches import Turn, turns
from support.pages.common import timeline
from support.site import told as telling
from support.site.render import Site
from support.site.told import APIS
from support.words.switches import BETTER, KINDS, VALUES


def sides() -> list[Side]:
    """All recorded sides, API by API, oldest first."""
    return [side for surface in APIS for side in timeline(surface)]


def row_of(side: Side) -> tuple:
    """What turns are read off: the values of the semantics table, and of which switches it speaks."""
    return repr(side.row.semantics), *side.row.origins


def in_table(one: Turn) -> tuple[bool, int, str, str]:
    """The order in which ``turns`` tells switches: several as one, then each as the tables have them."""
    return len(one.switches) == 1, list(VALUES).index(one.switches[0]), one.was, one.now.seen


def entry_of_turn(one: Turn) -> tuple[tuple, dict[str, Any]]:
    """(where it is told, what is told) of a switch that is another one."""
    claims = [claim for switch in one.switches for claim in accounts().get(switch, ())]
    told = {
        "title": one.now.title, "area": one.place.area.title, "kind": one.now.kind, "was": one.was, "now": one.now.seen,
        "instead": one.now.do, "claims": list(dict.fromkeys(claims)), "graphs": one.place.area == OLD_GRAPHS,
    }  # fmt: skip
    return (AREAS.index(one.place.area), one.place.priority, KINDS.index(one.now.kind)), told


def entries_of_topics() -> list[tuple[tuple, dict[str, Any]]]:
    """The same of all topics, in their order."""
    found = []
    for one in topics():
        facts = [
            fact for given in (*one.after, *one.before) for fact in (given if isinstance(given, list) else [given])
        ]
        names = [name for name in (fact.partition(": ")[0] for fact in facts) if name not in OTHER_FACTS]
        found.append(((AREAS.index(one.area), one.priority, KINDS.index(one.kind)), {
            "title": one.title, "area": one.area.title, "kind": one.kind, "was": one.was, "now": one.now,
            "instead": one.instead, "claims": list(dict.fromkeys([*names, *one.claims])), "graphs": False,
        }))  # fmt: skip
    return found


def data(paths: dict[tuple[str, str], str], shows: dict[str, str]) -> dict[str, Any]:
    """All that the page needs beside ``FRONT``.

    Args:
        paths: (side, side) -> the page of a route that has one.
        shows: kind of a change -> how it shows, in words.
    """
    here = sides()
    rows = {row_of(side): side.row for side in here}
    between = [[turns(before, after) for after in rows.values()] for before in rows.values()]
    every = sorted({one for row in between for cell in row for one in cell}, key=in_table)
    told = [
        *map(entry_of_turn, every),
        *entries_of_topics(),
    ]  # what is told at one place is told in this order in reports, too
    order = sorted(range(len(told)), key=lambda number: (told[number][1]["kind"] == BETTER, *told[number][0]))
    place = {number: rank for rank, number in enumerate(order)}  # an entry's number is its place on the page
    of_turn = {one: place[number] for number, one in enumerate(every)}
    numbers = {row: number for number, row in enumerate(rows)}
    found = []
    for side in here:
        facts = Facts(side)
        found.append({
            "surface": side.surface, "release": side.name, "row": numbers[row_of(side)],
            "leaves": [place[n] for n, topic in enumerate(topics(), len(every)) if all(map(facts.has, topic.before))],
            "meets": [place[n] for n, topic in enumerate(topics(), len(every)) if all(map(facts.has, topic.after))],
        })  # fmt: skip
    return {
        "sides": found, "entries": [told[number][1] for number in order],
        "turns": [[[of_turn[one] for one in cell] for cell in row] for row in between],
        "graphs": cases.TF_LAYERS, "shows": shows,
        "paths": {f"{before} {after}": path for (before, after), path in paths.items()},
        "claims": {
            name: {
                "title": one.claim.title, "area": AREAS.index(AREA_OF_GROUP[one.claim.group]),
                **({"advice": one.claim.advice} if one.claim.advice else {}),
                **({"more": more} if (more := other_programs(one)) else {}),
            }
            for name, one in telling.everything().items()
        },
    }  # fmt: skip


def other_programs(one: telling.Told) -> dict[str, dict[str, str]]:
    """Surface -> style of program -> verdicts in the order of releases: of the programs that ``FRONT`` leaves out."""
    return {
        surface: {place.program: telling.codes(place) for place in here[1:]}
        for surface, here in one.on.items() if here[1:]
    }  # fmt: skip


def write(site: Site, paths: dict[tuple[str, str], str], shows: dict[str, str]) -> None:
    """The script of the page, behind its data; see ``data``."""
    text = json.dumps(data(paths, shows), separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    script = (site.folder / "assets" / "moves.js").read_text(encoding="utf-8")
    site.file("assets/moves.js", f"const MOVES = {text};\n{script}")
