"""Run the Wrong and the Right program of each question of the site on real releases, and write down how they end.

    uv run scripts/recipes.py 1.15.5 2.15.1 keras-3.15.1     these releases; all programs that have no result yet
    uv run scripts/recipes.py --newest-patches               every release that has a record
    uv run scripts/recipes.py 2.21.0 --again --only unfreeze-and-compile

A program asserts what the one who asks wants. It *works*, *fails* (its assert), *raises*, *crashed* or *hung*. The
results are in fixtures/proof/recipes.json, with the digest of each program: one that reads otherwise is run again.

Exit codes: 0 all programs ran; 2 an environment is missing or a question cannot be read; 64 wrong usage.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("releases", nargs="*", metavar="RELEASE")
    parser.add_argument("--newest-patches", action="store_true", help="every release that has a record")
    parser.add_argument("--only", action="append", metavar="QUESTION", help="this question; may be repeated")
    parser.add_argument("--again", action="store_true", help="also what has a result")
    return parser


asked.for_help(__name__, options)

from support import environments, releases, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.site import recipes  # noqa: E402
from support.site.recipes import KINDS, Question, Unreadable  # noqa: E402
from support.terminal import NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

INSIDE = ROOT / "scripts" / "support" / "recipes_in_forks.py"
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "TF_ENABLE_ONEDNN_OPTS": "0"}


def observed(release: str, wanted: list[tuple[Question, str]], legacy: bool) -> dict[str, dict[str, str]]:
    """How programs ended in a release: "name kind" -> result.

    Raises:
        Failure: the environment is not there, or TensorFlow cannot be imported in it.
    """
    old = release.startswith("1.")
    programs = [
        {"name": f"{question.name} {kind}", "text": question.program(kind), "v2": old and question.eager}
        for question, kind in wanted
    ]
    env = {**os.environ, **QUIET}
    for name in ("TF_USE_LEGACY_KERAS", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        env.pop(name, None)
    if legacy:
        env["TF_USE_LEGACY_KERAS"] = "1"
    python = environments.python(environments.resolve(release))
    done = subprocess.run(
        [str(python), str(INSIDE)], input=json.dumps(programs), env=env, capture_output=True, text=True, check=False
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("RESULTS ")]
    if not told:
        raise Failure(f"{release}: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
    return json.loads(told[-1].removeprefix("RESULTS "))


def run(release: str, questions: list[Question], again: bool) -> int:
    """Run what has no result yet in a release, and write it down; how many programs ran."""
    found = recipes.results()
    by_flag: dict[bool, list[tuple[Question, str]]] = {}
    for question in questions:
        setup = recipes.setup_of(question.surface, release)
        for kind in KINDS:
            if setup and question.program(kind) and (again or release not in recipes.seen(found, question, kind)):
                by_flag.setdefault(setup[1], []).append((question, kind))
    count = 0
    for legacy, wanted in by_flag.items():
        ended = observed(release, wanted, legacy)
        found = recipes.results()
        for question, kind in wanted:
            entry = found.setdefault(question.name, {}).setdefault(kind, {"digest": question.digest(kind), "seen": {}})
            if entry["digest"] != question.digest(kind):
                entry.update(digest=question.digest(kind), seen={})
            entry["seen"][release] = ended[f"{question.name} {kind}"]
            entry["seen"] = {name: entry["seen"][name] for name in sorted(entry["seen"], key=releases.order)}
            count += 1
        known = recipes.load()
        kept = {name: found[name] for name in sorted(found) if name in known}
        recipes.RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return count


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        known, calendar = recipes.load(), releases.calendar()
        chosen = [releases.spelled(name) for name in arguments.releases]
        if arguments.newest_patches:
            chosen += [name for name, release in calendar.items() if release.record.is_file()]
        unknown = [name for name in chosen if name not in calendar]
        unknown += [name for name in arguments.only or [] if name not in known]
        if unknown or not chosen:
            terminal.say(f"no such release or question: {', '.join(unknown)}" if unknown else "name a release.")
            return USAGE
        questions = [one for one in known.values() if not arguments.only or one.name in arguments.only]
        for release in chosen:
            print(f"{release}: {run(release, questions, arguments.again)} programs")
    except (Unreadable, Failure, OSError) as error:
        terminal.say(str(error))
        return NOT_JUDGED
    return UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
