"""Make the covering array of situations from fixtures/dimensions.py.

    uv run scripts/situations.py            write fixtures/situations.json
    uv run scripts/situations.py --check    write nothing; exit 1 when it is not what would be written

Its first part holds every pair of values that can occur together, the whole every triple of where the layer sits, how
it is called and when it is frozen. Made by covertable, the same array every time.
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

import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    return parser


asked.for_help(__name__, options)

from covertable import make  # noqa: E402
from support import terminal  # noqa: E402
from support.terminal import CHANGED, UNCHANGED  # noqa: E402

from fixtures.dimensions import ARRAY, CONSTRAINTS, DIMENSIONS  # noqa: E402

TRIPLES = ("sits", "called", "frozen")


def constraints() -> list[dict]:
    """What cannot occur together, as covertable takes it."""
    return [{"operator": "fn", "requires": list(one.of), "evaluate": one.allows} for one in CONSTRAINTS]


def rows() -> tuple[list[dict], list[dict]]:
    """The situations of all pairs, and of all triples beyond them."""
    factors = {name: list(values) for name, values in DIMENSIONS.items()}
    pairs = make(factors, strength=2, constraints=constraints())
    whole = make(
        factors, strength=2, constraints=constraints(), presets=pairs,
        sub_models=[{"fields": list(TRIPLES), "strength": 3}],
    )  # fmt: skip
    head = [dict(row) for row in pairs]
    return head, [dict(row) for row in whole if dict(row) not in head]


def uncovered(situations: list[dict]) -> list[tuple]:
    """Pairs, and triples of ``TRIPLES``, that some possible situation has and none of these."""
    chosen = [*itertools.combinations(DIMENSIONS, 2), TRIPLES]
    held = {(names, tuple(s[name] for name in names)) for s in situations for names in chosen}
    found = []
    for names in chosen:
        for part in crossed(names):
            values = tuple(part.values())
            if (names, values) not in held and completed(part):
                found.append((names, values))
    return found


def crossed(names: Iterable[str]) -> Iterator[dict]:
    """Every combination of the values of some dimensions."""
    names = list(names)
    for values in itertools.product(*(DIMENSIONS[name] for name in names)):
        yield dict(zip(names, values))


def completed(part: dict) -> dict | None:
    """A possible situation that holds some values, or None."""
    if not possible_so_far(part):
        return None
    for name in DIMENSIONS:
        if name not in part:
            return next(filter(None, (completed({**part, name: value}) for value in DIMENSIONS[name])), None)
    return part


def possible_so_far(part: dict) -> bool:
    """Whether the constraints on what is chosen already allow it."""
    return all(one.allows(part) for one in CONSTRAINTS if all(name in part for name in one.of))


def text() -> str:
    """What fixtures/situations.json holds."""
    pairs, others = rows()
    lines = [json.dumps(" ".join(row[name] for name in DIMENSIONS)) for row in [*pairs, *others]]
    return '{{"pairs": {},\n"situations": [\n{}\n]}}\n'.format(len(pairs), ",\n".join(lines))


def main() -> int:
    """Command line; see the module's first lines."""
    arguments = options().parse_args()
    made = text()
    if arguments.check:
        same = Path(ARRAY).read_text() == made
        terminal.say("the covering array is up to date" if same else f"{ARRAY} is not what {__file__} makes of it")
        return UNCHANGED if same else CHANGED
    Path(ARRAY).write_text(made)
    situations = json.loads(made)
    terminal.say(f"{situations['pairs']} situations hold all pairs, {len(situations['situations'])} all triples")
    return UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
