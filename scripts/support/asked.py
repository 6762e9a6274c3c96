"""What a command line is asked, before anything but Python itself is imported."""

import argparse
import sys
from collections.abc import Callable


def for_help(module: str, options: Callable[[], argparse.ArgumentParser]) -> None:
    """Answer ``--help`` and end, where a script is asked for it: that needs none of its libraries, nor their seconds.

    Args:
        module: the ``__name__`` of the script.
        options: makes its parser.
    """
    if module != "__main__" or not {"-h", "--help"}.intersection(sys.argv[1:]):
        return
    try:
        options().parse_args()
    except argparse.ArgumentError:
        return  # the script says what is wrong with the rest, with its own exit code
