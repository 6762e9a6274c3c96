"""Sources that Python imports instead of those of an environment, which is never changed."""

import os
from collections.abc import Mapping
from pathlib import Path

from support.releases import ROOT

FOLDER = ROOT / "scripts" / "overlay"  # its sitecustomize.py reads what is said here


def overlay(sources: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write sources into a folder; environment variables that make Python import them.

    Args:
        sources: file of a module, relative to site-packages, -> its text.
        folder: an empty one; it must stay as long as Python runs.
    """
    entries = []
    for number, (file, source) in enumerate(sources.items()):
        path = folder / f"{number}-{Path(file).name}"
        path.write_text(source)
        module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        entries.append(f"{module}={path}")
    return {"PYTHONPATH": python_path(FOLDER), "BATCHNORM_OVERLAY": os.pathsep.join(entries)}


def python_path(*folders: Path) -> str:
    """PYTHONPATH with some folders before those that the user set."""
    return os.pathsep.join(filter(None, [*map(str, folders), os.environ.get("PYTHONPATH", "")]))
