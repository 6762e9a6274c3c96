"""Judge a TensorFlow or Keras: does its batch normalization behave like the release before it?

    python scripts/gate.py 2.21.0                  a release of TensorFlow
    python scripts/gate.py keras==3.12.4           a release of Keras 3
    python scripts/gate.py latest | pre | nightly | keras-nightly
    python scripts/gate.py dist/tensorflow-….whl   a wheel
    python scripts/gate.py --python venv/bin/python    an environment that exists; it is left as it is

The first line of the answer is the verdict; then each behaviour that changed, in one sentence, and the
table. The folder --out gets gate.json, junit.xml, summary.md and, for each behaviour that changed, a program of its
own that shows it without this suite.

Exit codes: 0 nothing changed; 1 behaviour changed, or a call raises that did not; 2 could not be judged (not
installable, import failed, crashed, hung, out of memory or disk, cases missing, unstable); 64 wrong usage.
"""

import argparse
import contextlib
import json
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.version import Version
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import comparison, environments, releases, running, standalone, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.comparison import DANGERS, GONE, Behaviour, Change, Side  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import cases, installed, record, summary  # noqa: E402

SCHEMA = 1
ANSWERS = {UNCHANGED: "YES", CHANGED: "NO", NOT_JUDGED: "NOT JUDGED"}
NAMES = {UNCHANGED: "unchanged", CHANGED: "changed", NOT_JUDGED: "not judged"}


@dataclass
class Judgement:
    """What the gate says.

    Attributes:
        code: exit code.
        headline: the verdict in one sentence.
        behaviours: what changed, by cause.
        comparisons: one for each surface that both sides have.
        notes: what a reader must know beside it: stale nightly, surfaces that were not judged, drift.
        scripts: behaviour -> the file that shows it, of those that are programs of their own.
    """

    code: int
    headline: str
    behaviours: list[Behaviour] = field(default_factory=list)
    comparisons: list[comparison.Comparison] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    scripts: dict[Behaviour, str] = field(default_factory=dict)


def title(target: environments.Target, seen: dict) -> str:
    """What is judged, with the version that was imported."""
    packages = seen["provenance"]
    if target.line == "keras":
        return f"Keras {packages.get('keras')} on TensorFlow {packages['tensorflow']}"
    return f"TensorFlow {packages['tensorflow']}"


def baseline(
    choice: str | None, target: environments.Target | None = None, seen: dict | None = None
) -> tuple[str, dict]:
    """The record to compare with: its name and content.

    Args:
        choice: a release, a record file, or None for the newest stable release before the candidate.
        target: the candidate.
        seen: the candidate's record.

    Raises:
        NotATarget: there is no such record.
        Broken: the record cannot be used.
    """
    known = releases.calendar()
    if choice is not None:
        name = releases.spelled(choice)
        if name in known:
            return name, record.read(known[name].record)
        if Path(choice).is_file():
            return Path(choice).stem, record.read(choice)
        raise environments.NotATarget(f"--baseline {choice}: neither a release of the calendar nor a record file.")
    if target is None or seen is None:
        raise TypeError("the newest release before nothing")
    package = "keras" if target.line == "keras" else "tensorflow"
    version = Version(seen["provenance"][package].replace("-dev", ".dev"))
    before = [one for one in releases.recorded(target.line) if one.number < Version(version.base_version)]
    if not before:
        raise environments.NotATarget(f"no record of a release before {version}: give one with --baseline.")
    return before[0].name, record.read(before[0].record)


def gone(surface: str, before: Side) -> Behaviour:
    """A surface that the candidate does not have any more."""
    change = Change(surface, "API", GONE, "available", "gone")
    return Behaviour(f"{surface} is gone (it was there in {before.name})", GONE, (change,), None, True)


def in_words_of_the_tests(behaviour: Behaviour, failures: dict[str, str]) -> Behaviour:
    """A behaviour; where cases gave no observation, in the words of the tests that say how each ended."""
    if behaviour.changes[0].field != comparison.ENDED:
        return behaviour
    said = [comparison.failure_of(change.subject, failures) for change in behaviour.changes]
    changes = [replace(change, after=words or change.after) for change, words in zip(behaviour.changes, said)]
    return replace(behaviour, sentence=next(filter(None, said), behaviour.sentence), changes=tuple(changes))


def judge(name: str, seen: dict, run: running.Run, base_name: str, base: dict, only: list[str] | None) -> Judgement:
    """Compare a candidate's record with its baseline.

    Args:
        name: how to call the candidate.
        seen: its record.
        run: the run that made it.
        base_name: name of the baseline.
        base: its record.
        only: surfaces to judge; default all.
    """
    shared, lost, _ = comparison.pairs(base, seen, only)
    env = comparison.environment(seen)
    found, behaviours, notes, missing = [], [], [], []
    for surface in shared:
        result = comparison.compare(Side(base_name, surface, base), Side(name, surface, seen))
        found.append(result)
        behaviours += comparison.behaviours(result)
        missing += [case for case in result.removed if installed.missing(comparison.known_cases()[case], env) is None]
        notes += [f"{surface}: {sentence}: no change of behaviour." for sentence in comparison.of_bits(result)]
    behaviours = [in_words_of_the_tests(behaviour, run.failures) for behaviour in behaviours]
    told = {change.subject for behaviour in behaviours for change in behaviour.changes}
    ended = {name for name in told if "ended" in seen["observations"].get(name, ())}
    for subject, sentence in run.failures.items():
        told_by = {case.id for case in comparison.observed_in(subject)} & ended
        if subject not in told and not told_by and (not only or any(surface in subject for surface in only)):
            behaviours.insert(0, Behaviour(sentence, comparison.OUTPUTS, (
                Change(subject, "specification", comparison.OUTPUTS, "", sentence, expected="as specified"),
            ), None, False))  # fmt: skip
    unjudged = [f"{subject}: {entry['ended']}" for subject, entry in seen["observations"].items()
                if "ended" in entry and "error" not in entry]  # fmt: skip
    for surface in lost:
        reason = installed.absent(surface, env)
        if reason == installed.NO_API:
            behaviours.append(gone(surface, Side(base_name, surface, base)))
        else:
            unjudged.append(f"{surface}: {reason}, but {base_name} has it (name what to judge with --surface)")
    if missing:
        unjudged.append(f"{len(missing)} cases of {base_name} are missing, first {missing[0]}")
    if unjudged:
        more = f" (and {len(unjudged) - 1} more)" if len(unjudged) > 1 else ""
        return Judgement(NOT_JUDGED, f"{unjudged[0]}{more}.", behaviours, found, unjudged + notes)
    if behaviours:
        then, now = comparison.beside(base), comparison.beside(seen)
        if "beside" in seen["provenance"]:  # an older record does not tell of these packages
            now = {**dict.fromkeys(then, "none"), **now}
        others = [f"{name} {then[name]}, now {now[name]}" for name in then if now.get(name, then[name]) != then[name]]
        if others:
            notes.append(f"{base_name} was observed with {'; '.join(others)}: a cause beside TensorFlow is possible.")
        some = f"{len(behaviours)} behaviour{'s' if len(behaviours) > 1 else ''}"
        return Judgement(CHANGED, f"{some} changed against {base_name}.", behaviours, found, notes)
    tests = sum(outcome == "passed" for outcome in run.outcomes.values())
    return Judgement(UNCHANGED, f"behaves like {base_name} in {tests} tests.", [], found, notes)


def unstable(python: Path, judgement: Judgement, seen: dict, case_timeout: float) -> list[str]:
    """Subjects of unexplained changes that give another answer when they are run a second time."""
    known = comparison.known_cases()
    subjects = [c.subject for b in judgement.behaviours if not b.explained for c in b.changes]
    subjects += [name for name, entry in seen["observations"].items() if "ended" in entry]
    if not subjects:
        return []
    again = running.run(python, case_timeout=case_timeout, only=comparison.runnable(subjects))
    if again.record is None:
        return []
    return [
        subject for subject in dict.fromkeys(subjects)
        if (differs(subject, seen, again.record) if subject in known
            else again.record["verdicts"].get(subject) != seen["verdicts"].get(subject))
    ]  # fmt: skip


def differs(subject: str, first: dict, second: dict) -> bool:
    """Whether two records hold different behaviour for one case; a crash that comes again is none."""
    one, other = first["observations"][subject], second["observations"].get(subject, {})
    if one == other or "ended" in one or "ended" in other:
        return one != other
    surface = comparison.known_cases()[subject].surface
    sides = [Side("", surface, dict(first, verdicts={}, observations={subject: entry})) for entry in (one, other)]
    return bool(comparison.compare(*sides).changes)


def write_scripts(judgement: Judgement, seen: dict, base_name: str, base: dict, folder: Path) -> None:
    """For each behaviour that changed, a program that shows it and holds it against the baseline."""
    env = comparison.environment(seen)
    for known in comparison.known_cases().values():  # those of a run before; nothing else that may lie there
        (folder / standalone.file_name(known)).unlink(missing_ok=True)
    for behaviour in judgement.behaviours:
        case = next((case for change in behaviour.changes for case in comparison.observed_in(change.subject)), None)
        if case is None:
            continue
        side = Side(base_name, case.surface, base)
        with contextlib.suppress(standalone.NotStandalone):
            text = standalone.script(case, env, base["observations"].get(case.id), str(side))
            folder.mkdir(exist_ok=True)
            (folder / standalone.file_name(case)).write_text(text)
            judgement.scripts[behaviour] = f"{folder.name}/{standalone.file_name(case)}"


def report(target: environments.Target, judgement: Judgement, run: running.Run, base_name: str | None) -> dict:
    """What gate.json holds."""
    comparisons = judgement.comparisons
    return {
        "schema": SCHEMA,
        "target": target.name,
        "baseline": base_name,
        "verdict": NAMES[judgement.code],
        "exit_code": judgement.code,
        "headline": judgement.headline,
        "behaviours": [
            {
                "sentence": behaviour.sentence, "danger": DANGERS[behaviour.danger], "source": behaviour.source,
                "known": behaviour.explained, "script": judgement.scripts.get(behaviour),
                "changes": [
                    {
                        "case": change.subject, "claims": list(comparison.claims_of().get(change.subject, ())),
                        "field": change.field, "before": change.before, "observed": change.after,
                        "expected": change.expected, "explanation": list(change.why),
                    }
                    for change in behaviour.changes
                ],
            }
            for behaviour in judgement.behaviours
        ],
        "counts": {
            c.after.surface: {
                "added": len(c.added), "removed": len(c.removed), "changed": len(c.changed),
                "unchanged": len(c.unchanged), "drifted": len(c.drifted),
            }
            for c in comparisons
        },
        "notes": judgement.notes,
        "tests": {o: list(run.outcomes.values()).count(o) for o in ("passed", "failed", "skipped")},
        "seconds": {"import": round(run.import_seconds, 1), "all": round(run.seconds, 1)},
        "provenance": run.record["provenance"] if run.record else None,
    }  # fmt: skip


def lines(judgement: Judgement, name: str, seen: dict | None) -> list[str]:
    """What the terminal shows."""
    told = [f"{ANSWERS[judgement.code]}: {name}: {judgement.headline}", ""]
    for behaviour in judgement.behaviours:
        known = "" if behaviour.explained else "unknown until now; "
        told += [
            f"* {behaviour.sentence}",
            f"  ({known}{DANGERS[behaviour.danger]}; {len(behaviour.changes)} observations)",
        ]
        if behaviour.source:
            told.append(f"  {behaviour.source}")
        if behaviour in judgement.scripts:
            told.append(f"  shown by {judgement.scripts[behaviour]}")
    told += [f"note: {note}" for note in judgement.notes]
    if seen is not None:
        told += ["", *table(seen)]
    return told


def table(seen: dict) -> list[str]:
    """The table of a record."""
    env = comparison.environment(seen)
    titles = [(s, f"{s} {installed.release(s, env)}") for s in cases.SURFACES if s in comparison.surfaces(seen)]
    return summary.table(titles, seen["observations"])


def markdown(judgement: Judgement, name: str, base_name: str | None, seen: dict | None) -> str:
    """The page of a CI job."""
    sign = {UNCHANGED: "✅", CHANGED: "❌", NOT_JUDGED: "⚠️"}[judgement.code]
    told = [f"## {sign} {name}: {judgement.headline}", ""]
    for behaviour in judgement.behaviours:
        shown = f", shown by `{judgement.scripts[behaviour]}`" if behaviour in judgement.scripts else ""
        told.append(f"- {behaviour.sentence.replace('|', chr(92) + '|')} — *{DANGERS[behaviour.danger]}*{shown}")
    told += ["", *(f"> {note}" for note in judgement.notes)]
    if judgement.comparisons:
        told += ["", "| surface | unchanged | changed | added | removed | bits only |", "|---|---|---|---|---|---|"]
        for c in judgement.comparisons:
            counts = [len(part) for part in (c.unchanged, c.changed, c.added, c.removed, c.drifted)]
            told.append(f"| {c.after.surface} | {' | '.join(map(str, counts))} |")
    if seen is not None:
        told += ["", "```", *table(seen), "```"]
    return "\n".join(told) + "\n"


def follow_in(progress: Progress, task):
    """A function that shows a run's progress: a bar in a terminal, a line per phase elsewhere."""
    last: list[str] = []

    def follow(seen: running.Progress) -> None:
        progress.update(task, description=seen.phase, total=seen.tests or None, completed=seen.done)
        if not progress.console.is_terminal and last[-1:] != [seen.phase]:
            last.append(seen.phase)
            terminal.say(seen.phase)

    return follow


def arguments_of(given: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, exit_on_error=False
    )
    parser.add_argument("target", nargs="?", help="see above")
    parser.add_argument("--python", type=Path, help="interpreter of an environment that exists")
    parser.add_argument("--baseline", metavar="RELEASE|FILE", help="compare with this (default: newest stable before)")
    parser.add_argument("--surface", action="append", choices=cases.SURFACES, help="judge only this; may be repeated")
    parser.add_argument(
        "--out", type=Path, default=Path("gate-report"), help="folder of the files (default: %(default)s)"
    )
    parser.add_argument("--case-timeout", type=float, default=120.0, help="seconds after which a case counts as hung")
    parser.add_argument("--record", type=Path, help="keep the candidate's record here, too")
    arguments = parser.parse_args(given)
    if bool(arguments.target) == bool(arguments.python):
        raise environments.NotATarget("give a target, or --python PATH; see --help.")
    if arguments.python and not arguments.python.is_file():
        raise environments.NotATarget(f"--python {arguments.python}: no such file.")
    return arguments


def gate(arguments: argparse.Namespace) -> int:
    """Build, run, compare, report."""
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    run, base_name, base, seen = running.Run(), None, None, None
    began = time.monotonic()
    target = None
    try:
        # The baseline is looked at first: a mistake there must not cost a run.
        given = baseline(arguments.baseline) if arguments.baseline else None
        with Progress(*columns, console=terminal.console(), transient=True) as progress:
            task = progress.add_task("looking up", total=None)
            if arguments.python:
                target = environments.Target(str(arguments.python), python=arguments.python.absolute())
            else:
                target = environments.resolve(arguments.target)
            progress.update(task, description=f"installing {target.name}")
            python = environments.python(target)
            run = running.run(
                python, follow_in(progress, task), arguments.case_timeout, junit=(out / "junit.xml").absolute(),
                canaries=True,
            )  # fmt: skip
            seen = run.record
            if run.problem is None and run.silent:
                run.problem = f"the run is void, it did not report {'; '.join(run.silent)}."
            if run.problem:
                judgement = Judgement(NOT_JUDGED, run.problem)
            else:
                base_name, base = given or baseline(None, target, seen)
                judgement = judge(target.name, run.seen, run, base_name, base, arguments.surface)
                progress.update(task, description="looking a second time", total=None)
                shaky = unstable(python, judgement, run.seen, arguments.case_timeout)
                if shaky:
                    judgement.code = NOT_JUDGED
                    judgement.headline = f"unstable: {len(shaky)} cases give two answers in two runs, first {shaky[0]}."
    except environments.NotATarget:
        raise
    except (Failure, record.Broken) as failure:
        judgement = Judgement(NOT_JUDGED, str(failure))
    name = title(target, seen) if target and seen else (target.name if target else arguments.target)
    if seen and target:
        age = releases.nightly_age(seen["provenance"]["tensorflow" if target.line == "tensorflow" else "keras"])
        if age is not None:
            stale = " It is stale: newer nightlies are missing." if age > releases.STALE_DAYS else ""
            judgement.notes.insert(0, f"this nightly is {age} days old.{stale}")
    run.seconds = time.monotonic() - began
    try:
        if base and base_name and seen:
            write_scripts(judgement, seen, base_name, base, out / "scripts")
        (out / "gate.json").write_text(
            json.dumps(report(target or environments.Target(arguments.target), judgement, run, base_name), indent=1)
            + "\n"
        )
        (out / "summary.md").write_text(markdown(judgement, name, base_name, seen))
        if run.log and judgement.code == NOT_JUDGED:
            (out / "log.txt").write_text(run.log)
        if arguments.record and seen:
            record.write(arguments.record, seen)
    except OSError as error:
        judgement.code = NOT_JUDGED
        judgement.headline = f"the report could not be written: {error}. What was found: {judgement.headline}"
    print("\n".join(lines(judgement, name, seen)))
    return judgement.code


def main() -> int:
    """Command line; see the module's first lines."""
    try:
        return gate(arguments_of())
    except (argparse.ArgumentError, environments.NotATarget) as error:
        terminal.say(str(error))
        return USAGE
    except KeyboardInterrupt:
        terminal.say("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main())
