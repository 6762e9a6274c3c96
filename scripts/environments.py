"""The environments of the releases: the calendar, requirement files, and what uv builds from them.

    uv run scripts/environments.py refresh               add what was released since to the calendar
    uv run scripts/environments.py lock [RELEASE ...]    write fixtures/releases/RELEASE.txt (default: the missing)
    uv run scripts/environments.py python RELEASE        build if need be; print the interpreter's path
    uv run scripts/environments.py inline [--check]      write into each script what it needs, as it is pinned

Runs on a current Python with uv on PATH. Environments lie outside the repository, in
$BATCHNORM_CACHE (default: ~/.cache/batchnorm-spec).
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "attrs==26.1.0", "covertable==3.2.0", "filelock==4.2.12", "jsonschema==4.26.0",
# "jsonschema-specifications==2025.9.1", "markdown-it-py==4.3.0", "mdurl==0.1.2", "numpy==2.5.5", "packaging==26.3",
# "pip==26.3", "psutil==7.2.2", "pygments==2.21.0", "referencing==0.37.0", "rich==15.0.0", "rpds-py==2026.9.1",
# "ruff==0.17.6"
# ]
# [tool.batchnorm-spec]
# requirements = "requirements/tools.txt"
# ///

import sys
from concurrent.futures import ThreadPoolExecutor

from support import asked


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("refresh", help="add what was released since to the calendar")
    commands.add_parser("lock", help="write requirement files").add_argument("releases", nargs="*")
    commands.add_parser("python", help="print the interpreter of a release").add_argument("release")
    inline_parser = commands.add_parser("inline", help="write into each script what it needs")
    inline_parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when one is not in step")
    return parser


asked.for_help(__name__, options)

from support import environments, inline, releases  # noqa: E402
from support.client import Failure  # noqa: E402


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


def into_scripts(check: bool) -> None:
    """Write the block of each script anew, or only look whether it is what it should be.

    Raises:
        Failure: a script says not what it needs, or --check found one that is not in step.
    """
    for path in inline.scripts():
        text = path.read_text()
        try:
            renewed = inline.renewed(text)
        except inline.NoBlock as error:
            raise Failure(f"scripts/{path.name}: {error}.") from None
        if renewed != text and check:
            raise Failure(f"scripts/{path.name} is not in step: run uv run scripts/environments.py inline.")
        if renewed != text:
            path.write_text(renewed)
            print(path.name, flush=True)


def main() -> int:
    """Command line; see the module's first lines."""
    arguments = options().parse_args()
    try:
        if arguments.command == "python":
            print(environments.python(environments.resolve(arguments.release)))
        elif arguments.command == "lock":
            lock(arguments.releases)
        elif arguments.command == "inline":
            into_scripts(arguments.check)
        else:
            refresh()
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
