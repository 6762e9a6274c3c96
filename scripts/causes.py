"""Find out whether TensorFlow or a package beside it did what changed between two releases.

    uv run scripts/causes.py 2.17.1 2.18.1     then fixtures/proof/causes.json, which the change-log shows

Of what changed and neither the semantics table nor the registered verdict of a claim explains, each case is observed
again with one package exchanged at a time: the newer release with that package as the older one has it, or, where
this cannot run, the older one with the newer package. What comes then tells whose doing it is.

Exit codes: 0 tried, or there was nothing to try; 2 no package could be exchanged; 64 wrong usage.
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
    parser.add_argument("before", metavar="BEFORE", help="a recorded release")
    parser.add_argument("after", metavar="AFTER", help="a later one")
    return parser


asked.for_help(__name__, options)

from support import causes, comparison, environments, releases, running, standing, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.comparison import Side  # noqa: E402
from support.releases import Release  # noqa: E402
from support.terminal import NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402


def to_try(before: Release, after: Release) -> dict[str, list[str]]:
    """Package -> the cases that changed beside it and that nothing explains."""
    one, other = standing.read(before.record), standing.read(after.record)
    found: dict[str, list[str]] = {}
    for surface in comparison.pairs(one, other)[0]:
        compared = comparison.compare(Side(before.name, surface, one), Side(after.name, surface, other))
        for behaviour in comparison.behaviours(compared):
            for package in behaviour.also_changed:
                changed = [change.subject for change in behaviour.changes]
                found[package.name] = list(dict.fromkeys([*found.get(package.name, []), *changed]))
    return found


def same(subject: str, one: dict, other: dict) -> bool:
    """Whether two records hold the same behaviour for one case."""
    surface = comparison.known_cases()[subject].surface
    sides = [
        Side("", surface, dict(seen, verdicts={}, observations={subject: seen["observations"][subject]}))
        for seen in (one, other)
    ]
    return not comparison.compare(*sides).changes


def verdict(subject: str, crossed: dict, own: dict, other: dict) -> str:
    """What an exchanged package does to a case, the release's own record and that of the package's release given."""
    if same(subject, own, crossed):
        return causes.NO_PART
    return causes.DOES_IT if same(subject, other, crossed) else causes.OTHERWISE


def exchange(release: Release, other: Release, package: str, subjects: list[str]) -> dict[str, str]:
    """Case -> what one package of another release does to it.

    Raises:
        Failure: they cannot be installed together, or do not run.
    """
    python = environments.exchanged(release, other, package)
    run = running.run(python, only=comparison.runnable(subjects))
    if run.record is None or not set(subjects) & set(run.record["observations"]):
        raise Failure(run.problem or "nothing was observed.")
    own, theirs = standing.read(release.record), standing.read(other.record)
    return {s: verdict(s, run.record, own, theirs) for s in subjects if s in run.record["observations"]}


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        given = parser.parse_args()
        known = releases.calendar()
        before, after = (known.get(releases.spelled(name)) for name in (given.before, given.after))
        if before is None or after is None or not before.record.is_file() or not after.record.is_file():
            raise environments.NotATarget("both must be releases of the calendar that have a record.")
    except environments.NotATarget as error:
        terminal.say(str(error))
        return USAGE
    wanted = to_try(before, after)
    results: dict[str, dict[str, str]] = {}
    for package, subjects in wanted.items():
        reasons = []
        for release, other in ((after, before), (before, after)):
            try:
                for subject, found in exchange(release, other, package, subjects).items():
                    results.setdefault(subject, {})[package] = found
                    print(f"{subject}: {release.name} with {package} of {other.name}: {package} {found}")
                break
            except Failure as failure:
                reasons.append(f"{release.name} with {package} of {other.name}: {failure}")
        else:
            terminal.say(f"{package} could not be exchanged. {' '.join(reasons)}")
    if not wanted:
        terminal.say("nothing changed that is not explained, or no package beside it.")
        return UNCHANGED
    if not results:
        return NOT_JUDGED
    everything = {**causes.known(), causes.pair(before.name, after.name): results}
    causes.RESULTS.write_text(json.dumps(everything, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
