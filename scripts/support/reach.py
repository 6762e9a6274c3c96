"""Which cases and claims execute which lines of the code under test: measured once, and kept beside the environments.

A defect, or a commit, is judged by those that execute what it changes, and by no others: no other could tell.
"""

import hashlib
import json
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

from fixtures import cases, sources
from fixtures.claims import load
from fixtures.subjects import ClaimInPlace
from support import environments, terminal
from support.client import Failure
from support.releases import ROOT

TOOL = ROOT / "scripts" / "support" / "lines_by_case.py"


def lines_by_subject(
    release: str, python: Path, files: Iterable[str], surfaces: Collection[str] = cases.SURFACES,
    left_out: Collection[str] = (),
) -> Path:  # fmt: skip
    """Measure what is younger than the last measurement, or observes otherwise now.

    Args:
        release: name of the release.
        python: its interpreter, of Python 3.12 or later.
        files: whose lines count, relative to site-packages.
        surfaces: of the subjects.
        left_out: subjects that are not measured.

    Returns:
        A JSON file: subject -> file -> lines that it executes; of one that the release cannot run, none.

    Raises:
        Failure: the subjects could not be run.
    """
    asked = {"files": sorted(files), "surfaces": sorted(surfaces)}
    key = hashlib.sha256(json.dumps([release, asked]).encode()).hexdigest()[:16]
    path, by = (environments.cache() / f"{word}-{key}.json" for word in ("lines", "lines-by"))
    lines, measured_by = (json.loads(one.read_text()) if one.exists() else {} for one in (path, by))
    wanted = {name: digest for name, digest in digests(surfaces).items() if name not in left_out}
    kept = {name: lines[name] for name, digest in wanted.items() if measured_by.get(name) == digest and name in lines}
    due = wanted.keys() - kept.keys()
    if due:
        terminal.say(f"measuring which lines {len(due)} cases and claims execute in {release} ...")
        told = run_tool(TOOL, python, {**asked, "left_out": [*kept, *left_out]}, path.with_suffix(".part"))
        path.write_text(json.dumps({**kept, **{name: told.get(name, {}) for name in due}}))
        by.write_text(json.dumps(wanted))
    return path


def digests(surfaces: Collection[str]) -> dict[str, str]:
    """Subject -> a digest of what it observes, of all cases and claims of some surfaces."""
    observed = {name: [case] for name, case in cases.known().items() if case.surface in surfaces}
    for claim in load().values():
        for surface, program in claim.places:
            if surface in surfaces:
                observed[str(ClaimInPlace(claim.id, surface, program))] = claim.cases(surface, program)
    ids = {name: sorted(case.id for case in each) for name, each in observed.items()}
    of_observers = sources.digests({case for each in ids.values() for case in each})
    return {
        name: hashlib.sha256(
            json.dumps([[case, of_observers[sources.observer_of(case)]] for case in each]).encode()
        ).hexdigest()[:10]
        for name, each in ids.items()
    }


def run_tool(tool: Path, python: Path, asked: dict, part: Path) -> dict[str, dict[str, list[int]]]:
    """What ``lines_by_case.py``, of this checkout or of another, says: subject -> file -> lines."""
    part.write_text(json.dumps(asked))
    done = subprocess.run([str(python), str(tool), str(part)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"what the cases execute could not be measured: {(done.stderr.splitlines() or ['?'])[-1]}")
    told = json.loads(part.read_text())
    part.unlink()
    return told
