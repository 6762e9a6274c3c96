"""How quick the quick run is, and what it notices: measured, and told on the page of the proof."""

import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from fixtures.observing import child_environment, processors
from support.client import Failure
from support.comparison import environment
from support.learning import NOTICING, learned, left_out, subjects_of
from support.ordering import Learner
from support.releases import ROOT

RESULTS = ROOT / "fixtures" / "proof" / "quick.json"
IMPORTS = 3


def timed(command: list[str], variables: dict[str, str] | None = None) -> dict[str, float]:
    """Wall time of a command, and the seconds of the processor that it and its children took.

    Raises:
        Failure: it ended with another exit code than 0.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **(variables or {})}
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise Failure(f"{' '.join(command)} ended with exit code {done.returncode}: {done.stdout.strip()[:300]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": round(time.monotonic() - began, 1), "processor": round(used, 1)}


def measured(release: str, python: Path, provenance: dict[str, Any], interpreter: str) -> dict[str, Any]:
    """The quick gate, the suite by all processors and by one observing process, and an import beside them, in one run.

    Args:
        release: name of the release.
        python: its interpreter.
        provenance: of its record.
        interpreter: the Python that runs the gate.
    """
    pinned = child_environment({}, environment({"provenance": provenance}))
    imports = [timed([str(python), "-c", "import tensorflow"], pinned) for _ in range(IMPORTS + 1)][
        1:
    ]  # the first warms
    with tempfile.TemporaryDirectory(prefix="batchnorm-quick-") as folder:
        gate = [interpreter, str(ROOT / "scripts" / "gate.py"), release, "--quick", "--out", folder]
        suite = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return {
            "release": release,
            "processors": processors(),
            "import": min(imports, key=lambda one: one["wall"]),
            "quick gate": timed(gate),
            "quick": timed([*suite, "-m", "quick"]),
            "whole": timed(suite),
            "by one process": timed([*suite, "--observers", "1"]),
        }


def of_quick() -> list[str]:
    """The part of the page."""
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
        f"One run of TensorFlow {found['release']} on {found['processors']} processors, in turn: the quick gate, the",
        "quick tests, all tests, and all tests by one observing process.", "",
        "| | wall time | in imports of TensorFlow | processor time | of all tests |", "|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {name} | {one['wall']:.0f} s | {one['wall'] / found['import']['wall']:.1f} | {one['processor']:.0f} s | "
        f"{one['processor'] / found['whole']['processor']:.2f} |"
        for name, one in found.items() if name in ("quick gate", "quick", "whole", "by one process")
    ]  # fmt: skip
    return [*lines, ""]
