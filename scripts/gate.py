"""Judge a TensorFlow or Keras: does its batch normalization behave like the release before it?

    uv run scripts/gate.py 2.21.0                  a release of TensorFlow
    uv run scripts/gate.py keras==3.12.4           a release of Keras 3
    uv run scripts/gate.py latest | pre | nightly | keras-nightly
    uv run scripts/gate.py dist/tensorflow-….whl   a wheel
    uv run scripts/gate.py --python venv/bin/python    an environment that exists; it is left as it is

While it runs, the first change is told the moment it is seen. The first line of the answer is the verdict; then what
several changes have in common, each change with what was done, was and is, and the table. The folder --out gets
gate.json, junit.xml, summary.md, record.json, which is a baseline for the next run, and, for each behaviour that
changed, a program of its own that shows it without this suite.

A change that is meant is told in a file for --known, with a reason and an issue: it is listed and makes no NO. One
that does not occur any more is a NO. The gate prints the lines to paste.

Exit codes: 0 nothing changed; 1 behaviour changed, or a call raises that did not; 2 could not be judged (not
installable, import failed, crashed, hung, out of memory or disk, cases missing, unstable); 64 wrong usage.
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "attrs==26.1.0", "covertable==3.2.0", "filelock==4.2.12", "jsonschema==4.26.0",
# "jsonschema-specifications==2025.9.1", "markdown-it-py==4.3.0", "mdurl==0.1.2", "numpy==2.5.5", "packaging==26.3",
# "pip==26.3", "psutil==7.2.2", "pygments==2.21.0", "referencing==0.37.0", "rich==15.0.0", "rpds-py==2026.9.1",
# "ruff==0.17.6"
# ]
# [tool.batchnorm-spec]
# requirements = "requirements/tools.txt"
# ///

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("target", nargs="?", help="see above")
    parser.add_argument("--python", type=Path, help="interpreter of an environment that exists")
    parser.add_argument("--baseline", metavar="RELEASE|FILE", help="compare with this (default: newest stable before)")
    parser.add_argument("--surface", action="append", metavar="API", help="judge only this; may be repeated")
    parser.add_argument(
        "--out", type=Path, default=Path("gate-report"), help="folder of the files (default: %(default)s)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="ask only what notices most for what it costs (docs/proof.md)"
    )
    parser.add_argument(
        "--case-timeout", type=amounts.seconds, default=120.0, help="seconds after which a case counts as hung"
    )
    parser.add_argument("--known", type=Path, metavar="FILE", help="TOML: changes that are meant, each with its reason")
    return parser


asked.for_help(__name__, options)

from packaging.version import Version  # noqa: E402
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: E402
from support import (  # noqa: E402
    candidate,
    comparison,
    early,
    environments,
    gate_files,
    known_changes,
    releases,
    running,
    standing,
    terminal,
)
from support.client import Failure  # noqa: E402
from support.comparison import Side  # noqa: E402
from support.gate_judgement import Findings, findings, judge  # noqa: E402
from support.gate_report import Report, as_text  # noqa: E402
from support.terminal import USAGE  # noqa: E402

from fixtures import cases, record  # noqa: E402

RECORD = "record.json"  # of the candidate, in the folder of the report


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
            return name, standing.read(known[name].record)
        if Path(choice).is_file():
            return Path(choice).stem, standing.read(choice)
        raise environments.NotATarget(f"--baseline {choice}: neither a release of the calendar nor a record file.")
    if target is None or seen is None:
        raise TypeError("the newest release before nothing")
    version = candidate.version(seen["provenance"], target.line)
    if version is None:
        raise TypeError(f"a candidate without a {target.line}")
    limit = Version(version.base_version)
    # A checkout may still call itself what was released last: it is held against that.
    before = [
        one for one in releases.recorded(target.line) if one.number < limit or (target.commit and one.number == limit)
    ]
    if not before:
        raise environments.NotATarget(f"no record of a release before {version}: give one with --baseline.")
    return before[0].name, standing.read(before[0].record)


def unstable(python: Path, found: Findings, seen: dict, case_timeout: float) -> list[str]:
    """Subjects of unexplained changes that give another answer when they are run a second time."""
    known = comparison.known_cases()
    subjects = [c.subject for b in found.behaviours if not b.explained for c in b.changes]
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


def age_of(target: environments.Target, seen: dict) -> str | None:
    """How old a nightly is, in a sentence; None for anything else."""
    age = releases.nightly_age(seen["provenance"]["tensorflow" if target.line == "tensorflow" else "keras"])
    if age is None:
        return None
    stale = " It is stale: newer nightlies are missing." if age > releases.STALE_DAYS else ""
    return f"this nightly is {age} days old.{stale}"


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
    parser = options()
    arguments = parser.parse_args(given)
    if bool(arguments.target) == bool(arguments.python):
        raise environments.NotATarget("give a target, or --python PATH; see --help.")
    for surface in arguments.surface or []:
        if surface not in cases.SURFACES:
            raise environments.NotATarget(f"--surface {surface}: there is {', '.join(cases.SURFACES)}.")
    if arguments.python and not arguments.python.is_file():
        raise environments.NotATarget(f"--python {arguments.python}: no such file.")
    return arguments


def gate(arguments: argparse.Namespace) -> int:
    """Build, run, compare, report."""
    out, timeout = arguments.out, arguments.case_timeout
    expected = known_changes.read(arguments.known) if arguments.known else ()
    out.mkdir(parents=True, exist_ok=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    target = environments.Target(str(arguments.python or arguments.target))
    run, base_name, base = running.Run(), None, None
    found: Findings | None = None
    failure: str | None = None
    shaky: Sequence[str] = ()
    whole: dict = {}
    began = time.monotonic()
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

            def base_of(provenance: dict) -> tuple[str, dict]:
                who = candidate.recognized(target, provenance)
                return given or baseline(None, who, {"provenance": provenance})

            def say(line: str) -> None:
                progress.console.print(line, markup=False, soft_wrap=True)

            watch = early.Watch(target.name, base_of, arguments.surface, say, expected)
            run = running.run(
                python, follow_in(progress, task), timeout, junit=(out / "junit.xml").absolute(), canaries=True,
                options=["-m", "quick"] if arguments.quick else None, watch=watch,
            )  # fmt: skip
            if not run.problem and not run.silent:
                target = candidate.recognized(target, run.seen["provenance"])
                base_name, base = given or baseline(None, target, run.seen)
                if base_name not in releases.calendar():
                    base_name = candidate.called(base["provenance"], target.line)
                whole, base = base, early.asked(base) if arguments.quick else base
                found = findings(target.name, run, base_name, base, arguments.surface, target.python is not None)
                found = replace(found, left_out=(*candidate.remarks(target, run.seen["provenance"]), *found.left_out))
                progress.update(task, description="looking a second time", total=None)
                shaky = unstable(python, found, run.seen, timeout)
    except environments.NotATarget:
        raise
    except (Failure, record.Broken) as error:
        failure = str(error)
    run.seconds = time.monotonic() - began
    report = Report(
        target, run, judge(run, found, failure, shaky, expected=expected, partly=arguments.quick), base_name
    )
    if arguments.quick and base:
        report.judgement = early.quick(report.judgement, whole, base)
    report.age = age_of(target, run.record) if run.record else None
    try:
        if base and base_name and run.record:
            report.scripts = gate_files.write_scripts(report.judgement, run.record, base_name, base, out / "scripts")
        gate_files.write(report, out)
        if run.record and not run.problem:
            record.write(out / RECORD, run.record)
    except OSError as error:
        report.judgement = judge(
            run, found, failure, shaky, unwritten=str(error), expected=expected, partly=arguments.quick
        )
    print(as_text(report))
    return report.judgement.code


def main() -> int:
    """Command line; see the module's first lines."""
    try:
        return gate(arguments_of())
    except environments.NotATarget as error:
        terminal.say(str(error))
        return USAGE
    except KeyboardInterrupt:
        terminal.say("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main())
