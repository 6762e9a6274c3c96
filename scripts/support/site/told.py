"""Claims as the site tells them: title, consequence of each verdict in plain words, ranges of releases, evidence."""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fixtures import cases
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED, Claim, load
from fixtures.compare import shorter, words
from fixtures.installed import key
from support import ranges, reports
from support.comparison import Side
from support.pages.claims import verdicts
from support.pages.common import seen_by, timeline
from support.reports import Report
from support.site import tokens
from support.site.recipes import Question
from support.site.recipes import load as questions
from support.watched_values import deciding

# Verdict -> (class of the style sheet, sign, word): what it is called on pages.
SAID = {
    HOLDS: ("so", "✓", "as stated"),
    REFUTED: ("not", "✗", "otherwise"),
    NOT_APPLICABLE: ("none", "–", "nothing promised: no such API"),
    ranges.NOT_YET: ("unknown", "?", "not measured"),
}
PROGRAMS = {
    cases.TF2_STYLE: "TF2-style program",
    cases.TF1_STYLE: "TF1-style program",
    cases.KERAS3_ONLY: "without legacy Keras",
}
# Verdict -> how scripts of the pages know it.
CODES = {HOLDS: "H", REFUTED: "R", NOT_APPLICABLE: "N", ranges.NOT_YET: "?"}
# The APIs, in the order in which pages tell of them, as short as they are known.
APIS = {
    cases.TF_KERAS_BUNDLED: "tf.keras, up to TensorFlow 2.15",
    cases.TF_KERAS: "tf_keras",
    cases.KERAS3: "Keras 3",
    cases.TF_LAYERS: "tf.layers",
    cases.KERAS_V1: "tf.compat.v1.keras",
}
WHOLE = 500  # characters of one value: the numbers that decide are shown whole, a long list of names is not
CASES = 3  # of a verdict, whose numbers are shown
QUESTIONS = 2  # that answer a report, at most
ENOUGH = 12.0  # that what a report shares with a question tells, in place of claims
DEVIATIONS = 10  # of a release, at most, where they are told first


def named(one: Side) -> str:
    """``tf.layers of TensorFlow 1.15.5``, ``Keras 3.15.1``."""
    version = one.name.removeprefix("keras-")
    if one.surface == cases.KERAS3:
        return f"Keras {version}"
    return f"{APIS[one.surface].split(',')[0]} of TensorFlow {version}"


def because(claim: Claim, surface: str, program: str, version: str, verdict: str) -> tuple[str, str]:
    """Why a claim has its verdict in a version, and the address that shows it; empty where nothing is known of it."""
    covering = [one for one in claim.history(surface, program) if key(one.release) <= key(version)]
    if not covering or covering[-1].verdict != verdict or covering[-1].because is None:
        return "", ""
    return covering[-1].because.text, covering[-1].because.source


@dataclass(frozen=True)
class Range:
    """Neighbouring releases with one verdict.

    Attributes:
        label: as ``ranges.label`` writes it.
        verdict: as the record has it.
        releases: names, in order.
        anchor: on the page of the claim.
        why: why it is so since then, in whole sentences, if the registry says it.
        source: the address that shows the why.
    """

    label: str
    verdict: str
    releases: tuple[str, ...]
    anchor: str
    why: str = ""
    source: str = ""

    @property
    def style(self) -> str:
        """Class of the style sheet."""
        return SAID[self.verdict][0]

    @property
    def sign(self) -> str:
        """One character that says the verdict without colour."""
        return SAID[self.verdict][1]

    @property
    def word(self) -> str:
        """What the verdict is called."""
        return SAID[self.verdict][2]


@dataclass(frozen=True)
class Place:
    """A claim on one surface, in one style of program."""

    claim: str
    surface: str
    program: str
    ranges: tuple[Range, ...]

    @property
    def subject(self) -> str:
        """What ``scripts/decide.py`` and ``scripts/reproduce.py`` call it."""
        return f"{self.claim} {self.surface} {self.program}"

    def at(self, release: str) -> Range | None:
        """The range that holds a release."""
        return next((one for one in self.ranges if release in one.releases), None)


def codes(place: Place) -> str:
    """The verdicts of a place in the order of its releases, a character each."""
    return "".join(CODES[one.verdict] for one in place.ranges for _ in one.releases)


@dataclass(frozen=True)
class Told:
    """A claim with all that the pages need of it."""

    claim: Claim
    places: tuple[Place, ...]
    reports: tuple[Report, ...] = ()
    questions: tuple[Question, ...] = ()
    weight: int = field(default=0)

    @property
    def topic(self) -> str:
        """What its group is called."""
        found = self.claim.group.replace("_", " ")
        return found[0].upper() + found[1:]

    @property
    def on(self) -> dict[str, list[Place]]:
        """Surface -> places; those of two programs that answer alike are one."""
        found: dict[str, list[Place]] = {}
        for place in self.places:
            found.setdefault(place.surface, []).append(place)
        return found

    @property
    def measured(self) -> list[str]:
        """The surfaces on which something is measured, in the order in which pages tell of them."""
        return [
            surface for surface in APIS
            if any(one.verdict != ranges.NOT_YET for place in self.on.get(surface, []) for one in place.ranges)
        ]  # fmt: skip

    @property
    def styles(self) -> set[str]:
        """Classes of the style sheet of all its verdicts."""
        return {one.style for place in self.places for one in place.ranges}

    def in_short(self, surface: str) -> list[tuple[str, tuple[Range, ...]]]:
        """The ranges of a surface as (program, ranges); one without a program where all programs answer alike."""
        here = self.on.get(surface, [])
        if len({tuple((one.label, one.verdict) for one in place.ranges) for place in here}) == 1:
            return [("", here[0].ranges)]
        return [(PROGRAMS[place.program], place.ranges) for place in here]


CONSEQUENCES = {
    HOLDS: "As stated.", REFUTED: "This is not what happens.",
    NOT_APPLICABLE: "Nothing is promised; the API is not there.", ranges.NOT_YET: "Not measured.",
}  # fmt: skip


def asked(claims: Iterable[Told]) -> list[Question]:
    """The questions that rest on some claims, each once: those on most of them first."""
    counted = Counter(question.name for told in claims for question in told.questions)
    return [questions_by_name()[name] for name, _ in counted.most_common()]


def answering(report: Report, claims: Sequence[Told]) -> list[Question]:
    """The few questions that answer a report: those that rest on most of its claims, then those of most of its words.

    Where it has no claim, the question with which it shares most rare words; none where those are few.
    """
    counted = Counter(question.name for told in claims for question in told.questions)
    text = stems(" ".join([report.says, report.title, report.came, report.should, *report.program]))
    shared = {name: sum(told_by()[word] for word in text & words) for name, words in words_of_questions().items()}
    if not claims:
        best = max(shared, key=lambda name: shared[name])
        return [questions_by_name()[best]] if shared[best] >= ENOUGH else []
    found = sorted(counted, key=lambda name: (-counted[name], -shared[name]))
    beside = [name for name in found[1:] if shared[name] >= shared[found[0]] / 2]
    return [questions_by_name()[name] for name in [*found[:1], *beside][:QUESTIONS]]


def stems(text: str) -> set[str]:
    """The words of a text and their parts, each cut to where its endings begin."""
    return {one[:6] for word, parts in tokens.words(text) for one in (word, *parts) if len(one) > 2}


@functools.cache
def words_of_questions() -> dict[str, set[str]]:
    """Name of each question -> its words."""
    return {
        name: stems(" ".join([one.title, *one.symptoms, one.cause, one.instead]))
        for name, one in questions_by_name().items()
    }


@functools.cache
def told_by() -> dict[str, float]:
    """Word of the questions -> how much it tells: the more, the fewer of them have it."""
    counted = Counter(word for words in words_of_questions().values() for word in words)
    return {word: math.log(len(words_of_questions()) / count) for word, count in counted.items()}


@functools.cache
def questions_by_name() -> dict[str, Question]:
    """All questions of the site, read once."""
    return questions()


@functools.cache
def everything() -> dict[str, Told]:
    """All claims by id, in the order of the registry."""
    of_reports: dict[str, list[Report]] = {}
    for report in reports.load():
        for name in report.claims:
            of_reports.setdefault(name, []).append(report)
    of_questions: dict[str, list[Question]] = {}
    for question in questions_by_name().values():
        for name in question.claims:
            of_questions.setdefault(name, []).append(question)
    found = {}
    for claim in load().values():
        places = []
        for surface, program in claim.places:
            sides = {side.name: side.version for side in timeline(surface)}
            told = []
            for label, verdict, run in ranges.fold(verdicts(claim, surface, program)):
                why, source = because(claim, surface, program, sides[run[-1]], verdict)
                anchor = f"{surface}-{program}-{run[0]}".replace(".", "-")
                told.append(Range(label, verdict, tuple(run), anchor, why, source))
            places.append(Place(claim.id, surface, program, tuple(told)))
        mine, asked = of_reports.get(claim.id, []), of_questions.get(claim.id, [])
        found[claim.id] = Told(claim, tuple(places), tuple(mine), tuple(asked), len(mine) + 5 * len(asked))
    return found


@dataclass(frozen=True)
class Evidence:
    """What one case observed that decides.

    Attributes:
        case: its id.
        values: pairs of place and value, in words.
        more: how many others there are.
    """

    case: str
    values: tuple[tuple[str, str], ...]
    more: int = 0


def evidence(claim: Claim, surface: str, program: str, release: str, most: int = 3) -> tuple[Evidence, ...]:
    """The observed values that decide a claim in one release, the few that decide first, whole."""
    side = next(side for side in timeline(surface) if side.name == release)
    found = claim.cases(surface, program)
    observations = [seen_by(side, case) for case in found]
    if any(seen is None for seen in observations):
        return ()
    told = []
    for number, read in deciding(claim, [seen for seen in observations if seen is not None]).items():
        shown = tuple((place.replace("_", " "), shorter(words(value), WHOLE)) for place, value in read[:most])
        told.append(Evidence(found[number].id, shown, max(0, len(read) - most)))
    return tuple(told[:CASES])


def era(address: str) -> str:
    """Of which line a document is: ``"1"`` or ``"2"`` of TensorFlow, both where it names no release, ``"3"`` of Keras.

    Empty where it is none: source code, a report, a discussion, an answer.
    """
    if "//keras.io/" in address:
        return "3"
    if not re.search(r"//(www\.)?tensorflow\.org/|//github\.com/tensorflow/docs/|//ai\.google\.dev/", address):
        return ""
    release = re.search(r"/r(\d)\.\d+/", address)
    return release[1] if release else "12"


def documents(claim: Claim, surface: str, release: str = "") -> tuple[str, ...]:
    """The documents that state a claim of a surface; with a release, only those of its line."""
    line = "3" if surface == cases.KERAS3 else "1" if release.startswith("1.") else "2" if release else "12"
    return tuple(address for address in claim.sources if set(era(address)) & set(line))


def deviations(surface: str, release: str) -> list[tuple[Told, Place, Range]]:
    """What is otherwise than stated in a release: what its documents state first, and what people meet most of that."""
    found = []
    for told in everything().values():
        for place in told.on.get(surface, []):
            one = place.at(release)
            if one and one.verdict == REFUTED:
                found.append((told, place, one))
                break
    return sorted(found, key=lambda row: (not documents(row[0].claim, surface, release), -row[0].weight))


def turned(surface: str, before: str, after: str) -> list[tuple[Told, Range, Range]]:
    """Claims whose verdict differs between two releases of a surface, as (claim, range before, range after)."""
    found = []
    for told in everything().values():
        for place in told.on.get(surface, []):
            was, now = place.at(before), place.at(after)
            if was and now and ranges.NOT_YET not in (was.verdict, now.verdict) and was.verdict != now.verdict:
                found.append((told, was, now))
                break
    return sorted(found, key=lambda row: -row[0].weight)
