"""A git checkout, asked."""

import subprocess
from functools import cache
from pathlib import Path

from support.client import Failure


def git(checkout: Path, *arguments: str) -> str:
    """What git prints.

    Raises:
        Failure: it ended with an error; the message is its last line.
    """
    done = subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"git {arguments[0]}: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
    return done.stdout


@cache
def text(checkout: Path, revision: str, file: str) -> str | None:
    """A file at a revision, None if there was none."""
    try:
        return git(checkout, "show", f"{revision}:{file}")
    except Failure:
        return None
