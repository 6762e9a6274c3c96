"""All pages of the site, page by page, from the registry, the records and what is made of them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markdown import markdown
from markupsafe import Markup

from fixtures import cases
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED
from fixtures.judging import CALLS
from support import former_ids, ranges, releases, reports, threads
from support.pages import reports as report_pages
from support.pages.claims import scope_in_words
from support.pages.common import held, recorded, timeline, unusable
from support.releases import ROOT
from support.site import findings, matrices, migration, package, pictures, programs, reasons, recipes, render, search
from support.site import told as telling
from support.site.render import TEMPLATES, Site, release_name, report_file, thread_numbers
from support.site.told import APIS, SAID, Told

OFTEN = (
    "weights-in-h5-loaded-after-freezing", "validation-accuracy-at-chance", "predict-differs-from-training",
    "fine-tune-a-frozen-base", "unfreeze-and-compile", "toggles-in-a-gan", "custom-training-loop",
    "moving-mean-does-not-change-in-tf-layers",
)  # fmt: skip
ENDS = {
    recipes.WORKS: ("so", "✓"), recipes.FAILS: ("not", "✗"), recipes.RAISES: ("not", "!"),
    recipes.CRASHED: ("not", "!"), recipes.HUNG: ("not", "!"),
}  # fmt: skip
MEANINGS = {
    HOLDS: "What is said is what was observed: the claim holds.",
    REFUTED: "What was observed contradicts what is said: the claim is refuted.",
    NOT_APPLICABLE: "The API of the claim does not exist in that release.",
    ranges.NOT_YET: "The claim is younger than the record of that release. It says neither yes nor no.",
}
OLDER = Markup(
    "Older than 1.13: not measured; what stands for 1.13 is the nearest. Programs that begin with <code>import "
    "tensorflow.compat.v1 as tf</code> need 1.13; before it write <code>import tensorflow as tf</code>."
)
LINE = (
    'python -c "import os, tensorflow as tf; k = tf.keras; '
    "print(tf.__version__, getattr(k, '__version__', 'Keras 2'), os.environ.get('TF_USE_LEGACY_KERAS'), "
    "k.config.backend() if hasattr(k, 'config') else 'tensorflow')\""
)


def instead() -> dict[str, Any]:
    """What happens instead of what claims say: texts, and the number of one by claim, API and first to last release."""
    texts: dict[str, int] = {}
    of: dict[str, dict[str, list[tuple[int, int, int]]]] = {}
    for name, told in telling.everything().items():
        for surface, here in told.on.items():
            numbers = {side.name: number for number, side in enumerate(timeline(surface))}
            for one in (one for place in here for one in place.ranges if one.verdict == REFUTED and one.why):
                row = numbers[one.releases[0]], numbers[one.releases[-1]], texts.setdefault(one.why, len(texts))
                of.setdefault(name, {}).setdefault(surface, []).append(row)
    return {"texts": list(texts), "of": of}


def front(site: Site) -> None:
    """The first page, and what its script chooses from."""
    calendar = releases.calendar()
    claims = []
    for told in telling.everything().values():
        places: dict[str, dict[str, Any]] = {}
        for surface, here in told.on.items():
            place = here[0]
            places[surface] = {
                **({"program": place.program} if place.program != cases.TF2_STYLE else {}),  # nearly all are
                "eras": "".join(sorted({*"".join(map(telling.era, telling.documents(told.claim, surface)))})),
                "verdicts": telling.codes(place),
            }
            if others := [telling.codes(other) for other in here[1:] if telling.codes(other) != telling.codes(place)]:
                places[surface]["others"] = others
        claims.append({"id": told.claim.id, "says": told.claim.sentence, "p": places})
    claims.sort(key=lambda claim: -telling.everything()[claim["id"]].weight)
    data = {
        "tensorflow": [name for name in recorded() if calendar[name].line == "tensorflow"][::-1],
        "keras": [name for name in recorded() if calendar[name].line == "keras"][::-1],
        "surfaces": {surface: matrices.of_page(surface) for surface in APIS if timeline(surface)},
        "claims": claims,
    }
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    site.file("assets/claims.js", f"const FRONT = {text};\n")
    whys = json.dumps(instead(), separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    site.file("assets/whys.js", f"const WHYS = {whys};\n")
    known = recipes.load()
    asked = [known[name] for name in OFTEN if name in known]
    site.page("index.html", "index.html", questions=asked, count=len(known))


def runs(question: recipes.Question, kind: str, results: dict) -> dict[str, list[tuple]]:
    """Surface -> (range, style, sign, word, what it said) of a program, in the order of releases."""
    found: dict[str, list[tuple[str, tuple[str, str]]]] = {}
    for release, seen in recipes.seen(results, question, kind).items():
        setup = recipes.setup_of(question.surface, release)
        if setup:
            found.setdefault(setup[0], []).append((release, (seen["ended"], seen["says"])))
    told = {}
    for surface in [one for one in APIS if one in found]:
        folded = ranges.fold((name, ended) for name, (ended, _) in found[surface])
        said = dict(found[surface])
        told[surface] = [
            (label, *ENDS[ended], ended, said[run[-1]][1]) for label, ended, run in folded
        ]  # fmt: skip
    return told


def questions(site: Site, shown: dict[str, pictures.Picture]) -> None:
    """The index of questions, and a page for each."""
    known, results, all_claims = recipes.load(), recipes.results(), telling.everything()
    site.page("questions/index.html", "questions.html", questions=list(known.values()))
    for question in known.values():
        told = {kind: runs(question, kind, results) for kind in recipes.KINDS}
        said: dict[str, dict[str, dict[str, list[str]]]] = {kind: {} for kind in recipes.KINDS}
        for kind, of_surface in told.items():
            for surface, rows in of_surface.items():
                here = said[kind].setdefault(surface, {})
                for label, *_, says in rows:
                    if says:
                        here.setdefault(says, []).append(label)
        measured = list(recipes.seen(results, question, "right"))
        mine = [all_claims[name] for name in question.claims if name in all_claims]
        site.page(
            f"questions/{question.name}.html", "question.html", runs=told, said_by=said, pictures=shown,
            question=question, lines=render.compared(*map(question.program, recipes.KINDS)), measured=measured,
            claims=mine,
            reports=list({report.address: report for told in mine for report in told.reports}.values()),
            near=[one for one in telling.asked(mine) if one.name != question.name],
        )  # fmt: skip
        site.index(
            f"questions/{question.name}.html", "question", question.title, question.cause, names=question.symptoms,
            phrases=[question.instead],
        )  # fmt: skip


def observed(told: Told) -> Iterator[tuple]:
    """(place, styles of programs in words, its ranges) of a claim; styles that answer alike are told once."""
    for here in told.on.values():
        alike = len({tuple((one.label, one.verdict) for one in place.ranges) for place in here}) == 1
        for number, place in enumerate(here):
            if alike and number:
                continue
            programs_ = " and ".join(telling.PROGRAMS[each.program] for each in (here if alike else [place]))
            if rows := list(ranges_of(told, place)):
                yield place, programs_, rows


def ranges_of(told: Told, place: telling.Place) -> Iterator[tuple]:
    """Each measured range of a place, the anchors of what else it holds, what it means, and the evidence.

    There is evidence of what is otherwise, and on the first API of what is as stated, each for the newest range.
    """
    found = reasons.measured(place, by_reason=True)
    newest = {one.verdict: one for one in found}
    first = place.surface == told.places[0].surface
    for one in found:
        others = [part.anchor for part in place.ranges if part.releases[0] in one.releases[1:]]
        seen: tuple = ()
        if one is newest[one.verdict] and (one.style == "not" or (one.style == "so" and first)):
            seen = telling.evidence(told.claim, place.surface, place.program, one.releases[-1])
        yield one, others, telling.CONSEQUENCES[one.verdict], seen


def claims(site: Site, with_programs: bool) -> None:
    """The table of behaviour, a page for each claim, and for its program."""
    everything = telling.everything()
    topics = {told.claim.group: told.topic for told in everything.values()}
    site.page("behaviour.html", "behaviour.html", claims=list(everything.values()), topics=topics)
    for name, told in everything.items():
        program = programs.of_claim(told) if with_programs else None
        first = told.places[0]
        commands = (
            f'uv run scripts/decide.py "{first.subject}" {first.ranges[-1].releases[-1]} --seen\n'
            f'uv run scripts/reproduce.py "{first.subject}" --out programs/\n'
        )
        site.page(
            f"claims/{name}.html", "claim.html", told=told, observed=list(observed(told)), commands=commands,
            scope=scope_in_words(told.claim), program=program,
        )  # fmt: skip
        site.index(
            f"claims/{name}.html", "claim", told.claim.title, told.claim.sentence,
            f"{name} {' '.join(name.split('-'))} {thread_numbers(threads.cited(told.claim))}",
            names=[line for thread in threads.of_claim(told.claim) for line in (thread.title, thread.error) if line],
            phrases=told.claim.search, not_so=reasons.not_so(told),
            answers=[f"questions/{question.name}.html" for question in told.questions],
        )  # fmt: skip


def former_claims(site: Site) -> None:
    """A page at each address that a claim had before, which leads to the one of today."""
    everything = telling.everything()
    for old, new in former_ids.load().items():
        target = f"claims/{new}.html" if new else "behaviour.html"
        site.page(f"claims/{old}.html", "moved.html", told=everything.get(new), target=target)


def release_pages(site: Site) -> None:
    """The list of releases, and a page for each of the calendar, measured or not."""
    lines: dict[str, list[tuple]] = {"TensorFlow": [], "Keras 3": []}
    calendar = releases.calendar()
    kept = [
        name for name in calendar
        if name in recorded() or name in unusable() or releases.recorded(calendar[name].line)[0].number < (
            calendar[name].version or releases.recorded(calendar[name].line)[0].number
        )
    ]  # fmt: skip
    for name in reversed(kept):
        state = "" if name in recorded() else "its record cannot be used" if name in unusable() else "not measured"
        line = "Keras 3" if calendar[name].line == "keras" else "TensorFlow"
        lines[line].append((name, calendar[name].date, state))
        release_page(site, name, kept)
    site.page("releases/index.html", "releases.html", lines=lines)


def release_page(site: Site, name: str, kept: list[str]) -> None:
    """What is true in a release, what changed with it, and what is otherwise than stated."""
    release = releases.calendar()[name]
    mates = [other for other in kept if releases.calendar()[other].line == release.line]
    number = mates.index(name)
    given: dict[str, Any] = {
        "name": name, "day": release.date, "before": mates[number - 1] if number else "",
        "after": mates[number + 1] if number + 1 < len(mates) else "", "problem": "", "surfaces": [],
        "provenance": {}, "most": telling.DEVIATIONS,
        "states": lambda told, surface: bool(telling.documents(told.claim, surface, name)),
    }  # fmt: skip
    if name in unusable():
        given["problem"] = f"The record of this release cannot be used: {unusable()[name]}"
    elif name not in recorded():
        given["problem"] = "This release has no record yet: nothing of it is measured."
    else:
        line = cases.KERAS3 if release.line == "keras" else None
        given["surfaces"] = [
            surface_of_release(surface, name) for surface in held(name) if (surface == cases.KERAS3) == bool(line)
        ]
        given["provenance"] = {
            key.replace("_", " "): str(value) for key, value in recorded()[name]["provenance"].items()
            if value and not isinstance(value, (dict, list))
        }  # fmt: skip
    site.page(f"releases/{name}.html", "release.html", **given)
    site.index(f"releases/{name}.html", "release", release_name(name), "", f"{name} {ranges.minor(name)}")


def surface_of_release(surface: str, name: str) -> dict[str, Any]:
    """What the page of a release tells of one surface."""
    names = [side.name for side in timeline(surface)]
    number = names.index(name)
    before = names[number - 1] if number else ""
    toggled = matrices.of_release(matrices.toggles(surface), name)
    found = matrices.of_release(matrices.matrix(surface), name)
    deviations = telling.deviations(surface, name)
    return {
        "surface": surface, "id": surface.replace(".", "-"), "title": APIS[surface], "call": CALLS[surface],
        "cells": found[2] if found else [], "toggles": toggled[2] if toggled else [],
        "switched": matrices.switched(surface, name), "first": not before, "since": before,
        "turned": telling.turned(surface, before, name) if before else [],
        "deviations": deviations,
        "documented": sum(bool(telling.documents(told.claim, surface, name)) for told, *_ in deviations),
    }  # fmt: skip


def report_list(site: Site) -> None:
    """The list of reports of users, and a page for each."""
    mine = [report for report in reports.load() if report.kind in report_pages.ABOUT]
    everything = telling.everything()
    site.page("reports/index.html", "reports.html", reports=mine, sentence=report_pages.counts(mine))
    for report in mine:
        path = f"reports/{report_file(report)}"
        known = [everything[name] for name in report.claims if name in everything]
        advice = list({told.claim.advice: told for told in known if told.claim.advice and not report.advice}.values())
        asked = telling.answering(report, known)
        site.page(
            path, "report.html", report=report, claims=known, advice=advice, questions=asked,
            why=reasons.of_report(report, known) or ([] if asked else reasons.of_report(report, known, reasons.ORDER)),
        )  # fmt: skip
        site.index(
            path, "report", report.says, report.came,
            " ".join([report_pages.name(report.address), thread_numbers([report.address])]),
            names=[name for name in (report.address, report.title, report.error) if name],
            answers=[f"questions/{question.name}.html" for question in asked if known],
            phrases=[report.should, *report.program],
        )  # fmt: skip


def finding_pages(site: Site) -> None:
    """The list of findings, and a page for each."""
    groups = findings.grouped()
    newest = [release_name(name) for name in dict.fromkeys(findings.newest().values())]
    site.page("findings/index.html", "findings.html", groups=groups, newest=newest)
    for one in (one for rows in groups.values() for one in rows):
        site.page(f"findings/{one.told.claim.id}.html", "finding.html", one=one, told=one.told, newest=newest)


def small_pages(site: Site) -> None:
    """Which row is mine, the words, and the search."""
    of = {surface: [side.name for side in timeline(surface)][::-1] for surface in APIS}
    legacy = [name for name in of[cases.TF_KERAS] if name not in of[cases.TF_KERAS_BUNDLED]]
    site.page(
        "which.html", "which.html", line=LINE, before=of[cases.TF_KERAS_BUNDLED], legacy=legacy, keras=of[cases.KERAS3]
    )
    site.index("which.html", "page", "Which row is mine?", "", "version tf.__version__ legacy backend installed")
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").split("\n", 1)[1]  # without its heading
    glossary = Markup(markdown(text, extensions=["tables"]))  # ours, and no record's
    site.page("words.html", "words.html", calls=CALLS, glossary=glossary, meanings=MEANINGS)
    site.index("words.html", "page", "Words used here", "", "glossary surface program claim verdict record")
    site.page("search.html", "search.html")


def write(folder: Path, with_programs: bool = True, repository: str = "") -> Site:
    """Make the whole site in a folder, which is emptied first.

    Args:
        folder: where it goes.
        with_programs: also a stand-alone program for each claim, which takes most of the time.
        repository: the address of a checkout of this suite; nothing is said of one where it is empty.

    Raises:
        Broken: no record can be used at all.
        Unreadable: a question cannot be read.
    """
    unusable()
    shutil.rmtree(folder, ignore_errors=True)
    site = Site(
        folder, titles=APIS, programs=telling.PROGRAMS, said=SAID, unusable=unusable(), repository=repository,
        older=OLDER, everything=telling.everything(),
        counts={"records": len(recorded()), "claims": len(telling.everything())},
    )  # fmt: skip
    for path in sorted((TEMPLATES / "assets").iterdir()):
        site.file(f"assets/{path.name}", path.read_text(encoding="utf-8"))
    front(site)
    questions(site, pictures.write(site))
    claims(site, with_programs)
    former_claims(site)
    release_pages(site)
    migration.write(site)
    finding_pages(site)
    report_list(site)
    small_pages(site)
    package.write(site)
    search.write(site)
    return site
