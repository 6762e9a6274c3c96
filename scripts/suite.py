"""Run the tests: on the newest stable TensorFlow, on another release, or all tests of this project.

    uv run scripts/suite.py                        the suite, on the newest stable TensorFlow
    uv run scripts/suite.py 1.15.5 -k frozen       on a release; what follows is for pytest
    uv run scripts/suite.py dev                    all tests, also those of the suite itself
    uv run scripts/suite.py dev tests/harness -m "not slow"

The environment of a release is built on first use, from its hashed requirement file. In an environment that holds a
TensorFlow already: python -m pytest.

Exit codes: those of pytest; 2 the environment cannot be built; 64 no such release.
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

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

DEVELOPMENT = "dev"
# The suite observes side by side from one import; each process of xdist would import, and convert Keras' source, anew.
ALL = (["tests/tf1_compat", "tests/keras_v2"], ["-n", "2", "tests/harness", "tests/site"])


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("place", nargs="?", metavar="RELEASE|dev", help="default: the newest stable TensorFlow")
    parser.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="of pytest")
    return parser


asked.for_help(__name__, options)

from support import development, environments, releases, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.terminal import NOT_JUDGED, USAGE  # noqa: E402


def run(words: list[str]) -> int:
    """Run pytest, and return its exit code.

    Args:
        words: the command line; its first word names the environment, unless it is an option or a path of tests.

    Raises:
        NotATarget: the first word names no release.
        Failure: its environment cannot be built.
    """
    first = words[0] if words else "-"
    if first == DEVELOPMENT:
        parts = [words[1:]] if words[1:] else ALL
        codes = [development.run("python", "-m", "pytest", *part).returncode for part in parts]
        return next(filter(None, codes), 0)
    if first.startswith("-") or (ROOT / first.partition("::")[0]).exists():
        target = environments.resolve(releases.recorded("tensorflow")[0].name)
    else:
        target, words = environments.resolve(first), words[1:]
    return subprocess.run([str(environments.python(target)), "-m", "pytest", *words], cwd=ROOT, check=False).returncode


def main() -> int:
    """Command line; see the module's first lines."""
    try:
        return run(sys.argv[1:])
    except environments.NotATarget as failure:
        terminal.say(str(failure))
        return USAGE
    except (Failure, OSError) as failure:
        terminal.say(str(failure))
        return NOT_JUDGED


if __name__ == "__main__":
    sys.exit(main())
