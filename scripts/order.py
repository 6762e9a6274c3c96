"""Learn the order in which tests run: which cases and claims notice most mutants, for what they cost.

    uv run scripts/order.py              asks what was not asked yet, and learns
    uv run scripts/order.py --learn      learns from what was asked
    uv run scripts/order.py --measure    what the quick gate costs beside all tests, for docs/proof.md; with
                                         --official DIR (a checkout of tf-keras) beside the official tests, too
    uv run scripts/order.py --check      whether the order holds every case and claim, and is what was learned

A mutant that the suite notices is asked of a sample of the cases and claims that execute what it changes
(``scripts/support/noticing.py``): in TensorFlow's process, forked, for about a second. The order is greedy: next comes
what notices most mutants that nothing before it notices, for each second of the processor; then what notices them
again, what is about something else, and what executes lines that few others do. Its head, ``"quick"``, is the quick
run.

How much the head notices is measured by leaving out: the mutants are in ten parts, and those of each part are judged by
the head of an order that was learned without them. What a mutant was not asked yet is asked then.

Writes fixtures/order.json, and fixtures/proof/noticing.json, from which it can be learned again. It is resumable: kill
it whenever you like. Learning needs requirements/tools.txt, asking requirements/mutation.txt.

Exit codes: 0 done; 1 with --check: the order is another; 2 could not be measured; 64 wrong usage.
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "aiohappyeyeballs==2.7.1", "aiohttp==3.14.5", "aiosignal==1.4.0", "anybadge==1.16.0", "attrs==26.1.0",
# "click==8.5.1", "cosmic-ray==8.7.0", "covertable==3.2.0", "decorator==5.3.1", "exit-codes==1.3.0",
# "filelock==4.2.12", "frozenlist==1.8.0", "gitdb==4.0.12", "gitpython==3.2.1", "idna==3.20", "jsonschema==4.26.0",
# "jsonschema-specifications==2025.9.1", "markdown-it-py==4.3.0", "mdurl==0.1.2", "multidict==7.2.1",
# "numpy==2.5.5", "packaging==26.3", "parso==0.8.7", "pip==26.3", "propcache==0.5.4", "psutil==7.2.2",
# "pygments==2.21.0", "referencing==0.37.0", "rich==15.0.0", "rpds-py==2026.9.1", "ruff==0.17.6", "smmap==5.0.3",
# "sqlalchemy==2.1.9", "stevedore==5.10.0", "toml==0.10.2", "typing-extensions==4.16.0", "yarl==1.25.1",
# "yattag==1.16.1"
# ]
# [tool.batchnorm-spec]
# requirements = "requirements/mutation.txt"
# ///

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked as asked_for_help  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked_for_help.Parser:
    """What the command line takes."""
    parser = asked_for_help.Parser(__doc__)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--learn", action="store_true", help="learn from what was asked, and ask nothing")
    how.add_argument("--measure", action="store_true", help="measure the quick gate, and all tests, in one run")
    how.add_argument("--check", action="store_true", help="only compare")
    how.add_argument("--again", action="store_true", help="measure and ask everything anew")
    parser.add_argument("--official", type=Path, metavar="DIR", help="with --measure: see above")
    parser.add_argument(
        "--mutants", type=amounts.count, metavar="N", help="ask so many mutants, drawn by lot (default: all)"
    )
    return parser


asked_for_help.for_help(__name__, options)

from support import environments, quick, releases, running, standing, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.learning import NOTICING, executing, learned, left_out, subjects_of  # noqa: E402
from support.ordering import Learner  # noqa: E402
from support.reach import lines_by_subject  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED  # noqa: E402

from fixtures.cases import known  # noqa: E402
from fixtures.order import PATH  # noqa: E402

RELEASE = "2.21.0"


# --- asking -------------------------------------------------------------------------------------


def measured(python: Path) -> tuple[list[str], dict[str, float]]:
    """The subjects of the release, and case -> seconds of the processor that its observation takes, in one run."""
    seconds: dict[str, float] = {}

    def watch(event: dict) -> None:
        if event["event"] == "observed" and event["processor"] is not None:
            seconds[event["case"]] = round(event["processor"], 4)

    run = running.run(python, watch=watch, observers=1)
    if run.problem or run.failures:
        raise Failure(f"{RELEASE} cannot be measured: {run.problem or next(iter(run.failures.values()))}")
    return sorted({*run.seen["verdicts"], *(known().keys() & run.seen["observations"])}), seconds


@dataclass(frozen=True)
class UnderTest:
    """The release whose mutants are asked.

    Attributes:
        python: its interpreter.
        packages: its site-packages.
        every: its mutants, by id.
        lines: file that says which subject executes which lines of what they change.
    """

    python: Path
    packages: Path
    every: dict[str, Any]
    lines: Path


def under_test(python: Path) -> UnderTest:
    """Everything that is made once, before any mutant is asked."""
    from support import mutants

    packages = next(python.parent.parent.glob("lib/python*/site-packages"))
    every = {one.id: one for one in [*mutants.by_hand(packages), *mutants.by_machine(packages)]}
    lines = lines_by_subject(RELEASE, python, {mutant.file for mutant in every.values()})
    return UnderTest(python, packages, every, lines)


def ask(
    noticing: dict[str, Any], part: str, release: UnderTest, asks: dict[str, list[str]] | None, many: int | None
) -> None:
    """Ask mutants, and keep what they say; what was asked stays in the cache, so that the next run goes on there.

    Args:
        noticing: what is known so far; it is completed.
        part: ``sample`` or ``heads``.
        release: whose mutants they are.
        asks: mutant -> the subjects to ask; None for a sample of them, of all mutants.
        many: of so many mutants at most, drawn as if by lot.
    """
    from support import mutants

    chosen = [name for name in noticing["first"] if asks is None or name in asks]
    random.Random(5).shuffle(chosen)
    key = hashlib.sha256(json.dumps([RELEASE, asks]).encode()).hexdigest()[:16]
    given, told, costs = (environments.cache() / f"order-{word}-{key}" for word in ("mutants", part, "costs"))
    costs.write_text(json.dumps(noticing["seconds"]))
    with given.open("w") as out:
        for name in chosen[:many]:
            mutant = release.every[name]
            touched = list(mutants.touched((release.packages / mutant.file).read_text(), mutant.source))
            out.write(json.dumps({
                "id": name, "file": mutant.file, "source": mutant.source, "lines": touched, "surfaces": mutant.surfaces,
                "by": noticing["first"][name], **({"asks": asks[name]} if asks is not None else {}),
            }) + "\n")  # fmt: skip
    helper = ROOT / "scripts" / "support" / "noticing.py"
    done = subprocess.run(
        [str(release.python), str(helper), *map(str, (ROOT, release.lines, given, costs, told))], check=False
    )
    if done.returncode:
        raise Failure(f"what notices mutants could not be asked: {helper.name} ended with {done.returncode}")
    keep(noticing, part, map(json.loads, told.read_text().splitlines()))


def keep(noticing: dict[str, Any], part: str, told: Iterable[dict]) -> None:
    """Take in what mutants said; one that cannot be asked in a running process is left out."""
    numbers = {name: number for number, name in enumerate(noticing["subjects"])}
    for entry in told:
        if "not judged" not in entry:
            before = noticing[part].get(entry["id"], [])
            noticing[part][entry["id"]] = sorted(
                {*before, *(numbers[n] for n in entry.get("noticed", ()) if n in numbers)}
            )


def noticed_first() -> dict[str, str]:
    """Mutant -> what noticed it first, of those that the suite notices (``scripts/mutate.py``)."""
    results = json.loads((ROOT / "fixtures" / "proof" / "mutants.json").read_text())["mutants"]
    return {name: result["by"] for name, result in results.items() if result.get("result") == "killed"}


def asked(many: int | None, again: bool) -> dict[str, Any]:
    """Everything that is asked, from the costs to what the heads notice of mutants that they were not learned from."""
    with environments.environment(environments.resolve(RELEASE), ephemeral=False) as python:
        noticing = {} if again or not NOTICING.exists() else json.loads(NOTICING.read_text())
        if not noticing:
            names, seconds = measured(python)
            noticing = {"release": RELEASE, "subjects": names, "seconds": seconds, "sample": {}, "heads": {}}
        noticing["first"] = noticed_first()
        release = under_test(python)
        noticing["executing"] = executing(json.loads(release.lines.read_text()), noticing["subjects"])
        ask(noticing, "sample", release, None, many)
        while asks := left_out(noticing)[2]:
            ask(noticing, "heads", release, asks, None)
        return noticing


def official_tests(python: Path, checkout: Path) -> Callable[[], None]:
    """What runs the official tests of the layer.

    Raises:
        Failure: the folder is no checkout of tf-keras.
    """
    from support.official_tests import Official, is_checkout

    if not is_checkout(checkout):
        raise Failure(f"{checkout}: no checkout of tf-keras: it has no folder tf_keras.")
    return Official(RELEASE, python, checkout).run_all


# --- what comes of it ---------------------------------------------------------------------------


def write(noticing: dict[str, Any]) -> None:
    """Keep what was asked, and the order that is learned from it, with what its head notices."""
    NOTICING.write_text(json.dumps(noticing, sort_keys=True, separators=(",", ":")) + "\n")
    Path(PATH).write_text(text_of(noticing))


def text_of(noticing: dict[str, Any]) -> str:
    """The file of the order that is learned from what was asked."""
    subjects, quick = learned(Learner(subjects_of(noticing)), noticing)
    return json.dumps({"release": noticing["release"], "quick": quick, "subjects": subjects}, indent=0) + "\n"


def main() -> int:
    """Command line; see the module's first lines."""
    try:
        arguments = options().parse_args()
        if arguments.measure:
            target = environments.resolve(RELEASE)
            provenance = standing.read(releases.calendar()[RELEASE].record)["provenance"]
            with environments.environment(target, ephemeral=False) as python:
                official = official_tests(python, arguments.official) if arguments.official else None
                found = quick.measured(RELEASE, python, provenance, sys.executable, official)
            quick.RESULTS.write_text(json.dumps(found, indent=1) + "\n")
            print(json.dumps(found, indent=1))
            return UNCHANGED
        if arguments.learn or arguments.check:
            noticing = json.loads(NOTICING.read_text())
        else:
            noticing = asked(arguments.mutants, arguments.again)
        if arguments.check:
            same = Path(PATH).read_text() == text_of(noticing)
            print("the order is what was learned" if same else f"{PATH} is not what was learned: run scripts/order.py")
            return UNCHANGED if same else CHANGED
        write(noticing)
        noticed, missed, asks = left_out(noticing)
        terminal.say(
            f"mutants that the head was not learned from: {len(noticed)} noticed, {len(missed)} not, "
            f"{len(asks)} not asked yet; the head costs {share(noticing):.1%} of all observations"
        )
        return UNCHANGED
    except (Failure, OSError) as failure:
        terminal.say(str(failure))
        return NOT_JUDGED


def share(noticing: dict[str, Any]) -> float:
    """What the head costs, of all observations."""
    subjects = subjects_of(noticing)
    order, size = learned(Learner(subjects), noticing)
    return subjects.cost(order[:size]) / subjects.cost(order)


if __name__ == "__main__":
    sys.exit(main())
