"""Run the release calendar, or a part of it, and write one record for each release.

    uv run scripts/matrix.py                         what no record holds yet, of every release
    uv run scripts/matrix.py --newest-patches        of those whose records are kept here
    uv run scripts/matrix.py 1.15.5 2.15.1 nightly   these
    uv run scripts/matrix.py --shard 2/8             the second of eight equal parts
    uv run scripts/matrix.py --list-json             the names, for the matrix of a CI job

Releases run side by side, as many as cores and memory allow, in the order in which they are named; if none is,
the newest first: they hold the most APIs and take the longest. At the end a table says where the time went. A
release that has its record already is left out, unless --again is given. Of a record that lacks cases which the
suite has got since, or holds some that other code observed, only those run: kill the run whenever you like, and
start it again. A release that cannot be judged does not stop the others.

What several of the committed records hold stands once, in ``shared.json`` beside them; with --records each is whole.

Exit codes: 0 every record was written and is as specified; 1 a behaviour differs from the specification;
2 a release could not be judged, or what records share not put together; 64 wrong usage.
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
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("releases", nargs="*", help="names of the calendar (default: all)")
    parser.add_argument("--line", choices=["tensorflow", "keras"], help="only this line of releases")
    parser.add_argument(
        "--newest-patches", action="store_true", help="no patch that is neither the newest nor on record"
    )
    parser.add_argument("--shard", metavar="i/n", help="only the i-th of n parts")
    parser.add_argument("--again", action="store_true", help="also releases that have a record")
    parser.add_argument(
        "--jobs", type=amounts.count, metavar="N", help="releases at once (default: what cores and memory allow)"
    )
    parser.add_argument("--ephemeral", action="store_true", help="delete each environment when it was used")
    parser.add_argument("--records", type=Path, default=ROOT / "fixtures" / "observed", help="folder of the records")
    parser.add_argument(
        "--case-timeout", type=amounts.seconds, default=120.0, help="seconds after which a case counts as hung"
    )
    parser.add_argument("--list-json", action="store_true", help="print the chosen names as JSON, and end")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write what became of each release, as JSON")
    return parser


asked.for_help(__name__, options)

import psutil  # noqa: E402
from rich.live import Live  # noqa: E402
from rich.table import Table  # noqa: E402
from support import comparison, environments, releases, running, standing, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import counting, installed, record, sources, subjects  # noqa: E402
from fixtures.claims import load  # noqa: E402
from fixtures.observing import processors  # noqa: E402

MEMORY_OF_A_RUN = 2.5 * 2**30  # observer, its workers and pytest, at the largest release measured
DIFFERS, RECORDED, UNJUDGED, KEPT = "differs", "recorded", "not judged", "has its record"


@dataclass
class Job:
    """One release on its way."""

    release: releases.Release
    state: str = "waiting"
    progress: running.Progress = field(default_factory=running.Progress)
    why: str = ""
    began: float = 0.0
    installing: float = 0.0
    importing: float = 0.0
    observing: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    observers: int = 1

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self.state in ("installing", "running")


def chosen(arguments: argparse.Namespace) -> list[releases.Release]:
    """The releases that were asked for.

    Raises:
        NotATarget: a name is not in the calendar, or the shard is none.
    """
    known = releases.calendar()
    unknown = [name for name in arguments.releases if name not in known]
    if unknown:
        raise environments.NotATarget(
            f"{', '.join(unknown)}: not in the calendar; see fixtures/releases/calendar.json."
        )
    names = arguments.releases or list(known)
    if arguments.line:
        names = [name for name in names if known[name].line == arguments.line]
    if arguments.newest_patches:
        names = newest_patches(names, known)
    if arguments.shard:
        try:
            number, of = map(int, arguments.shard.split("/"))
        except ValueError:
            number = of = 0
        if not 1 <= number <= of:
            raise environments.NotATarget(f"--shard {arguments.shard}: give i/n, with i from 1 to n.")
        names = names[number - 1 :: of]
    return [known[name] for name in names]


def newest_patches(names: list[str], known: dict[str, releases.Release]) -> list[str]:
    """The newest patch of each minor release, nightlies, and what has a committed record beside them."""
    newest: dict[tuple, str] = {}
    for name in names:
        version = known[name].version
        newest[known[name].line, version.release[:2] if version else name] = name
    return [name for name in names if name in newest.values() or known[name].record.is_file()]


def usable(release: releases.Release, folder: Path) -> dict | None:
    """The record that a release has already, if it stands: whole, of this suite and of the packages that are pinned."""
    try:
        seen = standing.followed(record.read(folder / f"{release.name}.json"))
    except record.Broken:
        return None
    made = seen["provenance"]
    stands = made.get("complete") and made["suite"] == record.SUITE and not releases.of_other_packages(release, made)
    return seen if stands else None


def kept(release: releases.Release, folder: Path) -> bool:
    """Whether a release has a record that stands and lacks nothing."""
    seen = usable(release, folder)
    if seen is None or standing.lacking(seen):
        return False
    if seen != record.read(folder / f"{release.name}.json"):  # by other names
        record.write(str(folder / f"{release.name}.json"), seen)
    return True


def joined(before: dict, added: dict) -> dict | None:
    """A record with what it lacked, seen later, and without cases and claims that the suite gave up.

    A verdict that rests on a case which was seen anew is the new one, or none, if the new run came to none. Another
    machine may have seen it: the record says which. None if other packages were under test.
    """
    then, now = ({k: v for k, v in one["provenance"].items() if k != "complete"} for one in (before, added))
    if any(then.get(name) != now.get(name) for name in record.UNDER_TEST):
        return None
    known = comparison.known_cases()
    observations = {k: v for k, v in {**before["observations"], **added["observations"]}.items() if k in known}
    observers = {**before["observers"], **added["observers"]}
    elsewhere = {k: v for k, v in before["elsewhere"].items() if k in observations and k not in added["observations"]}
    if then != now:
        elsewhere.update({k: now for k in added["observations"] if k in observations})
    env = comparison.environment(before)
    verdicts = {}
    for claim in load().values():
        for surface, program in claim.places:
            subject = str(subjects.ClaimInPlace(claim.id, surface, program))
            deciding = installed.deciding(claim, surface, program, env)
            anew = any(case.id in added["observations"] for case in deciding)
            verdict = added["verdicts"].get(subject) or (None if anew else before["verdicts"].get(subject))
            if verdict:
                verdicts[subject] = verdict
    return {
        "provenance": before["provenance"], "counts": counting.expected(env),
        "verdicts": verdicts,
        "observers": {name: observers[name] for name in map(sources.observer_of, observations)},
        "observations": observations, "elsewhere": elsewhere,
    }  # fmt: skip


def judge(job: Job, folder: Path, ephemeral: bool, case_timeout: float, again: bool = False) -> None:
    """Install, run, write the record; whatever happens becomes the job's state.

    A record that stands, but lacks cases which the suite has got since or holds some that other code observed, is
    completed: only those run, on whatever machine. With other packages, or with ``again``, everything does.
    """
    job.began, job.state = time.monotonic(), "installing"
    try:
        target = environments.Target(job.release.name, job.release)
        with environments.environment(target, ephemeral) as python:
            job.installing = time.monotonic() - job.began
            job.state = "running"

            def follow(progress: running.Progress) -> None:
                job.progress = progress

            before = None if again else usable(job.release, folder)
            only = standing.lacking(before) if before else None
            result = running.run(python, follow, case_timeout, only=only, observers=job.observers)
            if before and result.record:
                result.record = joined(before, result.record)
                if result.record is None:  # other packages: nothing of the old record is used
                    result = running.run(python, follow, case_timeout, observers=job.observers)
        job.importing, job.observing = result.import_seconds, result.observing
        job.state, job.why = verdict(result)
        if job.state in (RECORDED, DIFFERS):
            try:
                record.write(folder / f"{job.release.name}.json", result.seen)
            except OSError as error:
                raise Failure(f"the record was not written to {folder}: {error.strerror}.") from None
    except (Failure, OSError) as error:
        job.state, job.why = UNJUDGED, str(error)
    job.seconds = time.monotonic() - job.began


def verdict(result: running.Run) -> tuple[str, str]:
    """State of a job whose run has ended, and why."""
    if result.problem:
        return UNJUDGED, result.problem
    ended = [name for name, seen in result.seen["observations"].items() if "ended" in seen]
    if ended:
        first = comparison.failure_of(ended[0], result.failures) or ended[0]
        return UNJUDGED, f"{len(ended)} cases gave no observation, first: {first}"
    if not result.seen["provenance"].get("complete"):
        return UNJUDGED, "the run was not complete."
    if result.failures:
        return DIFFERS, f"{len(result.failures)} differ, first: {next(iter(result.failures.values()))}"
    return RECORDED, ""


def table(jobs: list[Job]) -> Table:
    """Where every release stands."""
    grid = Table(title="batch normalization, by release", caption=count(jobs))
    for name in ("release", "state", "tests", "install", "import", "TensorFlow", "in all"):
        grid.add_column(name, justify="left" if name in ("release", "state") else "right")
    grid.add_column("", max_width=60)
    shown = sorted(jobs, key=lambda job: (not job.running, job.state == "waiting"))
    colours = {RECORDED: "green", DIFFERS: "red", UNJUDGED: "red", "waiting": "dim"}
    room = max(5, terminal.console().height - 8)
    for job in shown[:room]:
        tests = f"{job.progress.done}/{job.progress.tests}" if job.progress.tests else ""
        took = job.seconds or (time.monotonic() - job.began if job.began else 0)
        grid.add_row(
            job.release.name, job.state if job.state != "running" else job.progress.phase, tests,
            f"{job.installing:.0f} s" if job.installing else "", f"{job.importing:.0f} s" if job.importing else "",
            f"{sum(job.observing.values()):.0f} s" if job.observing else "",
            terminal.seconds(took) if took else "", job.why[:200], style=colours.get(job.state),
        )  # fmt: skip
    if len(shown) > room:
        grid.add_row(f"… {len(shown) - room} more")
    return grid


def times(jobs: list[Job]) -> Table:
    """Where the time of the releases that ran went: installing, importing, and TensorFlow's calls by kind of case."""
    spent = {"installing": sum(job.installing for job in jobs), "importing": sum(job.importing for job in jobs)}
    for job in jobs:
        for kind, seconds in job.observing.items():
            spent[f"observing {kind}"] = spent.get(f"observing {kind}", 0.0) + seconds
    whole = sum(spent.values())
    grid = Table(title="where the time went", caption="observations of one release run in several processes at once")
    grid.add_column("")
    for name in ("seconds", "share"):
        grid.add_column(name, justify="right")
    for name, seconds in sorted(spent.items(), key=lambda one: -one[1]):
        grid.add_row(name, f"{seconds:.0f}", f"{100 * seconds / whole:.0f} %")
    return grid


def count(jobs: list[Job]) -> str:
    """How many releases are in which state."""
    states = [job.state for job in jobs]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))


def side_by_side() -> int:
    """As many releases at once as cores and free memory allow."""
    return max(1, min(processors(), int(psutil.virtual_memory().available // MEMORY_OF_A_RUN)))


def in_turn(jobs: list[Job], named: bool) -> list[Job]:
    """Those that must run, in the order in which the caller named them, or the newest first."""
    return [job for job in (jobs if named else reversed(jobs)) if job.state != KEPT]


def run(jobs: list[Job], arguments: argparse.Namespace) -> None:
    """Run all jobs, with a live table in a terminal and a line for each end elsewhere."""
    console, lock = terminal.console(), threading.Lock()

    def one(job: Job) -> None:
        judge(job, arguments.records, arguments.ephemeral, arguments.case_timeout, arguments.again)
        if not console.is_terminal:
            with lock:
                terminal.say(f"{job.release.name}: {job.state} after {terminal.seconds(job.seconds)} {job.why}")

    at_once = arguments.jobs or side_by_side()
    for job in jobs:  # the cores that other releases leave
        job.observers = max(1, processors() // max(1, min(at_once, len(jobs))))
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(one, job) for job in jobs]
        try:
            if console.is_terminal:
                with Live(table(jobs), console=console, refresh_per_second=2, get_renderable=lambda: table(jobs)):
                    for future in futures:
                        future.result()
            else:
                for future in futures:
                    future.result()
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            terminal.say("interrupted; what was recorded stays, start again to go on")
            os._exit(130)


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        wanted = chosen(arguments)
    except environments.NotATarget as error:
        terminal.say(f"{error}")
        return USAGE
    except Failure as failure:
        terminal.say(str(failure))
        return NOT_JUDGED
    if arguments.list_json:
        print(json.dumps([release.name for release in wanted]))
        return UNCHANGED
    arguments.records.mkdir(parents=True, exist_ok=True)
    jobs = [Job(release) for release in wanted]
    for job in jobs:
        if not arguments.again and kept(job.release, arguments.records):
            job.state = KEPT
    began = time.monotonic()
    ran = in_turn(jobs, bool(arguments.releases))
    run(ran, arguments)
    unshared = None
    if arguments.records.resolve() == parser.get_default("records"):
        try:
            record.share(arguments.records)
        except (record.Broken, OSError) as error:
            unshared = f"nothing is lost, but what the records share was not put together: {error}"
    terminal.console().print(table(jobs))
    if any(job.observing for job in ran):
        terminal.console().print(times(ran))
    terminal.say(f"{count(jobs)}, in {terminal.seconds(time.monotonic() - began)}")
    for job in jobs:
        if job.state in (UNJUDGED, DIFFERS):
            print(f"{job.release.name}: {job.state}: {job.why}")
    if arguments.summary:
        arguments.summary.write_text(json.dumps({
            job.release.name: {
                "state": job.state, "why": job.why, "seconds": round(job.seconds, 1),
                "installing": round(job.installing, 1), "importing": round(job.importing, 1),
                "observing": {kind: round(seconds, 1) for kind, seconds in job.observing.items()},
            } for job in jobs
        }, indent=1) + "\n")  # fmt: skip
    if unshared:
        terminal.say(unshared)
    states = {job.state for job in jobs}
    return NOT_JUDGED if unshared or UNJUDGED in states else CHANGED if DIFFERS in states else UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
