"""How quick the quick run is, and what it notices: measured, and told on the page of the proof."""

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fixtures.observing import child_environment, processors
from support import terminal
from support.client import Failure
from support.comparison import environment
from support.learning import NOTICING, learned, left_out, subjects_of
from support.ordering import Learner
from support.releases import ROOT, recorded

OFFICIAL = "official tests"
MEASURED = {  # what is measured -> what it is called
    "quick gate": "`gate.py --quick`",
    "quick gate of a Keras": "the same of a Keras 3, which has one of the APIs",
    "quick": "`pytest -m quick`",
    "whole": "`pytest`: all tests",
    "by one process": "all tests, by one observing process",
    OFFICIAL: "the official tests of the layer, in keras and tf-keras",
}
RESULTS = ROOT / "fixtures" / "proof" / "quick.json"
IMPORTS = 3


def ended_well(command: list[str], variables: dict[str, str] | None = None) -> Callable[[], None]:
    """What runs a command to its end, and raises Failure when its exit code is another than 0."""

    def run() -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **(variables or {})}
        )
        if done.returncode:
            raise Failure(f"{' '.join(command)} ended with exit code {done.returncode}: {done.stdout.strip()[:300]}")

    return run


def timed(work: Callable[[], Any]) -> dict[str, float]:
    """Wall time of some work, and the seconds of the processor that the processes which it started took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": round(time.monotonic() - began, 1), "processor": round(used, 1)}


def measured(
    release: str, python: Path, provenance: dict[str, Any], interpreter: str, official: Callable[[], Any] | None = None
) -> dict[str, Any]:
    """Quick gates, the suite by all processors and by one observing process, and an import beside them, in one run.

    Args:
        release: name of the release.
        python: its interpreter.
        provenance: of its record.
        interpreter: the Python that runs the gate.
        official: runs the official tests of the layer; None to leave them out.
    """
    pinned = child_environment({}, environment({"provenance": provenance}))
    with tempfile.TemporaryDirectory(prefix="batchnorm-quick-") as folder:
        importing = ended_well([str(python), "-c", "import tensorflow"], pinned)
        suite = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        keras = recorded("keras")[0].name

        def gate(name: str) -> list[str]:
            """The quick gate on what is on record: its answer is YES."""
            script = str(ROOT / "scripts" / "gate.py")
            return [interpreter, script, name, "--quick", "--baseline", name, "--out", folder]

        works = {
            "quick gate": ended_well(gate(release)),
            "quick gate of a Keras": ended_well(gate(keras)),
            "quick": ended_well([*suite, "-m", "quick"]),
            "whole": ended_well(suite),
            "by one process": ended_well([*suite, "--observers", "1"]),
            **({OFFICIAL: official} if official else {}),
        }
        terminal.say("import tensorflow ...")
        importing()  # the first reads from the disk
        imports = [timed(importing) for _ in range(IMPORTS)]
        found: dict[str, Any] = {
            "release": release, "processors": processors(), "import": min(imports, key=lambda one: one["wall"]),
        }  # fmt: skip
        for name, work in works.items():
            terminal.say(f"{name} ...")
            found[name] = timed(work)
        return found


def of_quick(of_both: dict[str, tuple[int, int]]) -> list[str]:
    """The part of the page.

    Args:
        of_both: ``whole`` and ``official tests`` -> how many mutants they noticed, of how many that both were given.
    """
    noticing = json.loads(NOTICING.read_text())
    hits, missed, asks = left_out(noticing)
    noticed, asked = len(hits), len(hits) + len(missed) + len(asks)
    order, size = learned(Learner(subjects_of(noticing)), noticing)
    lines = [
        "## The quick run", "",
        "Tests run in an order that is learned from mutants by `scripts/order.py`: first what notices most for each",
        f"second. Its head, {size} of {len(order)} cases and claims, is what `gate.py --quick` and `-m quick` ask.", "",
        "How much it notices is measured by leaving out: mutants that the whole suite notices are in ten parts, and",
        "those of each part are judged by the head of an order that was learned from the other nine. **"
        f"{noticed} of {asked}** mutants,",
        f"drawn by lot, were noticed by a head that did not know them: {noticed / asked:.0%}. Each was asked for some",
        "seconds only, and only whether a test fails: what is not noticed so counts as not noticed.", "",
    ]  # fmt: skip
    if not RESULTS.exists():
        return [*lines, "What it costs is not measured yet: `scripts/order.py --measure`.", ""]
    found = json.loads(RESULTS.read_text())
    lines += [
        f"One run of TensorFlow {found['release']} on {found['processors']} processors, in turn; importing it took",
        f"{found['import']['wall']:.1f} s.", "",
        "| | wall time | in imports | processor time | of all tests | mutants noticed |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    shares = {"quick": (noticed, asked), **of_both}
    for name, means in MEASURED.items():
        if one := found.get(name):
            share = "{} of {}".format(*shares[name]) if name in shares else ""
            lines.append(
                f"| {means} | {one['wall']:.0f} s | {one['wall'] / found['import']['wall']:.0f} | "
                f"{one['processor']:.0f} s | {one['processor'] / found['whole']['processor']:.2f} | {share} |"
            )
    return [*lines, "", *goals(found, noticed / asked)]


def goals(found: dict[str, Any], recall: float) -> list[str]:
    """What was set as a goal before anything was measured, and whether it is met."""
    quick = found["quick"]["processor"] / found["whole"]["processor"]
    imports = found["quick gate"]["wall"] / found["import"]["wall"]
    whole = found["whole"]["wall"] / found["whole"]["processor"]
    rows = [
        ("the quick tests take at most a sixth of the processor time of all tests", f"{quick:.2f}", quick <= 1 / 6),
        ("the quick run notices at least 95 % of the mutants", f"{recall:.0%}", recall >= 0.95),
        ("the quick gate answers within ten imports, on two processors", f"{imports:.0f}", imports <= 10),
        ("on two processors all tests take at most 0.6 of the time of one", f"{whole:.2f}", whole <= 0.6),
    ]
    return ["| goal | measured | |", "|---|---|---|",
            *(f"| {goal} | {value} | {'met' if met else 'not met'} |" for goal, value, met in rows), ""]  # fmt: skip
