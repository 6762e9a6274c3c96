"""The data package: behaviour.json, as others may use it, with its schema."""

import json
from typing import Any

from fixtures.claims import VERDICTS
from support import ranges
from support.pages.common import TITLES, recorded
from support.releases import calendar
from support.site import recipes
from support.site import told as telling
from support.site.render import Site
from support.site.told import Range

TEXT, TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}


def record_of(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has these and no others."""
    return {
        "type": "object", "required": list(properties), "additionalProperties": False, "properties": properties,
    }  # fmt: skip


RANGE = record_of(verdict={"enum": [*VERDICTS, ranges.NOT_YET]}, first=TEXT, last=TEXT)
RANGE["properties"] |= {"why": TEXT, "source": TEXT}  # where they are known
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "What batch normalization does in each release of TensorFlow and Keras",
    **record_of(
        version={"const": 1},
        surfaces={"type": "object", "additionalProperties": TEXT},
        releases={"type": "object", "additionalProperties": record_of(
            line={"enum": ["tensorflow", "keras"]}, date={"type": ["string", "null"]}, measured={"type": "boolean"},
        )},
        claims={"type": "object", "additionalProperties": record_of(
            title=TEXT, sentence=TEXT, topic=TEXT, sources=TEXTS,
            support={"type": "object", "additionalProperties": {  # surface -> program -> ranges
                "type": "object", "additionalProperties": {"type": "array", "items": RANGE},
            }},
        )},
        questions={"type": "object", "additionalProperties": record_of(
            title=TEXT, symptoms=TEXTS, cause=TEXT, instead=TEXT, claims=TEXTS, surface=TEXT,
            programs={"type": "object", "additionalProperties": record_of(
                text=TEXT, ends={"type": "object", "additionalProperties": {
                    "enum": [recipes.WORKS, recipes.FAILS, recipes.RAISES, recipes.CRASHED, recipes.HUNG],
                }},
            )},
        )},
    ),
}  # fmt: skip


def range_of(one: Range) -> dict[str, str]:
    """A range of releases with one verdict, and why it is so where that is known."""
    found = {"verdict": one.verdict, "first": one.releases[0], "last": one.releases[-1]}
    return {**found, **({"why": one.why, "source": one.source} if one.why else {})}


def data() -> dict[str, Any]:
    """Everything, as JSON holds it."""
    results = recipes.results()
    return {
        "version": 1,
        "surfaces": dict(TITLES),
        "releases": {
            name: {"line": release.line, "date": release.date, "measured": name in recorded()}
            for name, release in calendar().items()
        },
        "claims": {
            name: {
                "title": told.claim.title, "sentence": told.claim.sentence, "topic": told.topic,
                "sources": list(told.claim.sources),
                "support": {
                    surface: {place.program: [range_of(one) for one in place.ranges] for place in here}
                    for surface, here in told.on.items()
                },
            }
            for name, told in telling.everything().items()
        },
        "questions": {
            name: {
                "title": one.title, "symptoms": list(one.symptoms), "cause": one.cause, "instead": one.instead,
                "claims": list(one.claims), "surface": one.surface,
                "programs": {
                    kind: {
                        "text": one.program(kind),
                        "ends": {
                            release: seen["ended"] for release, seen in recipes.seen(results, one, kind).items()
                        },
                    }
                    for kind in recipes.KINDS if one.program(kind)
                },
            }
            for name, one in recipes.load().items()
        },
    }  # fmt: skip


def write(site: Site) -> None:
    """Both files, and the page that tells of them."""
    site.file("behaviour.json", json.dumps(data(), indent=None, separators=(",", ":")))
    site.file("behaviour.schema.json", json.dumps(SCHEMA, indent=1) + "\n")
    site.page("data.html", "data.html", size=site.written["behaviour.json"] // 1000)
