"""What a command line is asked, before anything but Python itself is imported."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

USAGE = 64  # exit code of wrong usage


class Parser(argparse.ArgumentParser):
    """The command line of a script: its first lines are the help, wrong words are one sentence and exit code 64."""

    def __init__(self, description: str | None = None, **given: Any) -> None:
        super().__init__(description=description, formatter_class=argparse.RawDescriptionHelpFormatter, **given)

    def error(self, message: str) -> NoReturn:
        """End the script."""
        self.exit(USAGE, f"{message}\n")


def for_help(module: str, options: Callable[[], Parser]) -> None:
    """Answer ``--help`` and end, where a script is asked for it: that needs none of its libraries, nor their seconds.

    Args:
        module: the ``__name__`` of the script.
        options: makes its parser.
    """
    if module == "__main__" and {"-h", "--help"}.intersection(sys.argv[1:]):
        options().parse_args()
