"""The page and the figures that say how well the gate notices, and how seldom it cries wolf.

Made from ``fixtures/proof/``: mutants.json (``scripts/mutate.py``), noticing.json and quick.json
(``scripts/order.py``), repetitions.json (``scripts/repeat.py``), faults.json (``scripts/faults.py``), coverage.json
(``scripts/cover.py``), backtest.json (``scripts/backtest.py``).
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from fixtures import claims
from fixtures.compare import shorter
from support import commits, fresh_mutants, quick, reports
from support.pages import reports as report_pages
from support.pages import topics
from support.quick import of_quick

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "fixtures" / "proof"
BEGIN, END = "<!-- figures: written by scripts/document.py -->", "<!-- end of figures -->"
ENDS = ("killed", "refused", "survived", "equivalent", "not judged")


def load(name: str) -> dict[str, Any]:
    """One file of results; empty when there is none yet."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def equivalents() -> dict[str, str]:
    """Mutant -> why no test of batch normalization can tell it from the original."""
    text = (ROOT / "scripts" / "mutants" / "equivalent.toml").read_text()
    return {entry["id"]: entry["because"] for entry in tomllib.loads(text).get("mutant", [])}


def led_to_claims() -> tuple[int, dict[str, str]]:
    """The first draw of mutants that the suite had not seen, and of these: mutant -> the claim that it led to."""
    told = tomllib.loads((ROOT / "scripts" / "mutants" / "led_to_claims.toml").read_text())
    return told["first_draw"], {entry["id"]: entry["claim"] for entry in told["mutant"]}


def judged_later() -> list[str]:
    """Mutants of these draws that tell nothing of the suite as it was."""
    return tomllib.loads((ROOT / "scripts" / "mutants" / "led_to_claims.toml").read_text())["judged_later"]


def unseen(results: dict[str, Any], argued: dict[str, str]) -> tuple[int, int, int, int]:
    """Of those drawn when all others were noticed: how many, noticed as it was, equivalent, and led to a claim."""
    first, led = led_to_claims()
    ends = Counter(
        "led to a claim" if name in led else end(name, result, argued)
        for name, result in results.items() if result.get("draw", 0) >= first and name not in judged_later()
    )  # fmt: skip
    return ends.total(), ends["killed"] + ends["refused"], ends["equivalent"], ends["led to a claim"]


def end(name: str, result: dict[str, Any], argued: dict[str, str]) -> str:
    """What became of a mutant."""
    found = result.get("result", "not judged")
    return "equivalent" if found in ("survived", "not judged") and name in argued else found


def ends_of(results: dict[str, Any], argued: dict[str, str]) -> dict[str, str]:
    """What became of each of some mutants."""
    return {name: end(name, result, argued) for name, result in results.items()}


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> list[str]:
    """A Markdown table."""
    head = list(head)
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in rows] + [""]


def official(results: dict[str, Any], argued: dict[str, str]) -> tuple[int, int]:
    """Mutants that the official tests noticed, of those given; not equivalent ones, nor fresh ones: few were given."""
    judged = [
        result["official"]["result"] for name, result in results.items()
        if "official" in result and not result.get("fresh") and end(name, result, argued) != "equivalent"
    ]  # fmt: skip
    return judged.count("killed"), len(judged)


def of_both() -> tuple[tuple[int, int], tuple[int, int]]:
    """Of the mutants that both were given: how many the official tests noticed, and how many this suite."""
    results, argued = load("mutants").get("mutants", {}), equivalents()
    both = {
        n: r for n, r in results.items()
        if "official" in r and not r.get("fresh") and end(n, r, argued) not in ("not judged", "equivalent")
    }  # fmt: skip
    return official(both, argued), noticed(both, argued)


def noticed(results: dict[str, Any], argued: dict[str, str]) -> tuple[int, int]:
    """Mutants that the suite noticed, and how many there were to notice."""
    ends = [end(name, result, argued) for name, result in results.items()]
    return ends.count("killed") + ends.count("refused"), sum(ends.count(e) for e in ("killed", "refused", "survived"))


def of_mutants() -> list[str]:
    """Score by surface, and the lists."""
    results, argued = load("mutants").get("mutants", {}), equivalents()
    lines = ["## Mutants", ""]
    lines += [
        f"Defects put into the sources of TensorFlow {load('mutants').get('release', '')} and its Keras packages,",
        "one at a time, by `scripts/mutate.py`. *Killed*: a test fails, with a sentence that names the behaviour.",
        "*Refused*: nothing could be judged any more, and the run says so. *Equivalent*: no test of batch",
        "normalization can tell it from the original, for the reason given below. A mutant counts for each surface",
        "that passes through the mutated code.",
        "",
    ]
    surfaces = sorted({surface for result in results.values() for surface in result["surfaces"]})
    rows = []
    for title, chosen in [
        *((surface, {n: r for n, r in results.items() if surface in r["surfaces"]}) for surface in surfaces),
        ("made by hand", {n: r for n, r in results.items() if r["by_hand"]}),
        ("made by machine", {n: r for n, r in results.items() if not r["by_hand"]}),
        ("all", results),
    ]:
        counted = Counter(end(name, result, argued) for name, result in chosen.items())
        killed, given = official(chosen, argued)
        rows.append([title, len(chosen), *(counted[e] for e in ENDS), f"{killed} of {given}" if given else "not run"])
    lines += table(["", "mutants", *ENDS, "noticed by the official tests"], rows)
    (killed, of), (ours, _) = of_both()
    if of:
        lines += [
            f"Of the {of} mutants that both were given and that are not equivalent, the official tests of keras",
            f"and tf-keras noticed {killed}, and this suite {ours}. Official tests: the test files of the layer",
            "itself, and the one beside the mutated module, as they are released, as far as they execute what is",
            "mutated; a test that fails without a mutant does not count.",
            "",
        ]
    drawn, at_once, alike, led = unseen(results, argued)
    if drawn:
        lines += [
            "### Drawn when all the others were noticed",
            "",
            f"{drawn} of those made by machine were drawn when the suite noticed all the others. As it was, it noticed",
            f"{at_once} of them; {alike} are equivalent, and {led} led to the claims that notice them now:",
            "",
            *table(
                ["mutant", "what it does", "claim"],
                [[f"`{name}`", results[name]["means"], by] for name, by in led_to_claims()[1].items()],
            ),
        ]
    fresh = {name: result for name, result in results.items() if result.get("fresh")}
    lines += fresh_mutants.of_fresh(fresh, ends_of(fresh, argued), table) if fresh else []
    if last := fresh_mutants.of_last(results, ends_of(results, argued)):
        lines += [last, ""]
    for title, wanted in (("Survivors", "survived"), ("Equivalent", "equivalent")):
        chosen = {n: r for n, r in sorted(results.items()) if end(n, r, argued) == wanted}
        if chosen:
            lines += [f"### {title}", ""]
            for name, result in chosen.items():
                told = f"- `{name}`: {result['means']} {argued.get(name, '')}".rstrip()
                if result.get("official", {}).get("result") == "killed":
                    told += f" The official tests notice it, by `{result['official']['by'].split('::', 1)[-1]}`."
                lines.append(told)
            lines.append("")
    lines += noticed_by_hand(results, argued)
    lines += noticed_by_file(results, argued)
    return lines


def noticed_by_hand(results: dict[str, Any], argued: dict[str, str]) -> list[str]:
    """Each mutant made by hand that was noticed."""
    rows = [
        [f"`{n}`", r["means"], {"killed": "yes", "survived": "no"}.get(r.get("official", {}).get("result"), "")]
        for n, r in sorted(results.items()) if r["by_hand"] and end(n, r, argued) in ("killed", "refused")
    ]  # fmt: skip
    return [
        "### Noticed, made by hand", "",
        *table(["mutant", "what it does", "official tests notice"], rows),
    ]  # fmt: skip


def noticed_by_file(results: dict[str, Any], argued: dict[str, str]) -> list[str]:
    """Where the mutants made by machine lie, and how many were noticed; each stands in the file of results."""
    counted: dict[str, Counter] = {}
    for name, result in results.items():
        if not result["by_hand"]:
            counted.setdefault(result["file"], Counter())[end(name, result, argued)] += 1
    rows = [[f"`{file}`", ends.total(), ends["killed"] + ends["refused"], ends["survived"], ends["equivalent"]]
            for file, ends in sorted(counted.items())]  # fmt: skip
    return [
        "### Made by machine, by file", "",
        "Each of them, with the sentence that noticed it: `fixtures/proof/mutants.json`.", "",
        *table(["file", "mutants", "noticed", "survived", "equivalent"], rows),
    ]  # fmt: skip


def of_history() -> list[str]:
    """Commits of Keras and tf-keras, noticed or not, and the changes that release notes name."""
    results = load("backtest").get("commits", {})
    every = commits.chosen()
    ends = Counter(results.get(commit.commit, {}).get("result", "not judged") for commit in every)
    noticed = ends["noticed"]
    led = sum(bool(commit.led_to) for commit in every)
    lines = [
        "## Commits of Keras and tf-keras", "",
        "Commits that changed what batch normalization does, or what reaches it, chosen from their messages and tests",
        "before any was judged. `scripts/backtest.py` holds each against its parent as the gate holds releases:",
        f"**{noticed} noticed of {noticed + ends['not noticed']} judged of {len(every)} chosen**. {led} of them went "
        "unnoticed at first, and",
        "led to claims that notice them now: only the others say how well a change is noticed that nobody looked at.",
        "*Taken out*: a release that contains it ran without the commit, and with it. *Put on*: the same of a commit",
        "that no release contains. *Whole files*: later changes stand in the same lines, so that files of its days",
        "before and after it ran in the release. *Judged by*: how many of the cases and claims that execute what it",
        "changed; a commit that is not noticed by a part of them may be noticed by another.", "",
    ]  # fmt: skip
    titles = (("Noticed", "noticed", "what the suite says"), ("Not noticed", "not noticed", "why"),
              ("Not judged", "not judged", "why"))  # fmt: skip
    for title, wanted, head in titles:
        rows = []
        for commit in every:
            result = results.get(commit.commit, {"result": "not judged", "why": "it was not run"})
            if result["result"] != wanted:
                continue
            address = f"https://github.com/{commit.repository}/commit/{commit.commit}"
            judged = f"{result['judged_by']} of {result['reached_by']}" if "judged_by" in result else "–"
            said = result.get("sentence") or result.get("why") or "nothing looked different"
            said = f"(led to a claim) {said}" if commit.led_to else said
            rows.append([f"[{commit.commit[:10]}]({address})", commit.date, commit.title,
                         f"{result.get('release', '–')}, {result['how']}" if "how" in result else "–",
                         judged, shorter(said, 240)])  # fmt: skip
        if rows:
            lines += [f"### {title} of the commits", ""]
            lines += table(["commit", "date", "what it changed", "judged on", "judged by", head], rows)
    return [*lines, *of_release_notes()]


def of_release_notes() -> list[str]:
    """Changes of batch normalization between neighbouring releases of Keras, and the claims that tell of them."""
    known = claims.load()

    def told(ids: list[str]) -> str:
        """The claims by their titles, each linked to where it stands."""
        return "; ".join(f"[{known[name].title}]({topics.PAGE_OF[known[name].group]}#{name})" for name in ids) or "none"

    rows = [
        [entry["between"], f"[{entry['change']}]({entry['source']})", told(entry["claims"]), entry["why"] or "–"]
        for entry in commits.release_notes()
    ]
    return [
        "### Changes that Keras names, release by release", "",
        "What release notes or commits of Keras since 3.9 name that concerns batch normalization, and the claims that",
        "tell of it: their verdicts, or what they observe, differ between the two releases. Where none does, why.", "",
        *table(["between", "change", "claims", "why none"], rows),
    ]  # fmt: skip


def of_repetitions() -> list[str]:
    """By circumstance: releases, false alarms, and the room that the tolerances leave."""
    results = load("repetitions")
    lines = ["## No wolf", ""]
    if not results:
        return [*lines, "Not run yet.", ""]
    lines += [
        "Releases run again under other circumstances by `scripts/repeat.py`, and compared with their records; patch",
        "releases that have none with the record of the newest patch.",
        "*Bound used*: how much of the error that float32 may make, as derived for each number, the worst number used.",
        "*Share*: the part of the cases and claims there were by then that a repetition ran, another part each time.",
        "*True alarms*: the release's own record says that this circumstance breaks it; listed below.",
        "",
    ]
    rows = []
    for circumstance in dict.fromkeys(name.partition(", ")[2] for name in results):
        mine = {n.partition(", ")[0]: r for n, r in results.items() if n.partition(", ")[2] == circumstance}
        ends = Counter(result["result"] for result in mine.values())
        judged = [result for result in mine.values() if "most_of_a_bound_used" in result]
        rows.append([
            circumstance, len(mine), ends["same"], ends["false alarm"], ends["true alarm"], ends["missed"],
            ends["not judged"], sum(result.get("tests", 0) for result in mine.values()),
            sum(result["observations_in_other_bits"] for result in judged),
            f"{100 * max([result['most_of_a_bound_used'] for result in judged] or [0]):.0f} %",
            ", ".join(sorted({f"1/{result['share']}" if result["share"] > 1 else "all" for result in judged})) or "–",
        ])  # fmt: skip
    head = ["circumstance", "releases", "same", "false alarms", "true alarms", "missed", "not judged", "tests",
            "observations in other bits", "bound used", "share"]  # fmt: skip
    lines += table(head, rows)
    whole = with_all_cases(results)
    lines += [f"All cases under each circumstance: {', '.join(whole)}.", ""] if whole else []
    bad = [f"- {n}: {r['result']}: {(r.get('alarms') or [r.get('why')])[0]}" for n, r in results.items()
           if r["result"] != "same"]  # fmt: skip
    return [*lines, *bad, *[""] * bool(bad)]


def of_faults() -> list[str]:
    """Every fault, and what was said."""
    results = load("faults")
    lines = [
        "## Faults",
        "",
        "Caused for real by `scripts/faults.py`: what the gate or the matrix says, and its exit code.",
        "",
    ]
    rows = [[name, "yes" if r["survived"] else "**no**", r["exit_code"], r["said"]] for name, r in results.items()]
    return [*lines, *table(["fault", "survived", "exit code", "what is said"], rows)]


def of_coverage() -> list[str]:
    """Lines and branches that no test of ours runs."""
    results = load("coverage")
    lines = ["## Coverage of our own code", ""]
    if not results:
        return [*lines, "Not measured since the files were divided by topic: `scripts/cover.py` does.", ""]
    rows = [
        [f"`{file}`", f"{r['percent']:.0f} %", ", ".join(map(str, r["missing"])) or "–"]
        for file, r in sorted(results["files"].items())
    ]
    return [
        *lines,
        f"Lines and branches together: {results['percent']:.1f} %, in one run of all tests on one release.",
        "Functions with lines that did not run there:", "",
        *table(["file", "covered", "functions with lines that did not run"], rows),
    ]  # fmt: skip


def of_price() -> list[str]:
    """What one release costs, beside the suite as it was, by kind of case."""
    lines = ["## The price", ""]
    for release, found in load("price").items():
        before, after = found["before"], found["after"]
        lines += [
            f"One run of TensorFlow {release}, measured side by side by `scripts/benchmark.py --against`: "
            f"{before['processor']:.0f} s of processor time for {before['tests']} tests before, "
            f"{after['processor']:.0f} s for {after['tests']} now, {found['ratio']:.2f} times as much.",
            "*Noticed first*: of the judged mutants, those that a case of this kind was the first to notice.", "",
        ]  # fmt: skip
        rows = []
        for kind in sorted({*before["observing"], *after["observing"]}):
            was, now = (side["observing"].get(kind, 0.0) for side in (before, after))
            first = found["noticed_first"].get(kind, 0)
            rows.append([kind, f"{was:.1f}", f"{now:.1f}", first, f"{first / now:.1f}" if now and first else "–"])
        head = ["kind of case", "seconds before", "seconds now", "mutants noticed first", "for each second"]
        lines += table(head, rows)
    return lines if len(lines) > 2 else [*lines, "Not measured yet.", ""]


def shares(repetitions: dict[str, Any]) -> str:
    """How much of the cases the repetitions ran: ``"40 took all cases, 940 took 1/10 of them"``."""
    counted = Counter(result["share"] for result in repetitions.values() if "share" in result)
    told = [
        ("all cases" if share == 1 else f"1/{share} of {'them' if 1 in counted else 'the cases'}", number)
        for share, number in sorted(counted.items())
    ]
    if len(told) == 1:
        return f"each took {told[0][0]}"
    return ", ".join(f"{number} took {words}" for words, number in told)


def with_all_cases(repetitions: dict[str, Any]) -> list[str]:
    """The releases that ran all their cases under each circumstance, without a false alarm."""
    whole = Counter(
        name.partition(", ")[0] for name, result in repetitions.items()
        if result.get("share") == 1 and result["result"] in ("same", "true alarm")
    )  # fmt: skip
    circumstances = {name.partition(", ")[2] for name in repetitions}
    return [release for release, number in whole.items() if number == len(circumstances)]


def alike(repetitions: dict[str, Any]) -> list[str]:
    """Patch releases whose every case was observed once and is the one on record for the newest patch."""
    patches: dict[str, list[dict[str, Any]]] = {}
    for name, result in repetitions.items():
        if "like" in result:
            patches.setdefault(name.partition(", ")[0], []).append(result)
    return [
        name for name, results in patches.items()
        if sum(Fraction(1, result["share"]) for result in results) >= 1
        and all(result["result"] in ("same", "true alarm") for result in results)
    ]  # fmt: skip


def page_of_mutants(notice: str) -> str:
    """The page of docs/mutants.md."""
    lines = [notice, "", "# Defects put into TensorFlow and Keras", "", *of_mutants()]
    return "\n".join(lines).rstrip() + "\n"


def page(notice: str) -> str:
    """The page of docs/proof.md."""
    lines = [notice, "", "# How well the gate notices", "", *figures(), ""]
    lines += ["Each defect that was put into TensorFlow and Keras: [mutants](mutants.md).", ""]
    lines += [
        *of_quick(dict(zip((quick.OFFICIAL, "whole"), of_both()))),
        *of_history(),
        *of_repetitions(),
        *of_faults(),
        *of_coverage(),
        *of_price(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def figures() -> list[str]:
    """The lines of the README."""
    results, argued = load("mutants").get("mutants", {}), equivalents()
    ours, of = noticed(results, argued)
    killed, given = official(results, argued)
    repetitions, faults = load("repetitions"), load("faults")
    ends = Counter(result["result"] for result in repetitions.values())
    released = {name.partition(", ")[0] for name in repetitions}
    survived = sum(result["survived"] for result in faults.values())
    lines = [f"- {ours} of {of} mutants of TensorFlow and Keras noticed"]
    if given:
        lines[0] += f"; the official tests of keras and tf-keras notice {killed} of {given}"
    lines[0] += "."
    drawn, at_once, alike, led = unseen(results, argued)
    if drawn:
        lines.append(
            f"- {drawn} of them were drawn when it noticed all the others: as it was, it noticed {at_once}; {alike} "
            f"are equivalent, and {led} led to the claims that notice them now."
        )
    new = {name: result for name, result in results.items() if result.get("fresh")}
    fresh = fresh_mutants.counted(new, ends_of(new, argued))
    if fresh["given"]:
        lines.append(
            f"- Of {fresh['given']} mutants drawn fresh in wrappers, masks, saving and trainers, the tests noticed "
            f"{fresh['then']} before they covered these uses and {fresh['now']} with them, the gate "
            f"{fresh['by_record']} more. {fresh['led']} led to claims or cases that notice them now."
        )
    if last := fresh_mutants.of_last(results, ends_of(results, argued)):
        lines.append(f"- {last}")
    if drawn_reports := report_pages.of_drawn(reports.load()):
        lines.append(f"- {drawn_reports}")
    if repetitions:
        lines.append(
            f"- {len(repetitions)} repetitions of {len(released)} releases under other circumstances: "
            f"{ends['false alarm']} false alarms"
            + f", and {ends['true alarm']} true ones, where oneDNN breaks the release" * bool(ends["true alarm"])
            + f"; {shares(repetitions)}."
        )
    if faults:
        lines.append(
            f"- {survived} of {len(faults)} faults survived: a clear sentence, the right exit code, nothing lost."
        )
    return lines


def readme(text: str) -> str:
    """The README with today's figures between its two markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n" + "\n".join(figures()) + f"\n{END}{after}"
