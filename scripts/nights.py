"""What is new since the night before: a gate's report of a nightly beside the record of the nightly before it.

    uv run scripts/gate.py keras-nightly --out gate-report
    uv run scripts/nights.py gate-report nights/keras-nightly

The gate holds a nightly against the newest release, so that it says the same every night until the next release.
This says which of its changes came in this night, which are gone, in which night each of the others came in, and what
differs from the night before. The second folder is what stays from night to night: the record of the last nightly that
was judged, and the nights in which the changes came in. A night that could not be judged leaves it as it is.

The news stands in the terminal, at the end of the report's summary.md, and as data in its nights.json.

Exit codes: 0 nothing is new; 1 something is; 2 this night was not judged; 64 wrong usage.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("report", type=Path, help="the folder that gate.py wrote")
    parser.add_argument("kept", type=Path, help="the folder that stays from night to night; made on the first")
    return parser


asked.for_help(__name__, options)

from support import nights, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures.record import Broken  # noqa: E402


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        news = nights.news(arguments.report, arguments.kept)
        told = nights.told(news)
        (arguments.report / "nights.json").write_text(json.dumps(nights.as_data(news), indent=1) + "\n")
        with open(arguments.report / "summary.md", "a") as summary:
            summary.write("\n".join(["", "### Since the night before", "", *(f"- {line}" for line in told), ""]))
        nights.keep(news, arguments.kept)
    except nights.NoReport as error:
        terminal.say(str(error))
        return USAGE
    except (Failure, Broken, OSError) as error:
        terminal.say(f"not judged: {error}")
        return NOT_JUDGED
    print("\n".join(told))
    return CHANGED if news.any else UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
