"""Each claim with its verdict by range, its sources and the observations that decide it."""

import importlib
from collections import Counter
from collections.abc import Iterator

from fixtures import cases, subjects
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED, Claim, load
from fixtures.claims.scope import scope
from fixtures.compare import shorter, words
from support import picture, ranges
from support.comparison import Side
from support.pages.common import grid, seen_by, timeline
from support.watched_values import deciding

PICTURE = "claims.svg"  # beside the page
VERDICT_COLOURS = {HOLDS: "#8fcf9f", REFUTED: "#e2766c", NOT_APPLICABLE: "#d9d9d9"}


def verdicts(claim: Claim, surface: str, program: str) -> list[tuple[str, str]]:
    """Release -> verdict of a claim in one place, in order."""
    subject = str(subjects.ClaimInPlace(claim.id, surface, program))
    return [(side.name, side.record["verdicts"].get(subject, ranges.NOT_YET)) for side in timeline(surface)]


def title_of(group: str) -> str:
    """What the claims of a group are about."""
    first = (importlib.import_module(f"fixtures.claims.{group}").__doc__ or "").splitlines()[0]
    return first.removeprefix("Claims about ").rstrip(".").replace("``", "")


def claims_picture() -> str:
    """The verdict of every claim, in every place and release."""
    registry = load()
    places = sorted(
        {place for claim in registry.values() for place in claim.places},
        key=lambda place: (cases.SURFACES.index(place[0]), place[1] != cases.TF2_STYLE, place[1]),
    )  # fmt: skip
    rows: list[tuple[str, list[picture.Strip]]] = []
    group = ""
    for claim in registry.values():
        if claim.group != group:
            group = claim.group
            rows.append((title_of(group), []))
        strips = []
        for surface, program in places:
            found = verdicts(claim, surface, program) if (surface, program) in claim.places else []
            strips.append(picture.Strip(f"{surface}, {program}", found))
        rows.append((claim.id, strips))
    titles = [f"{surface}, {program}" for surface, program in places]
    return picture.table("The verdict of every claim, by API, program and release.", titles, rows, VERDICT_COLOURS)


def evidence(claim: Claim, side: Side, program: str) -> str:
    """The observed values that decide a claim on one side, in short.

    What a claim looked at last comes first if it is refuted: there it found that it does not hold.
    """
    found = claim.cases(side.surface, program)
    observations = [seen for case in found if (seen := seen_by(side, case)) is not None]
    if len(observations) < len(found):
        return ranges.NOT_YET
    told = {
        number: ", ".join(f"{place}: {words(value)}" for place, value in read)
        for number, read in deciding(claim, observations).items()
    }
    return "<br>".join(f"`{found[number]}`: {shorter(values, 180)}" for number, values in told.items())


def claims() -> Iterator[str]:
    """Each claim with its verdict by range, its sources and the observations that decide it."""
    yield "## Claims"
    yield ""
    yield "What documentation says, and whether it was observed. A refuted claim is a finding, not a failure."
    yield "The [glossary](glossary.md) says what surface, program, claim, verdict and record mean."
    yield ""
    tally: Counter = Counter()
    body, overview, group = [], [], ""
    for claim in load().values():
        if claim.group != group:
            group = claim.group
            body += [f"### {title_of(group)[0].upper()}{title_of(group)[1:]}", ""]
        told: dict[str, dict[str, str]] = {}
        rows = []
        for surface, program in claim.places:
            sides = {side.name: side for side in timeline(surface)}
            folded = ranges.fold(verdicts(claim, surface, program))
            told.setdefault(surface, {})[program] = in_short(folded)
            for name, verdict, run in folded:
                tally[verdict] += 1
                shown = "" if verdict in (NOT_APPLICABLE, ranges.NOT_YET) else evidence(
                    claim, sides[run[-1]], program
                )  # fmt: skip
                rows.append([surface, program, name, f"**{verdict}**", shown])
        body += [f"#### {claim.id}", "", *in_plain_words(claim), *scope_in_words(claim), ""]
        body += [f"- source: {source}" for source in claim.sources]
        body += reasons(claim)
        body += ["", *grid(["surface", "program", "releases", "verdict", "observed, in the last of them"], rows), ""]
        overview.append([f"[{claim.id}](#{claim.id})", *(in_places(told.get(surface)) for surface in cases.SURFACES)])
    counts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(tally.items()))
    yield f"{len(load())} claims. Verdicts by surface, program and range: {counts}."
    yield ""
    yield f"![The verdict of every claim, by API, program and release]({PICTURE})"
    yield ""
    yield "### All at a glance"
    yield ""
    yield from grid(["claim", *cases.SURFACES], overview)
    yield ""
    yield from body


def in_plain_words(claim: Claim) -> Iterator[str]:
    """What a claim says, why it matters and what to do, as lines."""
    yield f"**{claim.title}.** {claim.sentence}" if claim.title else claim.sentence
    if claim.matters:
        yield claim.matters
    if claim.advice:
        yield f"*What to do*: {claim.advice}"


def reasons(claim: Claim) -> list[str]:
    """Why the verdict of a claim is another one as of a release: a line for each reason, with the places it is of."""
    told: dict[tuple, list[str]] = {}
    for place, history in claim.verdicts.items():
        for since in history:
            if since.because is not None:
                where = place if isinstance(place, str) else ", ".join(place)
                told.setdefault((since.verdict, since.release, since.because), []).append(where)
    return [
        f"- {verdict}{'' if release == '0' else f' as of {release}'} ({'; '.join(where)}): "
        f"{because.text} [source]({because.source})"
        for (verdict, release, because), where in told.items()
    ]


def scope_in_words(claim: Claim) -> list[str]:
    """Over what a claim's cases run, as lines behind its sentence: one, or one for each scope that surfaces have."""
    told: dict[str, list[str]] = {}
    for surface in dict.fromkeys(surface for surface, _ in claim.places):
        parts = [f"{dimension}: {', '.join(values)}" for dimension, values in scope(claim, surface).items()]
        told.setdefault("; ".join(parts), []).append(surface)
    if len(told) == 1:
        return [f"(Observed over {words}.)" for words in told if words]
    return [f"({', '.join(surfaces)}: observed over {words}.)" for words, surfaces in told.items() if words]


def in_short(folded: list) -> str:
    """Verdicts by range: one word where it is the same in all releases."""
    if len(folded) == 1:
        return folded[0][1]
    return "; ".join(f"{verdict} {name}" for name, verdict, _ in folded)


def in_places(told: dict[str, str] | None) -> str:
    """The verdicts of one surface; those of each program where they differ."""
    if not told:
        return ""
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "<br>".join(f"{program}: {words}" for program, words in told.items())
