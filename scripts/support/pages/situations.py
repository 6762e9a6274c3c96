"""Where the layer sits, how it is called, when it is frozen: the dimensions, and what they change, by release."""

import functools
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from fixtures import cases
from fixtures.dimensions import CONSTRAINTS, DIMENSIONS
from fixtures.dimensions_of_claims import ASKED
from fixtures.images import parameters
from fixtures.record import restore
from support import ranges
from support.comparison import Side
from support.pages.common import TITLES, timeline

TRAINING = ("fit", "train_on_batch", "train_step", "tape", "tape-function")
# gamma or beta moved, the moving statistics moved -> words
MOVED = {
    (True, True): "trains",
    (True, False): "trains gamma and beta, keeps the moving statistics",
    (False, True): "keeps gamma and beta, updates the moving statistics",
    (False, False): "frozen",
}


def dimensions() -> Iterator[str]:
    """Every dimension with its values, and what cannot occur together."""
    for name, values in DIMENSIONS.items():
        yield from (f"### {name}", "", "| value | what it means |", "|---|---|")
        yield from (f"| `{value}` | {words} |" for value, words in values.items())
        yield ""
    for name, asked in ASKED.items():
        yield from (f"### {name}", "", "| value | the claims that ask it |", "|---|---|")
        for value, ids in asked.items():
            yield f"| {value} | {', '.join(f'`{claim}`' for claim in ids) or '*not asked yet*'} |"
        yield ""
    yield from ("### What cannot occur together", "")
    yield from (f"- {' × '.join(one.of)}: {one.reason}." for one in CONSTRAINTS)
    yield ""


@functools.cache
def in_words(observation: str) -> str:
    """What two steps did to the layer; ``observation`` as the record has it, in JSON."""
    seen = json.loads(observation)
    states = [parameters(3), *restore(seen["states"])]
    told = []
    for before, after in pairwise(states):
        moved = [
            any(name in after and not np.array_equal(after[name], before[name]) for name in names)
            for names in (("gamma", "beta"), ("moving_mean", "moving_variance"))
        ]
        told.append(MOVED[moved[0], moved[1]])
    if seen["raised"] != "nothing":
        told.append(f"raises {seen['raised']}")
    if len(told) == 2 and told[0] == told[1]:
        return told[0]
    return ", then ".join(told)


def answers(side: Side) -> dict[tuple[str, str], dict[str, set[str]]]:
    """(called, frozen) -> what the layer did -> where it sat, of the trainings of one recorded surface."""
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for case in cases.SITUATIONS:
        if case.surface != side.surface or case.called not in TRAINING or case.compiled not in ("plain", "not"):
            continue
        seen = side.record["observations"].get(case.id)
        if seen is not None and "states" in seen:
            found[case.called, case.frozen][in_words(json.dumps(seen, sort_keys=True))].add(case.sits)
    return found


def told(cell: dict[str, set[str]]) -> tuple[tuple[str, str], ...]:
    """What the layer did, each with where it sat; what it did in most places first, and the others by name."""
    rows = sorted(cell.items(), key=lambda row: (-len(row[1]), row[0]))
    if len(rows) == 1:
        return ((rows[0][0], "wherever it sits"),)
    named = [(did, ", ".join(value for value in DIMENSIONS["sits"] if value in sits)) for did, sits in rows[1:]]
    return ((rows[0][0], "elsewhere"), *named)


def by_release() -> Iterator[str]:
    """For each surface, way to train and time to freeze: what the layer does, by where it sits and by release."""
    for surface in cases.SURFACES:
        sides = [side for side in timeline(surface) if answers(side)]
        if not sides:
            continue
        yield from (f"### {TITLES[surface]}", "")
        yield f"Measured: {', '.join(side.name for side in sides)}."
        yield ""
        yield from ("| called | frozen | releases | what two steps did |", "|---|---|---|---|")
        all_of_them = [(side.name, answers(side)) for side in sides]
        for called in TRAINING:
            for frozen in DIMENSIONS["frozen"]:
                values = []
                for name, found in all_of_them:
                    cell = found.get((called, frozen))
                    if cell:
                        values.append((name, told(cell)))
                for label, rows, _ in ranges.fold(values):
                    words = "<br>".join(f"{did} ({sits})" for did, sits in rows)
                    yield f"| {called} | {frozen} | {label} | {words} |"
        yield ""


def page(notice: str) -> str:
    """The page docs/situations.md."""
    pairs, every = cases.PAIRS, cases.TRIPLES
    lines = [
        notice, "", "# Where batch normalization is used", "",
        "A *situation* is one value of each dimension below. "
        f"{len(pairs)} situations hold every pair of values that can occur together; {len(every)} hold every triple of",
        "*sits*, *called* and *frozen*. Each takes two steps, and all numbers are predicted by the NumPy reference and "
        "the semantics table.", "",
        "## What training does, by where the layer sits and when it is frozen", "", *by_release(),
        "## The dimensions", "", *dimensions(),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"
