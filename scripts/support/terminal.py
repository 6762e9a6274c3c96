"""What people see while they wait, and the exit codes that scripts read."""

import sys

from rich.console import Console

from support import asked

# Exit codes of the gate and of the matrix.
UNCHANGED, CHANGED, NOT_JUDGED, USAGE = 0, 1, 2, asked.USAGE


def console() -> Console:
    """Standard error, so that standard output stays for results; plain when it is not a terminal."""
    return Console(stderr=True, highlight=False)


def say(words: str) -> None:
    """One line on standard error."""
    print(words, file=sys.stderr, flush=True)


def seconds(value: float) -> str:
    """``75.2`` -> ``1:15``."""
    return f"{int(value) // 60}:{int(value) % 60:02d}"
