"""Write one observation as a program of its own: for a bug report, or to see what a case does.

    uv run scripts/reproduce.py "model_run-keras-tf2-style-method=fit-trainable=False"
    uv run scripts/reproduce.py frozen-layer-infers --out scripts-of-claim
    uv run scripts/reproduce.py "frozen-layer-infers keras tf2-style" --release keras==3.12.4

The subject is a case or a claim, as messages, gate.json, records and the names of tests tell it. The program needs
TensorFlow and numpy, and nothing of this suite. It prints what it sees, holds it against the record of --release
(default: the newest stable one that has the API), and ends with exit code 1 where that is not the same. Some
subjects are several programs: --out FOLDER takes each as a file.

Exit codes: 0 written; 2 a record cannot be used, or the case is no program of its own; 64 wrong usage.
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

import difflib
import functools
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("subject", help="a case or a claim")
    parser.add_argument("--release", metavar="RELEASE", help="compare with the record of this release")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write a file for each program into this folder")
    return parser


asked.for_help(__name__, options)

from support import comparison, releases, standalone, standing, terminal  # noqa: E402
from support.comparison import Side  # noqa: E402
from support.standalone import NotStandalone  # noqa: E402
from support.terminal import NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import cases, record  # noqa: E402
from fixtures.cases import Case  # noqa: E402
from fixtures.claims import load  # noqa: E402
from fixtures.subjects import ClaimInPlace  # noqa: E402

read = functools.cache(standing.read)  # a claim is several cases of one release


class NotASubject(Exception):
    """An argument names no case, claim or release; the message is one sentence."""


def named(subject: str) -> list[Case]:
    """The cases that a subject stands for: a case, a test's name, or a claim, everywhere or in one place.

    Raises:
        NotASubject: there is no such thing.
    """
    word = re.sub(r"^.*\[(.*)\]$", r"\1", subject.strip())
    known = comparison.known_cases()
    found = [case for case in known.values() if word in (case.id, str(case))]
    for claim in load().values():
        for place in claim.places:
            if ClaimInPlace(claim.id, *place).named_by(word):
                found += claim.cases(*place)
    if not found:
        near = difflib.get_close_matches(word, [*known, *load()], n=1)
        raise NotASubject(f"{subject}: no such case or claim{f'; the nearest is {near[0]}' if near else ''}.")
    return list(dict.fromkeys(found))


def side_for(case: Case, choice: str | None) -> Side | None:
    """The record that holds a case: that of the chosen release, or of the newest stable one; None if none does.

    Raises:
        NotASubject: there is no such release.
        Broken: its record cannot be used.
    """
    if choice is None:
        among = releases.recorded("tensorflow")  # which may hold a Keras 3, too
        if case.surface == cases.KERAS3:
            among = releases.recorded("keras") + among
    else:
        release = releases.calendar().get(releases.spelled(choice))
        if release is None or not release.record.is_file():
            raise NotASubject(f"--release {choice}: no such release, or it has no record.")
        among = [release]
    sides = (Side(release.name, case.surface, read(release.record)) for release in among)
    return next((side for side in sides if case.id in side.record["observations"]), None)


def program_of(case: Case, side: Side) -> str:
    """The program of one case, for the packages of a record and with what was observed there."""
    env = comparison.environment(side.record)
    return standalone.script(case, env, side.record["observations"][case.id], str(side))


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        found = {case: side_for(case, arguments.release) for case in named(arguments.subject)}
        held = {case: side for case, side in found.items() if side is not None}
        if not held:
            raise NotASubject(f"{arguments.subject}: no record of {arguments.release or 'any release'} holds it.")
        if len(held) > 1 and arguments.out is None:
            names = "\n  ".join(case.id for case in held)
            raise NotASubject(f"{arguments.subject} is {len(held)} programs; give --out FOLDER, or one of\n  {names}")
        programs = {standalone.file_name(case): program_of(case, side) for case, side in held.items()}
        if arguments.out is None:
            print(*programs.values(), end="")
            return UNCHANGED
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name, text in programs.items():
            (arguments.out / name).write_text(text)
            print(arguments.out / name)
    except NotASubject as error:
        terminal.say(str(error))
        return USAGE
    except (record.Broken, NotStandalone, OSError) as error:
        terminal.say(str(error))
        return NOT_JUDGED
    return UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
