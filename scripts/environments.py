"""The environments of the releases: the calendar, requirement files, and what uv builds from them.

    python scripts/environments.py refresh               add what was released since to the calendar
    python scripts/environments.py lock [RELEASE ...]    write fixtures/releases/RELEASE.txt (default: the missing)
    python scripts/environments.py python RELEASE        build if need be; print the interpreter's path

Runs on a current Python with uv on PATH. Environments lie outside the repository, in
$BATCHNORM_CACHE (default: ~/.cache/batchnorm-spec).
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from support import environments, releases
from support.client import Failure


def refresh() -> None:
    """Ask what was released since, write the calendar, and say what is new."""
    known = releases.calendar()
    found = releases.refreshed(known, lambda words: print(words, flush=True))
    releases.save(found)
    print(f"{len(found) - len(known)} new, {len(found)} in all")


def lock(names: list[str]) -> None:
    """Write requirement files."""
    known = releases.calendar()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Failure(f"{', '.join(unknown)}: not in the calendar.")
    chosen = [known[name] for name in names] or [
        release for release in known.values() if release.name not in releases.NIGHTLIES and not release.file.exists()
    ]
    with ThreadPoolExecutor(4) as pool:
        for path in pool.map(environments.lock, chosen):
            print(path.name, flush=True)


def main() -> int:
    """Command line; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("refresh", help="add what was released since to the calendar")
    commands.add_parser("lock", help="write requirement files").add_argument("releases", nargs="*")
    commands.add_parser("python", help="print the interpreter of a release").add_argument("release")
    arguments = parser.parse_args()
    try:
        if arguments.command == "python":
            print(environments.python(environments.resolve(arguments.release)))
        elif arguments.command == "lock":
            lock(arguments.releases)
        else:
            refresh()
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
