"""Keep the claims registry and the tests in step.

    uv run scripts/lint_claims.py            say what is wrong; exit code 1 if anything is
    uv run scripts/lint_claims.py --write    add new ids to fixtures/claims/ids.txt

An id that has landed is in ids.txt and stays there, word for word: reports and other projects may cite it. What it
claims may be said better, never otherwise; a claim that says something else is a claim of its own, with a new id.
Ids from before that rule are in former_ids.txt: none is given to another claim, and each leads to one that exists.

A scenario has a title, and its flags have words, for the gate's report (support/words/).

What a sentence says without a limit its cases must cover (support/words_of_scope.py). What can be checked of the
words for readers is in support/wording.py.
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

import ast
import re
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("--write", action="store_true", help="add new ids to ids.txt")
    return parser


asked.for_help(__name__, options)

from support import comparison, former_ids, wording  # noqa: E402
from support.words import lacking as without_words  # noqa: E402
from support.words_of_scope import narrow  # noqa: E402

from fixtures import cases  # noqa: E402
from fixtures.claims import VERDICTS, Claim, load  # noqa: E402
from fixtures.installed import key  # noqa: E402

IDS = ROOT / "fixtures" / "claims" / "ids.txt"
TESTS = [path for folder in ("tf1_compat", "keras_v2") for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))]
PROGRAMS = (cases.TF2_STYLE, cases.TF1_STYLE, cases.KERAS3_ONLY)


def claim_problems(claim: Claim) -> list[str]:
    """What is wrong with one claim, in sentences."""
    found = []
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", claim.id):
        found.append("its id is not words joined by hyphens")
    if not claim.sentence.endswith(".") or "\n" in claim.sentence:
        found.append("its sentence does not end with a full stop on one line")
    if not claim.sources or not all(source.startswith("https://") for source in claim.sources):
        found.append("it lacks a source, or one that is an https address")
    found += wording.problems(claim)
    if not claim.places:
        found.append("it is observed nowhere")
    for surface, program in claim.places:
        if surface not in cases.SURFACES or program not in PROGRAMS:
            found.append(f"it is observed in an unknown place, {surface} in a {program} program")
        elif not claim.cases(surface, program):
            found.append(f"no case decides it on {surface}")
    for where, history in claim.verdicts.items():
        surface = where if isinstance(where, str) else where[0]
        if surface not in {place[0] for place in claim.places}:
            found.append(f"it has verdicts for {surface}, where it is not observed")
        since = [key(one.release) for one in history]
        if since != sorted(set(since)):
            found.append(f"its verdicts for {surface} are not in ascending order of release")
        verdicts = [one.verdict for one in history]
        if any(verdict not in VERDICTS for verdict in verdicts):
            found.append(f"a verdict for {surface} is none of {', '.join(VERDICTS)}")
        if any(one == other for one, other in pairwise(verdicts)):
            found.append(f"its verdicts for {surface} repeat themselves")
    return [f"claim {claim.id}: {problem}." for problem in dict.fromkeys(found)]


def scope_problems(claims: Iterable[Claim]) -> list[str]:
    """Sentences that say more than their cases cover, in sentences."""
    return [f"claim {claim.id}: {problem}." for claim in claims for problem in narrow(claim)]


def problems(registry: Mapping[str, Claim], landed: Iterable[str], marked: Iterable[str]) -> list[str]:
    """Everything that is wrong, in sentences.

    Args:
        registry: the claims by id.
        landed: ids that have landed before.
        marked: ids that tests name with ``pytest.mark.claim``.
    """
    landed = list(landed)
    found = [problem for claim in registry.values() for problem in claim_problems(claim)]
    found += [f"claim {name}: landed before and is gone." for name in landed if name not in registry]
    found += [f"claim {name}: is new; run scripts/lint_claims.py --write." for name in registry if name not in landed]
    found += [
        f"claim {name}: a test names it, but the registry does not know it." for name in marked if name not in registry
    ]
    said: dict[str, str] = {}
    for claim in registry.values():
        for words, same in ((claim.sentence, "says the same as"), (claim.title or claim.id, "has the title of")):
            if words in said:
                found.append(f"claim {claim.id}: {same} {said[words]}.")
            said[words] = claim.id
    return found


def test_problems(path: Path, source: str) -> tuple[list[str], set[str]]:
    """Tests of a file that lack a docstring or a claim, in sentences; and the ids that its markers name."""
    found, named = [], set()
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        markers = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
        ids = [
            str(argument.value)
            for mark in markers
            if ast.unparse(mark.func) == "pytest.mark.claim"
            for argument in mark.args
            if isinstance(argument, ast.Constant)
        ]
        named.update(ids)
        if not ast.get_docstring(node):
            found.append(f"{path.name}, {node.name}: has no docstring that says what it claims.")
        # The registry's own test gets its marker, and its claim, when it is parametrized.
        if not ids and "claim" not in [argument.arg for argument in node.args.args]:
            found.append(f"{path.name}, {node.name}: names no claim.")
    return found, named


def main() -> int:
    """Command line; see the module's first lines."""
    arguments = options().parse_args()
    registry = load()
    landed = IDS.read_text().split() if IDS.exists() else []
    if arguments.write:
        landed += [name for name in registry if name not in landed]
        IDS.write_text("\n".join(landed) + "\n")
    found, marked = [], set()
    for path in TESTS:
        lacking, named = test_problems(path, path.read_text())
        found += lacking
        marked |= named
    found += problems(registry, landed, marked)
    found += former_ids.problems(former_ids.load(), registry)
    found += scope_problems(registry.values())
    found += without_words.problems(comparison.known_cases())
    for problem in found:
        print(problem)
    print(f"{len(registry)} claims, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
