"""Judge commits of Keras and tf-keras against their parents, and see whether the suite notices what they changed.

    uv run scripts/backtest.py CHECKOUT ...            every commit of these checkouts that has no result yet
    uv run scripts/backtest.py CHECKOUT ... --only HASH   these, named by the beginning of their hash; repeatable
    uv run scripts/backtest.py --list                  which commits were chosen, and what became of them

A checkout is a folder with the history of keras-team/keras or keras-team/tf-keras, with or without a work tree. The
commits stand in ``scripts/backtest/commits.toml``, each with the reason why it was chosen before it was judged.

A commit is judged on the oldest release that contains it and that it can be taken out of: the release without it lies
in an overlay, as mutants do. If it can be taken out of none, it is put on the last release without it. The cases and
claims that execute what it changed run, and what they see is held against the release, as the gate does. Where they
are many, a part of them runs in which each claim comes early.
Results are kept in ``fixtures/proof/backtest.json`` after each commit: kill the run whenever you like, start it again.

Exit codes: 0 every commit that was judged was noticed; 1 one was not; 2 could not be judged; 64 wrong usage.
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "aiohappyeyeballs==2.7.1", "aiohttp==3.14.5", "aiosignal==1.4.0", "anybadge==1.16.0", "attrs==26.1.0",
# "click==8.5.1", "cosmic-ray==8.7.0", "covertable==3.2.0", "decorator==5.3.1", "exit-codes==1.3.0",
# "filelock==4.2.12", "frozenlist==1.8.0", "gitdb==4.0.12", "gitpython==3.2.1", "idna==3.20", "jsonschema==4.26.0",
# "jsonschema-specifications==2025.9.1", "markdown-it-py==4.3.0", "mdurl==0.1.2", "multidict==7.2.1",
# "numpy==2.5.5", "packaging==26.3", "parso==0.8.7", "pip==26.3", "propcache==0.5.4", "psutil==7.2.2",
# "pygments==2.21.0", "referencing==0.37.0", "rich==15.0.0", "rpds-py==2026.9.1", "ruff==0.17.6", "smmap==5.0.3",
# "sqlalchemy==2.1.9", "stevedore==5.10.0", "toml==0.10.2", "typing-extensions==4.16.0", "yarl==1.25.1",
# "yattag==1.16.1"
# ]
# [tool.batchnorm-spec]
# requirements = "requirements/mutation.txt"
# ///

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402

SUBJECTS = 12  # that judge a commit at most, unless one asks for more: under a minute


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("checkouts", nargs="*", type=Path, metavar="CHECKOUT", help="a folder with the history")
    parser.add_argument("--only", action="append", metavar="HASH", help="a commit to judge, again if it has a result")
    parser.add_argument("--subjects", type=amounts.count, default=SUBJECTS, metavar="N",
                        help="cases and claims to judge a commit by at most (default: %(default)s); with more than "
                        "before, what was not noticed is judged by those that did not run yet")  # fmt: skip
    parser.add_argument("--unnoticed", action="store_true", help="again those that were not noticed: the suite grew")
    parser.add_argument("--list", action="store_true", help="print every commit and its result, and end")
    parser.add_argument(
        "--jobs", type=amounts.count, default=os.cpu_count() or 1, help="commits at once (default: the cores)"
    )
    return parser


asked.for_help(__name__, options)

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402
from support import commits, comparison, environments, history, mutants, releases, running, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.commits import Commit  # noqa: E402
from support.comparison import Side  # noqa: E402
from support.history import Exchange, NotApart  # noqa: E402
from support.overlays import overlay  # noqa: E402
from support.reach import lines_by_subject  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import cases, record  # noqa: E402
from fixtures.subjects import claim_of  # noqa: E402

RESULTS = ROOT / "fixtures" / "proof" / "backtest.json"
NOTICED, UNNOTICED, LEFT = "noticed", "not noticed", "not judged"
TAKEN_OUT, PUT_ON, WHOLE = "taken out", "put on", "whole files"
# What runs which lines is measured once for each package. Lines of other releases are those that read the same; where
# none does, the function counts that has the same name, and where none has it, every function of the file.
MEASURED = {"keras": "keras-3.15.1", "tf_keras": "2.21.0"}
SURFACES = {"keras": [cases.KERAS3], "tf_keras": [cases.TF_KERAS]}
SITUATIONS = 4  # one situation of so many may judge, drawn evenly: what they execute takes long to measure
SUSPECTS = 12  # that are run on the release itself, too, before they count


def packages_of(python: Path) -> Path:
    """site-packages of an environment."""
    return next(python.parent.parent.glob("lib/python*/site-packages"))


class Reach:
    """Which cases and claims execute a place in a package."""

    def __init__(self, package: str, every: list[Commit]) -> None:
        self.release = MEASURED[package]
        with environments.environment(environments.resolve(self.release), ephemeral=False) as python:
            self.packages = packages_of(python)
            wanted = {history.packaged(commit, file) for commit in every for file in commit.files}
            self.files = sorted(file for file in wanted if (self.packages / file).exists())
            left_out = [case.id for case in cases.SITUATIONS
                        if case.surface in SURFACES[package] and int(_digits(case.id), 16) % SITUATIONS]  # fmt: skip
            measured = lines_by_subject(self.release, python, self.files, SURFACES[package], left_out)
            self.lines = json.loads(measured.read_text())

    def places(self, release: str, packages: Path, exchange: Exchange) -> set[tuple[str, int]]:
        """Lines of the measured release, by file, one of which must run before an exchange in a release can show."""
        found: set[tuple[str, int]] = set()
        for file in exchange.differ:
            installed = (packages / file).read_text() if (packages / file).exists() else None
            old, new = (side.get(file, installed) for side in (exchange.parent, exchange.commit))
            if old is None or new is None or file not in self.files:
                continue
            lines = history.changed_lines(new, old)
            measured = (self.packages / file).read_text()
            if new == measured:
                found |= {(file, line) for line in lines}
                continue
            here, same = mutants.functions(measured), history.counterparts(new, measured)
            for name, node in mutants.functions(new).items():
                first, last = mutants.span(node)
                mine = lines & set(range(first, last + 1))
                for counterpart in counterparts(name, here) if mine else []:
                    # From the body on: the head runs when the class is made, and tells nothing.
                    body = range(counterpart.body[0].lineno, mutants.span(counterpart)[1] + 1)
                    alike = {same[line] for line in mine if line in same} & set(body)
                    found |= {(file, line) for line in alike or body}
        return found

    def subjects(self, places: set[tuple[str, int]]) -> list[str]:
        """Those that execute one of the places; of each claim one first, and what few others execute early."""
        executed = {
            subject: places & {(file, line) for file, lines in ran.items() for line in lines}
            for subject, ran in self.lines.items()
        }
        executed = {subject: mine for subject, mine in executed.items() if mine}
        often: dict[tuple[str, int], int] = {}
        for mine in executed.values():
            for place in mine:
                often[place] = often.get(place, 0) + 1
        groups: dict[str, list[str]] = {}
        for subject in sorted(executed, key=lambda s: (min(often[place] for place in executed[s]), _digits(s))):
            flags = subject.partition("sits=")[2].split("-")[0]  # of a situation: where the layer sits
            name = claim_of(subject) if " " in subject else subject.split("-")[0] + flags
            groups.setdefault(name, []).append(subject)
        rounds = range(max(map(len, groups.values()), default=0))
        return [group[n] for n in rounds for group in groups.values() if n < len(group)]


def counterparts(name: tuple[str, bool], functions: dict[tuple[str, bool], Any]) -> list[Any]:
    """The functions of another version of a file that may do what a function of this name does."""
    if name in functions:
        return [functions[name]]
    within = name[0].partition(".")[2]  # classes are renamed
    alike = [
        node
        for other, node in functions.items()
        if within and (other[0].partition(".")[2], other[1]) == (within, name[1])
    ]
    return alike or list(functions.values())


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def homes(commit: Commit) -> list[tuple[str, bool]]:
    """Releases to judge a commit on, the best first, each with whether it is taken out of it or put on it."""
    known = releases.calendar()
    line = "keras" if commit.package == "keras" else "tensorflow"
    recorded = [path.stem for path in (ROOT / "fixtures" / "observed").glob("*.json") if path.stem in known]
    numbered = sorted(
        (known[name].number.release, name) for name in recorded
        if known[name].line == line and known[name].version and not known[name].number.is_prerelease
    )  # fmt: skip
    # Up to 2.15 Keras 2 is another package.
    containing = [(name, True) for number, name in numbered
                  if number >= commit.version and (commit.package == "keras" or number >= (2, 16))]  # fmt: skip
    if commit.package != "keras":
        return containing
    # Where later changes stand in its lines everywhere, the last release that lacks it takes it.
    lacking = [(name, False) for number, name in numbered if number < commit.version][-1:]
    return [*containing, (releases.KERAS_NIGHTLY, True), *lacking]


def part(whole: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A record with what another has, too."""
    return {**whole, **{
        name: {subject: entry for subject, entry in whole[name].items() if subject in other[name]}
        for name in ("observations", "verdicts")
    }}  # fmt: skip


def without_paths(problem: str) -> str:
    """A problem without the places of this machine, which tell nobody else anything."""
    return re.sub(r" \(/[^)]*\)", "", problem)


def differences(names: tuple[str, str], records: tuple[dict, dict]) -> dict[str, str]:
    """What the gate says of a commit against its parent, by subject: names and records of the parent and of it."""
    (old, new), (before, after) = names, (part(records[0], records[1]), part(records[1], records[0]))
    found = {}
    for surface in comparison.surfaces(after):
        compared = comparison.compare(Side(old, surface, before), Side(new, surface, after))
        for behaviour in comparison.behaviours(compared):
            found[behaviour.changes[0].subject] = comparison.with_its_call(behaviour, compared.after)
    return found


def judge(commit: Commit, checkout: Path, reach: Reach, done: int, subjects: int) -> dict[str, Any]:
    """What became of a commit that so many cases and claims judged before; see the module's first lines."""
    places, refused = homes(commit), []
    for whole, (release, backwards) in [*((False, home) for home in places), *((True, home) for home in places)]:
        with environments.environment(environments.resolve(release), ephemeral=False) as python:
            packages = packages_of(python)
            try:
                exchange = history.exchange(commit, checkout, packages, backwards, whole)
            except NotApart as why:
                refused.append(f"{release}: {why}")
                continue
            every = reach.subjects(reach.places(release, packages, exchange))
            chosen = every[done:subjects]
            told = {"release": release, "how": WHOLE if whole else TAKEN_OUT if backwards else PUT_ON,
                    "reached_by": len(every)}  # fmt: skip
            if not every:
                return {"result": UNNOTICED, "why": "no case and no claim executes what it changed", **told}
            found = run(commit, release, python, exchange, chosen) | told
            return {**found, "judged_by": done + len(chosen)}
    return {"result": LEFT, "why": f"it does not come apart from any release; {refused[0]}"}


def run(commit: Commit, release: str, python: Path, exchange: Exchange, chosen: list[str]) -> dict[str, Any]:
    """Run the chosen cases and claims on both sides: all on one, and on the other what looks different there."""
    began = time.monotonic()

    def side(sources: dict[str, str], subjects: list[str], until_first_failure: bool) -> running.Run:
        with tempfile.TemporaryDirectory(prefix="batchnorm-commit-") as name:
            variables = overlay(sources, Path(name)) if sources else {}
            return running.run(
                python,
                case_timeout=30.0,
                only=subjects,
                until_first_failure=until_first_failure,
                variables=variables,
                observers=1,  # other commits run beside it
            )

    def told(result: str, **more: str) -> dict[str, Any]:
        return {"result": result, **more, "seconds": round(time.monotonic() - began, 1)}

    short, forwards = commit.commit[:10], not exchange.parent
    names = (f"{release} before {short}", f"{release} with {short}")
    sides = (exchange.parent, exchange.commit)
    if all(sides):  # neither is the release, of which there is a record
        first, second = (side(sources, chosen, False) for sources in sides)
        if first.problem or second.problem:
            at = names[0] if first.problem else names[1]
            return told(LEFT, why=f"{at} does not run: {without_paths(first.problem or second.problem or '')}")
    else:
        first = side(sides[forwards], chosen, True)
        if first.problem:
            return told(LEFT, why=f"{names[forwards]} does not run: {without_paths(first.problem)}")
        held = record.read(ROOT / "fixtures" / "observed" / f"{release}.json")
        records = (held, first.seen) if forwards else (first.seen, held)
        suspects = [*first.failures, *differences(names, records)]
        if not suspects:
            return told(UNNOTICED)
        # A record may be older than a case, and a case may fail on the release, too: what it sees today decides.
        second = side({}, comparison.runnable(suspects[:SUSPECTS]), False)
        if second.problem:
            return told(LEFT, why=f"{release} does not run: {without_paths(second.problem)}")
        if forwards:
            first, second = second, first
    found = differences(names, (first.seen, second.seen))
    for name, mine, others in ((names[1], second, first), (names[0], first, second)):
        for subject, sentence in mine.failures.items():
            ran = all(case.id in others.seen["observations"] for case in comparison.observed_in(subject))
            if ran and subject not in others.failures:
                found.setdefault(subject, f"{name}: {sentence}")
    for subject, sentence in found.items():
        return told(NOTICED, by=subject, sentence=sentence)
    return told(UNNOTICED)


def load() -> dict[str, Any]:
    """The results so far, by hash."""
    return json.loads(RESULTS.read_text())["commits"] if RESULTS.exists() else {}


def save(results: dict[str, Any]) -> None:
    """Keep the results, whole or as they were."""
    temporary = RESULTS.with_suffix(".part")
    temporary.write_text(json.dumps({"commits": results}, indent=1, sort_keys=True) + "\n")
    temporary.replace(RESULTS)


def count(results: dict[str, Any]) -> str:
    """``"20 noticed, 15 not noticed, 5 not judged"``."""
    ends = [result["result"] for result in results.values()]
    return ", ".join(f"{ends.count(end)} {end}" for end in (NOTICED, UNNOTICED, LEFT))


def located(every: list[Commit], checkouts: list[Path]) -> dict[str, Path]:
    """Hash -> the checkout that has the commit.

    Raises:
        Failure: a folder is no checkout, or has none of the commits.
    """
    where: dict[str, Path] = {}
    for checkout in checkouts:
        held = [commit for commit in every if history.holds(checkout, commit)]
        if not held:
            raise Failure(
                f"{checkout}: it has none of the {len(every)} commits that were chosen: "
                "give a whole history of keras-team/keras or keras-team/tf-keras."
            )
        where.update({commit.commit: checkout for commit in held})
    return where


def waits(result: dict[str, Any] | None, subjects: int, again: bool = False) -> bool:
    """Whether a commit has no result, or one that more cases and claims, or a suite that grew, could change."""
    if result is None:
        return True
    return result["result"] == UNNOTICED and (
        again or result.get("judged_by", 0) < min(subjects, result.get("reached_by", 0))
    )


def main() -> int:
    """Command line; see the module's first lines."""
    arguments = options().parse_args()
    every = commits.chosen()
    results = load()
    if arguments.list:
        for commit in every:
            print(f"{commit.commit[:10]} {results.get(commit.commit, {}).get('result', 'no result')}: {commit.title}")
        return UNCHANGED
    if not arguments.checkouts:
        terminal.say("give the folder of a checkout of keras-team/keras or keras-team/tf-keras.")
        return USAGE
    unknown = [name for name in arguments.only or () if not any(c.commit.startswith(name) for c in every)]
    if unknown:
        terminal.say(f"{', '.join(unknown)}: not among the commits that were chosen; see --list")
        return USAGE
    try:
        where = located(every, arguments.checkouts)
    except Failure as failure:
        terminal.say(str(failure))
        return USAGE
    here = [commit for commit in every if commit.commit in where]
    waiting = [
        commit for commit in here
        if (any(commit.commit.startswith(name) for name in arguments.only) if arguments.only
            else waits(results.get(commit.commit), arguments.subjects, arguments.unnoticed))
    ]  # fmt: skip
    try:
        return work(every, waiting, where, results, arguments)
    except (Failure, record.Broken, OSError) as failure:
        terminal.say(str(failure))
        return NOT_JUDGED


def work(
    every: list[Commit],
    waiting: list[Commit],
    where: dict[str, Path],
    results: dict[str, Any],
    arguments: argparse.Namespace,
) -> int:
    """Judge the commits that wait, and keep what became of each."""
    reach = {
        package: Reach(package, [commit for commit in every if commit.package == package])
        for package in sorted({commit.package for commit in waiting})
    }
    lock = threading.Lock()
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}"),
    )  # fmt: skip
    with Progress(*columns, console=terminal.console()) as bar:
        task = bar.add_task("commits", total=len(waiting), counts="")

        def one(commit: Commit) -> None:
            old = {} if arguments.only or arguments.unnoticed else results.get(commit.commit, {})
            done = old.get("judged_by", 0) if old.get("result") == UNNOTICED else 0
            found = judge(commit, where[commit.commit], reach[commit.package], done, arguments.subjects)
            found["seconds"] = round(found.get("seconds", 0) + old.get("seconds", 0), 1)
            with lock:
                results[commit.commit] = found
                save(results)
                bar.update(task, advance=1, counts=count(results))
                if not terminal.console().is_terminal:
                    terminal.say(f"{commit.commit[:10]}: {json.dumps(found)[:300]}")

        with ThreadPoolExecutor(arguments.jobs) as pool:
            list(pool.map(one, waiting))
    terminal.say(count(results))
    unnoticed = [commit for commit in every if results.get(commit.commit, {}).get("result") == UNNOTICED]
    for commit in unnoticed:
        print(f"{commit.commit[:10]}: not noticed: {commit.title}")
    return CHANGED if unnoticed else UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
