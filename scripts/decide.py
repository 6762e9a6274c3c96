"""Put claims or cases to real releases, and show by release what came: nothing is recorded.

    uv run scripts/decide.py frozen-layer-infers                      in the newest releases and some older ones
    uv run scripts/decide.py frozen-layer-infers --all                in every release that has a record
    uv run scripts/decide.py "frozen-layer-infers keras" 3.15.1 keras-3.0.5
    uv run scripts/decide.py CASE-ID --seen                           and what was observed

This is how a report of a user becomes a claim: write the scenario and the claim, look here what each release
answers, and write the verdicts down. Exit codes: 0 every answer is the one on record; 1 one is not; 2 a release
could not be asked; 64 wrong usage.
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
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("names", nargs="+", metavar="SUBJECT|RELEASE", help="claims, cases, and releases to ask")
    parser.add_argument("--all", action="store_true", help="ask every release that has a record")
    parser.add_argument("--seen", action="store_true", help="show what was observed, too")
    parser.add_argument(
        "--jobs", type=amounts.count, default=2, metavar="N", help="releases at once (default: %(default)s)"
    )
    return parser


asked.for_help(__name__, options)

from support import environments, releases, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures.cases import known  # noqa: E402
from fixtures.claims import load  # noqa: E402
from fixtures.subjects import claim_of  # noqa: E402

# One of each way in which batch normalization has behaved; where answers change between two, ask --all.
SOME = (
    "1.13.2", "1.15.5", "2.0.4", "2.1.4", "2.2.3", "2.4.4", "2.6.5", "2.9.3", "2.11.1", "2.12.1", "2.15.1", "2.21.0",
    "nightly", "keras-3.0.5", "keras-3.4.1", "keras-3.9.2", "keras-3.13.2", "keras-3.15.1", "keras-nightly",
)  # fmt: skip


def ask(release: releases.Release, subjects: list[str]) -> tuple[list[dict], str]:
    """The answers of one release, and the last words of one that has none."""
    try:
        python = environments.python(environments.Target(release.name, release))
    except Failure as failure:
        return [], str(failure)
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [str(python), "-W", "ignore", "-m", "fixtures.deciding", *subjects],
        cwd=ROOT, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return answers, (done.stderr.strip().splitlines() or ["it said nothing"])[-1] if done.returncode else ""


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    known_releases, matrix, claims = releases.calendar(), known(), load()
    try:
        arguments = parser.parse_args()
        chosen = [n for n in map(releases.spelled, arguments.names) if n in known_releases]
        subjects = [n for n in arguments.names if releases.spelled(n) not in known_releases]
        unknown = [n for n in subjects if n not in matrix and claim_of(n) not in claims]
        if unknown or not subjects:
            raise environments.NotATarget(f"{', '.join(unknown) or 'nothing'}: neither a claim, a case nor a release.")
    except environments.NotATarget as error:
        terminal.say(str(error))
        return USAGE
    if arguments.all:
        chosen = [name for name, release in known_releases.items() if release.record.is_file()]
    code = UNCHANGED
    with ThreadPoolExecutor(arguments.jobs) as pool:
        names = chosen or SOME
        for name, (answers, problem) in zip(names, pool.map(lambda n: ask(known_releases[n], subjects), names)):
            for answer in answers:
                record = answer.get("expected", "as expected")
                sign = " " if answer["verdict"] == record else "!"
                print(f"{sign} {name:12} {answer['verdict']:15} {answer['subject']}", flush=True)
                asked_for = arguments.seen or answer["verdict"] == "not decided"  # then what was seen says why
                for line in [*answer.get("wrong", ()), *(answer["seen"] if asked_for else ())]:
                    print(f"      {line[:1000]}")
                if sign == "!":
                    code = max(code, CHANGED)
            if problem:
                print(f"! {name:12} could not be asked: {problem}", flush=True)
                code = NOT_JUDGED
    return code


if __name__ == "__main__":
    sys.exit(main())
