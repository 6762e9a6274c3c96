"""Compare two recorded (release, surface) pairs.

    python scripts/compare.py tf.keras@1.15.5 tf.keras@2.15.1    what changed between two releases
    python scripts/compare.py tf.layers@1.15.5 keras@2.21.0      what a graph model must expect in Keras 3
    python scripts/compare.py keras@keras-3.0.5 keras@keras-3.15.1
    python scripts/compare.py tf.layers@run/record.json keras@2.21.0    a record file in place of a release

Most dangerous first: what nobody notices before what stops the program. With --json the same as data.

Exit codes: 0 nothing differs; 1 something does; 2 a record cannot be used; 64 wrong usage.
"""

import argparse
import json
import sys
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import causes, comparison, releases, standing, terminal  # noqa: E402
from support.comparison import DANGERS, Comparison, Side  # noqa: E402
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
    path = known[name].record if name in known else Path(name)
    if name in known and not path.is_file():
        raise NotAPair(f"{name} has no record yet: python scripts/matrix.py {name} makes one.")
    if not path.is_file():
        raise NotAPair(f"{name} is neither a release of the calendar nor a record file.")
    found = standing.read(path)
    held = comparison.surfaces(found)
    if surface not in held:
        raise NotAPair(f"the record of {name} holds {', '.join(held)}, but not {surface}.")
    return Side(path.stem, surface, found)


def report(result: Comparison) -> list[str]:
    """The comparison as lines of text."""
    counts = f"{len(result.changed)} changed, {len(result.unchanged)} unchanged"
    if (result.before.surface == cases.TF_LAYERS) == (result.after.surface == cases.TF_LAYERS):
        counts += f", {len(result.added)} added, {len(result.removed)} removed"
    else:
        counts += " (of the situations that a graph and an eager layer have in common)"
    lines = [f"{result.before} → {result.after}: {counts}"]
    lines += comparison.of_bits(result)
    found = sorted(comparison.behaviours(result), key=lambda behaviour: behaviour.danger)
    for danger, group in groupby(found, key=lambda behaviour: behaviour.danger):
        lines += ["", DANGERS[danger].upper()]
        for behaviour in group:
            lines.append(f"* {behaviour.sentence}")
            more = f"{len(behaviour.changes)} observations" if len(behaviour.changes) > 1 else ""
            tail = "; ".join(filter(None, [more, behaviour.source]))
            others = causes.in_words(behaviour, result.before.name, result.after.name)
            lines += [f"  {words}" for words in (tail, others) if words]
    for note in comparison.only_in_graphs(result):
        lines += ["", note]
    return lines


def main() -> int:
    """Command line; see the module's first lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, exit_on_error=False
    )
    parser.add_argument("before", help="SURFACE@RELEASE")
    parser.add_argument("after", help="SURFACE@RELEASE")
    parser.add_argument("--json", action="store_true", help="print data instead of sentences")
    try:
        arguments = parser.parse_args()
        before, after = side(arguments.before), side(arguments.after)
    except (argparse.ArgumentError, NotAPair) as error:
        terminal.say(str(error))
        return USAGE
    except record.Broken as broken:
        terminal.say(str(broken))
        return NOT_JUDGED
    result = comparison.compare(before, after)
    if arguments.json:
        print(json.dumps({
            "before": str(before), "after": str(after), "added": result.added, "removed": result.removed,
            "unchanged": len(result.unchanged), "drifted": result.drifted,
            "behaviours": [
                {"sentence": b.sentence, "danger": DANGERS[b.danger], "source": b.source,
                 "also_changed": [str(package) for package in b.also_changed],
                 "changes": [asdict(change) for change in b.changes]}
                for b in comparison.behaviours(result)
            ],
        }, indent=1))  # fmt: skip
    else:
        print("\n".join(report(result)))
    return CHANGED if result.changes else UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
