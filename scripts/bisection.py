"""Find where the answer to a claim or a case changed: in which release, which nightly, and which commit.

    uv run scripts/bisection.py training-true-when-built-holds-in-predict keras==3.15.1 keras-nightly
    uv run scripts/bisection.py "frozen-layer-infers tf.keras" 1.15.5 2.1.4
    uv run scripts/bisection.py CASE-ID 2.21.0 nightly
    uv run scripts/bisection.py CLAIM keras==3.15.1 keras-nightly --checkout ~/keras     by the commits of a checkout
    uv run scripts/bisection.py CLAIM v3.14.0 master --checkout ~/keras

GOOD and BAD are releases or nightlies of one package (2.21.0, nightly, tf-nightly==2.23.0.dev20261001, keras==3.15.1,
keras-nightly, keras-nightly==3.16.0.dev2026100103), or revisions of a checkout of Keras. First the calendar is halved,
then the nightlies that the package index still has; with --checkout, instead of these, the commits, which are pure
Python and need no build. Records answer what they can; every other step is one environment and the cases that decide.

What was answered is kept in the cache: a search that was interrupted goes on where it was. (It is not called bisect.py:
Python's own module of that name must stay the one that is imported.)

Exit codes: 0 found; 2 an end, or what lies between the neighbours that were found, could not be judged; 64 wrong usage,
and ends that do not differ.
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

import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("subject", metavar="CLAIM|CASE", help='a claim, "CLAIM SURFACE [PROGRAM]", or the id of a case')
    parser.add_argument("good", metavar="GOOD", help="where it still is as it should be")
    parser.add_argument("bad", metavar="BAD", help="where it is not")
    parser.add_argument("--checkout", type=Path, metavar="DIR", help="a git checkout of Keras: go through its commits")
    parser.add_argument(
        "--case-timeout", type=amounts.seconds, default=120.0, help="seconds after which a case counts as hung"
    )
    return parser


asked.for_help(__name__, options)

from support import search, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.environments import NotATarget  # noqa: E402
from support.terminal import NOT_JUDGED, USAGE  # noqa: E402

from fixtures.record import Broken  # noqa: E402


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what is half made is removed
    try:
        arguments = parser.parse_args()
        found = search.search(
            arguments.subject, arguments.good, arguments.bad, arguments.checkout, arguments.case_timeout, terminal.say
        )
    except NotATarget as error:
        terminal.say(str(error))
        return USAGE
    except (Failure, Broken) as error:
        terminal.say(f"not judged: {error}")
        return NOT_JUDGED
    except KeyboardInterrupt:
        terminal.say("interrupted: what was answered is kept, and the same command goes on from there")
        return 130
    print("\n".join(search.told(found)))
    return NOT_JUDGED if found.between else 0


if __name__ == "__main__":
    sys.exit(main())
