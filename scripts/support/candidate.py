"""Who the candidate is in an environment that exists: which package is being released, and what it is called."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlparse

from packaging.version import Version

from fixtures.installed import TENSORFLOW_PACKAGES
from support import comparison, releases
from support.environments import Target

PACKAGES = {"keras": ("keras", "keras-nightly"), "tensorflow": TENSORFLOW_PACKAGES}
ASKS = """
import sys
from importlib import metadata
for name in sys.argv[1:]:
    try:
        print(metadata.distribution(name).read_text("direct_url.json") or "")
    except metadata.PackageNotFoundError:
        continue
"""


def checkout(python: Path, line: str) -> Path | None:
    """The folder that a package is imported from, if it is an editable checkout; else None.

    Args:
        python: interpreter of the environment.
        line: ``"tensorflow"`` or ``"keras"``.
    """
    asked = subprocess.run([python, "-c", ASKS, *PACKAGES[line]], capture_output=True, text=True, check=False, cwd="/")
    for said in filter(None, asked.stdout.splitlines()):
        origin = json.loads(said)
        if origin.get("dir_info", {}).get("editable"):
            return Path(unquote(urlparse(origin["url"]).path))
    return None


def commit(folder: Path) -> str | None:
    """The commit of a checkout, and whether there is more in it; None where git does not know one."""

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)

    found = git("rev-parse", "--short=10", "HEAD")
    if found.returncode:
        return None
    changed = git("status", "--porcelain", "--untracked-files=no").stdout.strip()
    return f"commit {found.stdout.strip()}{' and changes that are not committed' if changed else ''}"


def version(provenance: dict, line: str) -> Version | None:
    """The version of a package under test; None for a Keras that is not Keras 3."""
    said = getattr(comparison.environment({"provenance": provenance}), line)
    return Version(said.replace("-dev", ".dev")) if said else None


def line_of(provenance: dict, editable: dict[str, Path | None]) -> str:
    """Which of the two is being released: the one that is a checkout, or whose version has no record; else TensorFlow.

    Args:
        provenance: of the candidate's record.
        editable: ``"tensorflow"`` and ``"keras"`` -> the folder of its checkout, or None.
    """
    new = new_in(provenance, editable)
    return "keras" if new["keras"] and not new["tensorflow"] else "tensorflow"


def new_in(provenance: dict, editable: dict[str, Path | None]) -> dict[str, bool]:
    """``"keras"`` and ``"tensorflow"`` -> whether it is a checkout, or has no record; a Keras 2 is never new."""
    new = {}
    for line in ("keras", "tensorflow"):
        records = {one.version for one in releases.calendar().values() if one.line == line and one.record.is_file()}
        there = version(provenance, line)
        new[line] = there is not None and (editable[line] is not None or there not in records)
    return new


def recognized(target: Target, provenance: dict) -> Target:
    """A target in an environment that exists, with the line that is being released and the commit of a checkout."""
    if target.python is None:
        return target
    editable = {line: checkout(target.python, line) for line in PACKAGES}
    line = line_of(provenance, editable)
    folder = editable[line]
    return replace(target, line=line, commit=commit(folder) if folder else None)


def called(provenance: dict, line: str) -> str:
    """What a record of no release is called: ``Keras 3.16.0.dev2026102704``."""
    if line == "keras" and version(provenance, "keras") is not None:
        return f"Keras {provenance['keras']}"
    return f"TensorFlow {provenance['tensorflow']}"


def remarks(target: Target, provenance: dict) -> list[str]:
    """What a reader must know of an environment that exists: that it holds no candidate of either package."""
    if target.python is None:
        return []
    if any(new_in(provenance, {line: checkout(target.python, line) for line in PACKAGES}).values()):
        return []
    keras = version(provenance, "keras")
    held = f"TensorFlow {provenance['tensorflow']}" + (f" and Keras {keras}" if keras is not None else "")
    return [
        f"no candidate is installed here: {held} {'are' if keras is not None else 'is'} on record already. Its "
        "TensorFlow was judged. To judge a checkout, install it with pip install -e."
    ]
