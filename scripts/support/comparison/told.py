"""Changes of one cause, as a person would tell them: what it is about, what was done, what was and what is."""

import re
from dataclasses import dataclass, replace

from fixtures import subjects
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED, Claim, load
from fixtures.compare import shorter
from fixtures.installed import key
from fixtures.subjects import claim_of
from support import words
from support.comparison.changes import ENDED, Change, Comparison, Differing
from support.comparison.difference import MISSING, absences, drift_of, leaves, near, plainly, skeleton
from support.comparison.identity import known_cases, observed_in
from support.comparison.kinds import Kind, kind_of
from support.comparison.shown import STATISTICS, Shown, shown, without_article
from support.words import switches


@dataclass(frozen=True)
class Told:
    """Changes of one cause, as a person would tell them.

    Attributes:
        heading: what is about, in the field's words.
        done: what was done, in one line; empty where nothing was run.
        was: what differs, as it was; the difference that matters most.
        now: as it is.
        documented: the documented statement, where it is not the heading.
        why: why the verdict is another one as of this release, with its address, where that is known.
        seen: what a user sees of a switch of the semantics table that has another value.
        advice: what to do where a statement does not hold any more, or a switch has another value.
        expected: what the specification asks for, where the change fits no row of it.
        verdict: whether a statement holds that could not be asked before, or that it cannot be asked any more.
        api: what came (``"+"`` before its name) or went (``"-"``); empty for anything else.
        statements: what is said of an API that came or went, and whether it holds.
        others: names of the other fields that differ.
        shown_by: id of the case that shows it.
        surfaces: where it shows.
    """

    heading: str
    done: str = ""
    was: str = ""
    now: str = ""
    documented: str = ""
    why: str = ""
    seen: str = ""
    advice: str = ""
    expected: str = ""
    verdict: str = ""
    api: str = ""
    statements: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    shown_by: str = ""
    surfaces: tuple[str, ...] = ()


VERDICTS = {HOLDS: "it holds", REFUTED: "it does not hold", NOT_APPLICABLE: "it cannot be asked"}
# What a statement speaks of, and the fields that show it.
SPEAKS_OF = (
    (r"\b(gamma|beta|weights)\b", r"^(gamma|beta)\b"),
    (r"\bmoving (mean|variance|statistics)|\bupdate[ds]?\b", r"^moving"),
    (
        r"\boutput|\bpredict\(|\bnormaliz|\b(uses?|with) (the )?(batch|moving) statistics|\binfers?\b",
        r"^(output|prediction)",
    ),
    (r"\bloss", r"^loss"),
)


def differences(one: Differing, statement: str = "") -> list[Shown]:
    """What differs in a case, told: errors first, then what a statement speaks of, then what matters most."""
    every = [leaf for leaf in leaves(one.was, one.now) if not leaf.path or leaf.path[0] in one.fields]
    beyond = [
        leaf for leaf in every
        if skeleton(leaf.was) != skeleton(leaf.now) or not near(leaf.was, leaf.now, drift_of(one.case))
    ]  # fmt: skip
    whole = [leaf for leaf in beyond or every if MISSING not in (plainly(leaf.was), plainly(leaf.now))]
    told = [shown(one.case, leaf, (one.was, one.now)) for leaf in whole or beyond or every]

    def spoken_of(name: str) -> bool:
        return any(re.search(said, statement) and re.match(field, name) for said, field in SPEAKS_OF)

    def order(one: Shown) -> tuple:
        # What stands behind the layer differs because the layer does.
        behind = one.name.startswith("kernel")
        return min(one.rank, STATISTICS), not spoken_of(one.name), one.rank, behind, -round(one.size, 3)

    return sorted(told, key=order)


def best_case(comparison: Comparison, group: list[Change]) -> Differing | None:
    """The case that shows a group best: of its own, else one that decides its claims; None where no case differs."""
    verdicts = [change for change in group if change.is_verdict]
    names = [change.subject for change in group if not change.is_verdict]
    names += [case.id for change in verdicts for case in observed_in(change.subject)]
    found = [comparison.differing[name] for name in dict.fromkeys(names) if name in comparison.differing]
    kind = kind_of(group)
    if not verdicts and found:
        of_case = {one.case.id: [change for change in group if change.subject == one.case.id] for one in found}
        return next((one for one in found if kind_of(of_case[one.case.id]) is kind), found[0])
    return min(found, key=lambda one: [(s.rank, -round(s.size, 3)) for s in differences(one)[:1]], default=None)


def told_of(comparison: Comparison, group: list[Change]) -> Told:
    """Changes of one cause, as a person would tell them."""
    verdicts = [change for change in group if change.is_verdict]
    one = best_case(comparison, group)
    example = (verdicts or group)[0]
    claim = load().get(claim_of(example.subject)) if verdicts else None
    expected = next((change.expected or "" for change in group if not change.explained), "")
    said = Told(example.subject, surfaces=(comparison.after.surface,), expected=specified(expected) if one else "")
    case = one.case if one else next(iter(observed_in(example.subject)), None)
    if claim is not None:
        heading = claim.title or claim.sentence
        documented = "" if heading == claim.sentence else claim.sentence
        asked = NOT_APPLICABLE in (example.before, example.after)
        said = replace(
            said, heading=heading.rstrip("."), documented=documented, why=_why(claim, example, comparison),
            advice=(claim.advice or "") if example.after == REFUTED else "",
            verdict=VERDICTS[example.after] if asked else "",
        )  # fmt: skip
    elif case is not None and case.kind != "scenario" and example.why:
        heading, seen, advice = _of_switches(example.why)
        said = replace(said, heading=heading, seen=seen, advice=advice)
    elif case is not None:
        said = replace(said, heading=words.heading(case))
    if case is not None:
        said = replace(said, done=words.done(case), shown_by=case.id)
    if example.field == ENDED:
        return replace(said, was=_ended(example.before), now=_ended(example.after))
    if one is None:
        return replace(said, verdict="", was=VERDICTS[example.before], now=VERDICTS[example.after])
    told = differences(one, claim.sentence if claim else "")
    if not told:
        return replace(said, was=shorter(example.before), now=shorter(example.after))
    first, *others = told
    if kind_of(group) is Kind.API:
        said = replace(said, api=api_of(one))
    return replace(
        said, was=f"{first.name}: {first.was}" if first.name else first.was, now=first.now,
        others=tuple(dict.fromkeys(other.name for other in others if other.name not in ("", first.name))),
    )  # fmt: skip


def _why(claim: Claim, verdict: Change, comparison: Comparison) -> str:
    """Why a verdict is another one since a release that lies between the two sides; empty where nobody knows."""
    where = subjects.parse(verdict.subject)
    if where is None:
        return ""
    told = [
        one.because for one in claim.history(where.surface, where.program)
        if key(comparison.before.version) < key(one.release) <= key(comparison.after.version)
        and one.because and one.verdict == verdict.after
    ]  # fmt: skip
    return f"{told[-1].text} {told[-1].source}" if told else ""


def specified(expected: str) -> str:
    """What the specification asks for, without a dump of numbers; empty where the change fits it."""
    value, _, explanation = expected.rpartition("; ")
    if not value:
        return VERDICTS.get(expected, expected)
    off = re.search(r"\((\S+) ulp off, bound (\S+)\)$", value)
    units = "units in the last place"
    said = f"another number: off by {off[1]} {units}, {off[2]} are allowed" if off else value
    if explanation.startswith("the observation fits "):
        fits = explanation.removeprefix("the observation fits ").replace(" (expected: '", " instead of '")
        return "{}; it is as if {}".format(said, fits.replace("')", "'"))
    return f"{said}; no change that is known explains it"


def api_of(one: Differing) -> str:
    """The API that only one of two observations found, with its direction; empty where nothing says so."""
    lacks = [absences(one.was), absences(one.now)]
    if bool(lacks[0]) == bool(lacks[1]):
        return ""
    name = without_article(str((lacks[0] or lacks[1])[0]))
    return ("+" if lacks[0] else "-") + name


def _ended(said: str) -> str:
    return "it ran" if said == "an observation" else said


def _of_switches(phrases: tuple[str, ...]) -> tuple[str, str, str]:
    """Heading, what a user sees, and what to do, of the switches of the semantics table that account for a change."""
    values = [switches.of_phrase(phrase) for phrase in phrases]
    return (
        "; ".join(value.title for value in values),
        " ".join(value.seen for value in values),
        " ".join(dict.fromkeys(value.do for value in values)),
    )


def told_of_test(subject: str, sentence: str) -> Told:
    """A failed test, as a person would tell it: both sides do what the specification does not allow."""
    case = known_cases().get(subject)
    where = subjects.parse(subject)
    claim = load().get(where.claim) if where else None
    if claim is not None:
        heading = (claim.title or claim.sentence).rstrip(".")
        return Told(heading, now=sentence, surfaces=(where.surface,) if where else ())
    if case is not None:
        return Told(words.heading(case), words.done(case), now=sentence, shown_by=case.id, surfaces=(case.surface,))
    return Told(subject, now=sentence)
