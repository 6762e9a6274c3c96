"""The questions in ``scripts/questions``, and what their programs did in each release.

A question has two programs, *wrong* and *right*, that assert the same: what the one who asks wants. So the right one
works wherever it passes, and the wrong one is wrong wherever its assert fails or it raises.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from fixtures import cases
from support import releases

ROOT = Path(__file__).resolve().parents[3]
QUESTIONS, RESULTS = ROOT / "scripts" / "questions", ROOT / "fixtures" / "proof" / "recipes.json"
WORKS, FAILS, RAISES, CRASHED, HUNG = "works", "fails", "raises", "crashed", "hung"
KINDS = ("wrong", "right")
SURFACES = ("keras", "tf.layers")
LEGACY_SINCE = (2, 16)


class Unreadable(Exception):
    """A question that is not what it should be; the message says which and why."""


@dataclass(frozen=True)
class Question:
    """One question of users; all texts in plain words.

    Attributes:
        name: of its file, and of its page.
        title: the question, as people ask it.
        symptoms: words that people search for.
        cause: two sentences.
        instead: what to do, in one or two sentences.
        surface: ``"keras"``, whichever Keras the release has, or ``"tf.layers"``.
        claims: ids of the claims that it rests on.
        wrong: a program; empty where nothing is taught that fails.
        right: a program.
        eager: whether TensorFlow 1 has to be told ``tf.compat.v1.enable_v2_behavior()`` first.
        picture: file name of a picture of the site, or nothing.
        harm: ``"silent"`` where wrong numbers come out without a word.
        steps: further paragraphs, for what is more than one screen.
    """

    name: str
    title: str
    symptoms: tuple[str, ...]
    cause: str
    instead: str
    surface: str
    claims: tuple[str, ...]
    right: str
    wrong: str = ""
    eager: bool = False
    picture: str = ""
    harm: str = ""
    steps: tuple[str, ...] = field(default=())

    def program(self, kind: str) -> str:
        """The text of one of its programs; empty where it has none."""
        return getattr(self, kind).lstrip("\n")

    def digest(self, kind: str) -> str:
        """First digits of a SHA-256 of a program and of how it is run."""
        return hashlib.sha256(f"{self.surface} {self.eager}\n{self.program(kind)}".encode()).hexdigest()[:16]


def load(folder: Path = QUESTIONS) -> dict[str, Question]:
    """All questions by name: those that harm without a word first, then in the order of their files.

    Raises:
        Unreadable: a file is not what it should be.
    """
    known = {one.name for one in fields(Question)} - {"name"}
    needed = {"title", "symptoms", "cause", "instead", "surface", "claims", "right"}
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entry: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise Unreadable(f"{path.name} cannot be read: {error}") from None
        if not needed <= set(entry) <= known:
            raise Unreadable(
                f"{path.name}: lacks {sorted(needed - set(entry))}, does not know {sorted(set(entry) - known)}."
            )
        if entry["surface"] not in SURFACES:
            raise Unreadable(f"{path.name}: surface is none of {', '.join(SURFACES)}.")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
        }
        found.append(Question(path.stem, **values))
    return {one.name: one for one in sorted(found, key=lambda one: (one.harm != "silent", one.name))}


def setup_of(surface: str, release: str) -> tuple[str, bool] | None:
    """What a question's program runs on in a release, and whether it needs ``TF_USE_LEGACY_KERAS=1``.

    None where the release has nothing of its own to tell: ``tf.layers`` is TensorFlow's, whatever the Keras.
    """
    line = releases.calendar()[release].line
    if line == "keras":
        return (cases.KERAS3, False) if surface == "keras" else None
    version = releases.calendar()[release].version
    legacy = version is None or (version.major, version.minor) >= LEGACY_SINCE
    if surface == "tf.layers":
        return cases.TF_LAYERS, legacy
    return (cases.TF_KERAS, True) if legacy else (cases.TF_KERAS_BUNDLED, False)


def results(path: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """What was seen: question -> kind -> ``{"digest", "seen": {release: {"ended", "says"}}}``, or nothing."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def seen(found: dict[str, dict[str, Any]], question: Question, kind: str) -> dict[str, dict[str, str]]:
    """Release -> how a program ended; empty when the program reads otherwise now."""
    entry = found.get(question.name, {}).get(kind, {})
    return entry.get("seen", {}) if entry.get("digest") == question.digest(kind) else {}
