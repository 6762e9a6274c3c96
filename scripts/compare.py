"""What a program meets that moves from one recorded surface and release to another.

    uv run scripts/compare.py tf.layers@1.15.5 keras@2.21.0      what a graph model must expect in Keras 3
    uv run scripts/compare.py tf.keras@1.15.5 tf.keras@2.15.1    what changed between two releases
    uv run scripts/compare.py keras@3.0.5 keras@3.15.1           between two releases of Keras 3
    uv run scripts/compare.py tf.layers@run/record.json keras@2.21.0    a record file in place of a release

For each change: what was, what is now, what to write instead, and what that rests on. What every program meets comes
first, what is better now last; two screens, unless --all is given. --json gives everything as data.

Exit codes: 0 nothing differs; 1 something does; 2 a record cannot be used; 64 wrong usage.
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

import json
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("before", help="SURFACE@RELEASE")
    parser.add_argument("after", help="SURFACE@RELEASE")
    parser.add_argument("--all", action="store_true", help="tell the rare changes, and all statements, at length, too")
    parser.add_argument("--json", action="store_true", help="print everything as data instead of sentences")
    return parser


asked.for_help(__name__, options)

from support import comparison, moving, releases, standing, terminal  # noqa: E402
from support.comparison import Side  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import cases, record  # noqa: E402


class NotAPair(Exception):
    """An argument does not name a recorded surface; the message is one sentence."""


def side(text: str) -> Side:
    """``surface@release`` or ``surface@record file``.

    Raises:
        NotAPair: no such surface or release, or the release does not have the surface.
        Broken: its record cannot be used.
    """
    surface, _, name = text.partition("@")
    if surface not in cases.SURFACES or not name:
        raise NotAPair(f"{text}: write SURFACE@RELEASE, with a surface of {', '.join(cases.SURFACES)}.")
    known = releases.calendar()
    name = releases.spelled(name)
    if surface == cases.KERAS3 and f"keras-{name}" in known:
        name = f"keras-{name}"
    path = known[name].record if name in known else Path(name)
    if name in known and not path.is_file():
        raise NotAPair(f"{name} has no record yet: uv run scripts/matrix.py {name} makes one.")
    if not path.is_file():
        raise NotAPair(f"{name} is neither a release of the calendar nor a record file.")
    found = standing.read(path)
    held = comparison.surfaces(found)
    if surface not in held:
        raise NotAPair(f"the record of {name} holds {', '.join(held)}, but not {surface}.")
    return Side(path.stem, surface, found)


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        before, after = side(arguments.before), side(arguments.after)
    except NotAPair as error:
        terminal.say(str(error))
        return USAGE
    except record.Broken as broken:
        terminal.say(str(broken))
        return NOT_JUDGED
    result = comparison.compare(before, after)
    told = moving.report(result)
    if arguments.json:
        numbers = {"added": result.added, "removed": result.removed, "unchanged": len(result.unchanged)}
        print(json.dumps({**asdict(told), **numbers, "drifted": result.drifted}, indent=1))
    else:
        print("\n".join(moving.lines(told, everything=arguments.all)))
    return CHANGED if result.changes or told.entries else UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
