"""The environment in which this project is developed: the newest TensorFlow, pytest and linters, all of it pinned."""

import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
UV = ["uv", "run", "--quiet", "--no-project", "--python", "3.13", "--with-requirements", str(REQUIREMENTS)]


def run(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in it, in the checkout; uv makes the environment, and checks the hashes of what it installs.

    Args:
        words: the command.
        how: options of ``subprocess.run``.

    Raises:
        FileNotFoundError: uv is not on PATH.
    """
    environment = dict(how.pop("env", os.environ))
    environment.pop("VIRTUAL_ENV", None)  # that of the script that asks: uv would build on it
    return subprocess.run([*UV, *words], cwd=ROOT, env=environment, check=False, text=True, **how)
