"""Words for people: what a case does, and what the fields of its observation are.

The words are data: ``scenarios.toml`` has a title for each scenario, ``fields.toml`` a name for each key of an
observation, ``flags.toml`` words for the flags of cases; the values of a situation have theirs in
``fixtures/dimensions.py``.
"""

import functools
import re
import tomllib
from pathlib import Path

from fixtures import cases
from fixtures.cases import Case
from fixtures.dimensions import DIMENSIONS

FOLDER = Path(__file__).resolve().parent
# The dimensions of a situation in the order in which they are told, with the values that go unsaid.
TOLD = {
    "called": (), "sits": (), "frozen": ("never",), "compiled": ("plain", "not"), "inputs": (), "made": ("seeded",),
}  # fmt: skip
PROGRAMS = {
    cases.TF2_STYLE: "",
    cases.TF1_STYLE: "in a program that calls tf.compat.v1.disable_v2_behavior()",
    cases.KERAS3_ONLY: "in a program without TF_USE_LEGACY_KERAS",
}
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth")
NOT_WORDS = ("name", "isolated", "kinds", "as_written")  # what flags.toml or a case holds beside flags

Path_ = tuple[str | int, ...]


class Unnamed(KeyError):
    """Something that a report would have to tell has no words yet."""


@functools.cache
def _data(name: str) -> dict:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


@functools.cache
def titles() -> dict[str, str]:
    """Name of a scenario, ``"group.function"`` -> what it does."""
    return {
        f"{group}.{name}": title for group, scenarios in _data("scenarios").items() for name, title in scenarios.items()
    }


def title(case: Case) -> str:
    """What a case does, whatever its flags; the name of its function where it has no title yet."""
    if case.kind == "scenario":
        return titles().get(case.name, case.name.partition(".")[2].replace("_", " "))
    return _data("flags")["kinds"].get(case.kind, case.kind)


def value_of_dimension(dimension: str, value: str) -> str:
    """A value of a dimension, without what only explains it."""
    values = DIMENSIONS[dimension]
    said = re.sub(r" \([^()]*#\d+\)| \(fine-tuning\)", "", values[value])
    if dimension in ("inputs", "compiled"):  # behind a colon they say what comes of it
        said = said.partition(": ")[0]
    if said.startswith("the same"):
        names = list(values)
        said = value_of_dimension(dimension, names[names.index(value) - 1]) + said.removeprefix("the same")
    return said


def has_words(name: str, value: object) -> bool:
    """Whether a flag of a case can be told."""
    known = _data("flags")
    return str(value) in known.get(name, ()) or name in known["as_written"]


def flag(name: str, value: object, strict: bool = False) -> str:
    """A flag of a case in words; empty where there is nothing to say.

    Raises:
        Unnamed: it has no words, and ``strict``.
    """
    known = _data("flags")
    if str(value) in known.get(name, ()):
        return known[name][str(value)]
    if name in known["as_written"]:
        return f"{name}={value}"
    if strict:
        raise Unnamed(f"the flag {name}={value} has no words")
    return f"{name}={value}"


def flags(case: Case) -> list[str]:
    """The flags of a case in words, those that are worth a word."""
    if case.kind == "situation":
        values = dict(case.flags)
        return [value_of_dimension(name, values[name]) for name, usual in TOLD.items() if values[name] not in usual]
    return [said for name, value in case.flags if name not in NOT_WORDS and (said := flag(name, value))]


def done(case: Case) -> str:
    """What was done, in one line."""
    said = [part for part in (*flags(case), PROGRAMS[case.program]) if part]
    if not said:
        return title(case)
    if case.kind == "scenario":
        return f"{title(case)} ({', '.join(said)})"
    return f"{title(case)}: {'; '.join(said) if case.kind == 'situation' else ', '.join(said)}"


def features(case: Case) -> frozenset[str]:
    """What a case may have in common with cases of other kinds, in words."""
    flagged = {f"{name}={value}" for name, value in case.flags}
    own = {case.name, *(f"{case.name} {one}" for one in flagged)} if case.kind == "scenario" else set()
    topic = case.name.partition(".")[0] if case.kind == "scenario" else ""
    found = {
        words for words, where in _data("features").items()
        if flagged & {*where.get("flags", ())} or case.kind in where.get("kinds", ())
        or topic in where.get("topics", ()) or own & {*where.get("scenarios", ())}
    }  # fmt: skip
    return frozenset(found | ({PROGRAMS[case.program]} - {""}))


def heading(case: Case) -> str:
    """What a case is about, as a heading: of a scenario its title, of others what was done, of a situation in short."""
    if case.kind == "scenario":
        return title(case)
    if case.kind != "situation":
        return done(case)
    values = dict(case.flags)
    return ", ".join(value_of_dimension(name, values[name]) for name in ("called", "sits"))


def beside(said: str, told: str) -> str:
    """What a line of :func:`done` says that its heading does not."""
    if not said.startswith(told):
        return said
    rest = said.removeprefix(told).strip()
    return rest[1:-1] if rest.startswith("(") else rest.removeprefix(": ")


def _entry(case: Case, key: str) -> dict[str, str]:
    fields = _data("fields")
    places = [case.name, case.name.partition(".")[0]] if case.kind == "scenario" else [case.kind]
    found: dict[str, str] = {}
    for place in ("everywhere", *reversed(places)):
        found |= fields.get(place, {}).get(key, {})
    return found


def named(case: Case, path: Path_, strict: bool = False, place_only: bool = False) -> str:
    """A field of an observation, named for people.

    Args:
        case: the case that was observed.
        path: keys of the observation, outermost first; positions in a list as numbers, from 1.
        place_only: where something happened, and not what is there: "for rank 2" in place of "output for rank 2".
        strict: refuse a key that has no name. A release may show what no other has shown: then the gate tells the key.

    Raises:
        Unnamed: a key of it has no name for where it stands, and ``strict``.
    """
    parts: list[tuple[str, int | None]] = []
    for key in path:
        if isinstance(key, str):
            parts.append((key, None))
        elif parts:  # of a list in a list the first position counts
            parts[-1] = (parts[-1][0], parts[-1][1] or key)
    if not parts:
        return _entry(case, "").get("leaf", "")
    words: list[str] = []
    for place, (key, number) in enumerate(reversed(parts)):
        entry = _entry(case, key)
        form = "each" if number else "under" if place or place_only else "leaf"
        if strict and form not in entry:
            raise Unnamed(f"{key!r} has no name where it is the {form} in {path} of {case}")
        said = next((entry[one] for one in (form, "under", "leaf") if one in entry), key.replace("_", " "))
        nth = ORDINALS[number] if number and number < len(ORDINALS) else f"{number}th"
        filled = said.replace("{n}", str(number)).replace("{nth}", nth)
        words = [filled.replace("{of}", " ".join(words))] if "{of}" in said else [*words, filled] if said else words
    return " ".join(words)
