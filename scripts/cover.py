"""Measure how much of our own code the tests run, branches included, and name what they do not.

    uv run scripts/cover.py            all tests under coverage, then fixtures/proof/coverage.json
    uv run scripts/cover.py --data DIR only write the file, from what an earlier run left in DIR

The tests run in the environment of requirements/dev.txt. Observers and their workers, which are processes of their own,
are measured as well.

Exit codes: 0 measured; 2 a test failed, or nothing could be measured; 64 wrong usage.
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
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="what an earlier run left")
    return parser


asked.for_help(__name__, options)

from support import development, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.terminal import NOT_JUDGED, UNCHANGED  # noqa: E402

RESULTS = ROOT / "fixtures" / "proof" / "coverage.json"


def run(folder: Path) -> None:
    """Run all tests, and leave the data of every process in a folder.

    Raises:
        Failure: a test failed: what ran then says little of what runs otherwise.
    """
    command = ["run", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = development.run("python", "-m", "coverage", *command, env=environment(folder))
    if done.returncode:
        raise Failure("a test failed under coverage: nothing was measured.")


def environment(folder: Path) -> dict[str, str]:
    """Where coverage keeps its data."""
    return {**os.environ, "COVERAGE_FILE": str(folder / "data")}


def report(folder: Path) -> dict[str, Any]:
    """What coverage says, the data of all processes taken together."""
    for command in (["combine", "--quiet", "--keep"], ["json", "--quiet", "-o", str(folder / "report.json")]):
        done = development.run("python", "-m", "coverage", *command, env=environment(folder), capture_output=True)
        if done.returncode:
            raise Failure(f"coverage {command[0]} failed: {(done.stdout + done.stderr).strip().splitlines()[-1]}")
    return json.loads((folder / "report.json").read_text())


def summary(said: dict[str, Any]) -> dict[str, Any]:
    """Percentages, and of each file the functions with lines that did not run."""
    files = {}
    for name, file in said["files"].items():
        if file["summary"]["num_statements"]:
            missing = [function or "the module" for function, part in file["functions"].items()
                       if part["missing_lines"]]  # fmt: skip
            files[name] = {"percent": round(file["summary"]["percent_covered"], 1), "missing": sorted(missing)}
    return {"percent": round(said["totals"]["percent_covered"], 1), "files": files}


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        given = parser.parse_args().data
        with tempfile.TemporaryDirectory(prefix="batchnorm-coverage-") as name:
            folder = given or Path(name)
            if not given:
                run(folder)
            RESULTS.write_text(json.dumps(summary(report(folder)), indent=1, sort_keys=True) + "\n")
    except (Failure, OSError) as failure:
        terminal.say(str(failure))
        return NOT_JUDGED
    terminal.say(f"{json.loads(RESULTS.read_text())['percent']} % of lines and branches: see {RESULTS}")
    return UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
