"""No wolf: run releases again and again under other circumstances; no case may change its verdict.

    uv run scripts/repeat.py                       every release of the calendar
    uv run scripts/repeat.py 1.15.5 2.21.0         these
    uv run scripts/repeat.py --share 10            a tenth of the cases and claims, another one each time
    uv run scripts/repeat.py --ephemeral           and delete each environment when its ten repetitions are done

A release takes another tenth in each of its ten repetitions, so that with ``--share 10`` every case has its turn;
with smaller shares the next release goes on where this one ended.
Each repetition has one circumstance: threads, oneDNN, order of the tests, processes, hash seed, language and
time zone, a read-only checkout, a path with spaces, PYTHONDONTWRITEBYTECODE. Every run is judged like any
other, and its record is compared with the one that is committed; a patch release without a record is compared
with the newest patch that has one, so that a difference between patches is an alarm too. An alarm is true where
the record says that a circumstance breaks the release (``BREAKS``) and the alarm is gone without what breaks it;
there it must come. Results are kept in ``fixtures/proof/repetitions.json`` after each run: kill it whenever you
like, and start it again. A repetition is run if it has no result, or one of fewer cases than are asked for now;
that one stays if no more can be judged.

Exit codes: 0 no false alarm; 1 a verdict changed, or a true alarm did not come; 2 a run could not be judged; 64
wrong usage.
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

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("releases", nargs="*", help="names of the calendar (default: all)")
    parser.add_argument(
        "--share", type=amounts.count, default=1, metavar="N", help="of the cases and claims, only each N-th"
    )
    parser.add_argument("--again", action="store_true", help="also what was judged with as many cases before")
    parser.add_argument("--jobs", type=amounts.count, default=1, help="releases at once (default: %(default)s)")
    parser.add_argument("--ephemeral", action="store_true", help="delete each environment when it was used")
    parser.add_argument(
        "--case-timeout", type=amounts.seconds, default=120.0, help="seconds after which a case counts as hung"
    )
    return parser


asked.for_help(__name__, options)

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402
from support import comparison, environments, releases, running, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.comparison import Side  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import record  # noqa: E402
from fixtures.claims import REFUTED  # noqa: E402
from fixtures.subjects import claim_of  # noqa: E402

SAME, FALSE_ALARM, TRUE_ALARM, MISSED, NOT_JUDGED_HERE = "same", "false alarm", "true alarm", "missed", "not judged"
RESULTS = ROOT / "fixtures" / "proof" / "repetitions.json"
NEEDED = ["conftest.py", "pyproject.toml", "fixtures", "tests"]  # of a checkout, to run the suite


@dataclass(frozen=True)
class Circumstance:
    """What is different in one repetition.

    Attributes:
        name: in words.
        variables: environment variables.
        options: of pytest.
        shuffled: whether the tests run in another order.
        checkout: ``"spaces"`` or ``"read-only"``, for a checkout of that kind.
    """

    name: str
    variables: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    shuffled: bool = False
    checkout: str = ""


def threads(number: str) -> dict[str, str]:
    """Environment variables for so many threads; 0 is TensorFlow's own choice."""
    return {name: number for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")}


CIRCUMSTANCES = (
    Circumstance("as in the record"),
    Circumstance("two threads", {**threads("2"), "OMP_NUM_THREADS": "2"}),
    Circumstance("threads as TensorFlow likes", threads("0")),
    Circumstance("oneDNN on", {"TF_ENABLE_ONEDNN_OPTS": "1"}),
    Circumstance("oneDNN on, two threads", {"TF_ENABLE_ONEDNN_OPTS": "1", **threads("2"), "OMP_NUM_THREADS": "2"}),
    Circumstance("another order and hash seed", {"PYTHONHASHSEED": "4711"}, shuffled=True),
    Circumstance("two processes", options=("-n", "2")),
    Circumstance("language C, time zone of the Chatham Islands", {"LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Chatham"}),
    Circumstance("read-only checkout", {"PYTHONDONTWRITEBYTECODE": "1"}, checkout="read-only"),
    Circumstance("path with spaces", {"PYTHONHASHSEED": "0"}, checkout="a path with spaces"),
)  # fmt: skip


# Claim -> what a circumstance switches on of which it says that nothing changes. Where it is refuted, alarms are true.
BREAKS = {"onednn-computes-the-same": ("TF_ENABLE_ONEDNN_OPTS", "1")}


def broken_by(circumstance: Circumstance, base: dict[str, Any]) -> list[str]:
    """The claims of ``BREAKS`` that a release's record refutes, and that this circumstance puts to the test."""
    refuted = {claim_of(name) for name, verdict in base["verdicts"].items() if verdict == REFUTED}
    return [
        claim for claim, (name, value) in BREAKS.items()
        if claim in refuted and circumstance.variables.get(name) == value
    ]  # fmt: skip


@contextlib.contextmanager
def checkout(kind: str) -> Iterator[Path]:
    """The suite in a folder of this kind.

    Raises:
        Failure: root may write everywhere, and a read-only mount is not allowed here.
    """
    if not kind:
        yield ROOT
        return
    with tempfile.TemporaryDirectory(prefix="batchnorm-checkout-") as name:
        copy = Path(name) / kind
        for part in NEEDED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__", "observed", "proof"))
            else:
                copy.mkdir(exist_ok=True)
                shutil.copy(source, copy / part)
        if kind != "read-only":
            yield copy
        elif os.geteuid():
            subprocess.run(["chmod", "-R", "a-w", str(copy)], check=True)
            try:
                yield copy
            finally:
                subprocess.run(["chmod", "-R", "u+w", str(copy)], check=True)
        else:
            mounted = ["mount", "--bind", "-o", "ro", str(copy), str(copy)]
            if subprocess.run(mounted, capture_output=True, check=False).returncode:
                raise Failure("a read-only checkout cannot be made here: root may write, and must not mount.")
            try:
                yield copy
            finally:
                subprocess.run(["umount", str(copy)], check=True)


def keep_mounts_private() -> None:
    """Give this process, as far as it may, mounts of its own: they go with it, however it ends.

    Call it before any other thread runs; threads and processes that begin later share the mounts.
    """
    with contextlib.suppress(OSError, AttributeError):  # not allowed, or not on Linux
        os.unshare(os.CLONE_NEWNS)
        subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, check=False)


def share_of(subjects: list[str], number: int, of: int, shuffled: bool) -> list[str]:
    """The number-th of so many parts of the cases and claims, in the usual order or another."""
    part = sorted(subjects)
    random.Random(0).shuffle(part)
    part = part[number % of :: of]
    return part if shuffled else [name for name in subjects if name in set(part)]


def turn(release: releases.Release, number: int) -> int:
    """Which part of the cases is due: another in each circumstance, and the next release goes on from there."""
    return list(releases.calendar()).index(release.name) * len(CIRCUMSTANCES) + number


@dataclass
class Seen:
    """One run, held against the committed record.

    Attributes:
        run: what ran.
        alarms: subject -> in which way it differs.
        bits: how many observations differ in bits only.
    """

    run: running.Run
    alarms: dict[str, str] = field(default_factory=dict)
    bits: int = 0


def observed(
    python: Path, base: dict[str, Any], circumstance: Circumstance, only: list[str] | None, patience: float
) -> Seen:
    """Run under a circumstance; a failed test is an alarm, and so is an observation that is not the one on record."""
    with checkout(circumstance.checkout) as folder:
        result = running.run(
            python, case_timeout=patience, only=only, variables=circumstance.variables,
            options=list(circumstance.options), checkout=folder,
        )  # fmt: skip
    found = Seen(result, dict(result.failures))
    if result.problem:
        return found
    seen = result.seen
    held = {  # of the record, what ran this time
        "provenance": base["provenance"],
        "observations": {k: v for k, v in base["observations"].items() if k in seen["observations"]},
        "verdicts": {k: v for k, v in base["verdicts"].items() if k in seen["verdicts"]},
    }
    for surface in comparison.surfaces(seen):
        compared = comparison.compare(Side("record", surface, held), Side("repetition", surface, seen))
        for change in compared.changes:
            found.alarms.setdefault(change.subject, f"{change.field} was {change.before}, is {change.after}")
        found.bits += len(compared.drifted)
    return found


def repeat(release: releases.Release, number: int, share: int, case_timeout: float) -> dict[str, Any]:
    """One release under one circumstance, against its committed record, or that of the newest patch that has one.

    Where the record says that the circumstance breaks the release, the alarms are run once more without what breaks
    it: those that come again have another cause, and are false.
    """
    circumstance = CIRCUMSTANCES[number]
    like = releases.like(release)
    base = record.read(like.record)
    subjects = [name for name in base["observations"] if not name.startswith("scenario-")] + list(base["verdicts"])
    only = None
    if share > 1 or circumstance.shuffled:
        only = share_of(subjects, turn(release, number), share, circumstance.shuffled)
    python = environments.python(environments.Target(release.name, release))
    seen = observed(python, base, circumstance, only, case_timeout)
    told: dict[str, Any] = {"tests": len(seen.run.outcomes), "seconds": round(seen.run.seconds, 1), "share": share}
    if like != release:
        told["like"] = like.name
    if seen.run.problem:
        return {"result": NOT_JUDGED_HERE, "why": seen.run.problem, **told}
    broken = broken_by(circumstance, base)
    if broken and not seen.alarms:
        return {"result": MISSED, "because": broken, **told}
    if broken:
        breaking = {BREAKS[claim][0] for claim in broken}
        unbroken = {name: value for name, value in circumstance.variables.items() if name not in breaking}
        control = observed(
            python, base, replace(circumstance, variables=unbroken), comparison.runnable(seen.alarms), case_timeout
        )
        if control.run.problem:
            return {"result": NOT_JUDGED_HERE, "why": control.run.problem, **told}
        if not control.alarms:
            alarms = [f"{subject}: {sentence}" for subject, sentence in seen.alarms.items()]
            return {"result": TRUE_ALARM, "because": broken, "alarms": alarms[:5], "gone_without": len(alarms), **told}
        seen.alarms = control.alarms
    alarms = [f"{subject}: {sentence}" for subject, sentence in seen.alarms.items()]
    used, where = comparison.largest_part_of_bound(seen.run.seen)
    return {
        "result": FALSE_ALARM if alarms else SAME, "alarms": alarms[:5], "observations_in_other_bits": seen.bits,
        "most_of_a_bound_used": round(used, 3), "by": where, **told,
    }  # fmt: skip


def load() -> dict[str, Any]:
    """The results so far: ``"release, circumstance"`` -> result."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def judged(result: dict[str, Any] | None) -> bool:
    """Whether a repetition has a result that stands."""
    return result is not None and result["result"] != NOT_JUDGED_HERE


def due(result: dict[str, Any] | None, share: int) -> bool:
    """Whether a repetition has no result yet that stands, or one of a smaller part of the cases than is asked for."""
    return result is None or not judged(result) or result["share"] > share


def save(results: dict[str, Any]) -> None:
    """Keep the results, whole or as they were."""
    RESULTS.parent.mkdir(exist_ok=True)
    temporary = RESULTS.with_suffix(".part")
    temporary.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    temporary.replace(RESULTS)


def count(results: dict[str, Any]) -> str:
    """How many repetitions came to which end."""
    ends = [result["result"] for result in results.values()]
    return ", ".join(f"{ends.count(end)} {end}" for end in (SAME, FALSE_ALARM, TRUE_ALARM, MISSED, NOT_JUDGED_HERE))


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        known = releases.calendar()
        unknown = [name for name in arguments.releases if name not in known]
        if unknown:
            raise environments.NotATarget(f"{', '.join(unknown)}: no such release in the calendar.")
    except environments.NotATarget as error:
        terminal.say(str(error))
        return USAGE
    keep_mounts_private()
    results, lock = load(), threading.Lock()
    not_judged: dict[str, dict[str, Any]] = {}
    waiting = [
        (known[name], [
            number for number, circumstance in enumerate(CIRCUMSTANCES)
            if arguments.again or due(results.get(f"{name}, {circumstance.name}"), arguments.share)
        ]) for name in arguments.releases or known
    ]  # fmt: skip
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal.console()) as bar:
        task = bar.add_task("repetitions", total=sum(len(numbers) for _, numbers in waiting))

        def note(release: releases.Release, number: int, result: dict[str, Any]) -> None:
            name = f"{release.name}, {CIRCUMSTANCES[number].name}"
            with lock:
                if judged(result) or not judged(results.get(name)):
                    results[name] = result
                    save(results)
                else:  # what was judged before, of fewer cases, stays on file
                    not_judged[name] = result
                bar.update(task, advance=1)
                if not terminal.console().is_terminal:
                    terminal.say(f"{name}: {json.dumps(result)[:300]}")

        def one(job: tuple[releases.Release, list[int]]) -> None:
            release, numbers = job
            for number in numbers:
                try:
                    result = repeat(release, number, arguments.share, arguments.case_timeout)
                except (Failure, record.Broken, OSError) as error:
                    result = {"result": NOT_JUDGED_HERE, "why": str(error)}
                note(release, number, result)
            if arguments.ephemeral:
                environments.drop(environments.Target(release.name, release))

        with ThreadPoolExecutor(arguments.jobs) as pool:
            list(pool.map(one, [job for job in waiting if job[1]]))
    told = {**results, **not_judged}
    terminal.say(count(told))
    for name, result in told.items():
        if result["result"] != SAME:
            print(f"{name}: {result['result']}: {(result.get('alarms') or [result.get('why')])[0]}")
    ends = {result["result"] for result in told.values()}
    return CHANGED if ends & {FALSE_ALARM, MISSED} else NOT_JUDGED if NOT_JUDGED_HERE in ends else UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
