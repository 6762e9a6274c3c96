"""Put defects into the installed Keras and TensorFlow, one at a time, and see whether the suite notices.

    uv run scripts/mutate.py                 every mutant that has no result yet
    uv run scripts/mutate.py ID ...          these
    uv run scripts/mutate.py --list          what they are, and what became of them
    uv run scripts/mutate.py --fresh [DIR]   the fresh ones, by this suite or by the one in the checkout DIR: as it was
    uv run scripts/mutate.py --last          those drawn last that have no result yet
    uv run scripts/mutate.py --official DIR  judge the same mutants by the official tests of keras (in its
                                             package) and of tf-keras (a checkout of its release in DIR)

A mutant lies in an overlay that Python imports first; the environment is never changed. It is judged by the
cases and claims that execute what it changes, for no other could tell, and by the record of the release, as
the gate does. A mutant is *killed* by a sentence that says which behaviour differs, *refused* when nothing
could be judged any more (the import fails, a process crashes), and otherwise it *survived*; a survivor that
no test can kill has its argument in ``scripts/mutants/equivalent.toml``; one that led to a claim is in
``led_to_claims.toml`` beside it. Results are kept in
``fixtures/proof/mutants.json`` after each mutant: kill the run whenever you like, and start it again.

Fresh mutants (``fresh_by_hand.toml``, ``fresh_targets.toml``) were made to see what the suite notices beyond those
that it was built with: by hand before any was judged, without a look at the suite, and by machine. Those drawn last
lie in the same functions, and are judged in the same way, many in one process that forks.

Exit codes: 0 every mutant was noticed or is equivalent; 1 one survived; 2 could not be judged; 64 wrong usage.
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

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("ids", nargs="*", help="mutants to judge (default: all that have no result)")
    parser.add_argument("--list", action="store_true", help="print every mutant and its result, and end")
    parser.add_argument("--again", action="store_true", help="also mutants that have a result")
    parser.add_argument("--survivors", action="store_true", help="again those that survived")
    parser.add_argument(
        "--fresh", type=Path, nargs="?", const=ROOT, metavar="DIR",
        help="judge the fresh mutants, many in one process, by the suite in a checkout (default: this one)",
    )  # fmt: skip
    parser.add_argument(
        "--last", action="store_true", help="judge those drawn last that have no result, in one process"
    )
    parser.add_argument("--official", type=Path, metavar="DIR", help="judge by the official tests; see above")
    parser.add_argument(
        "--jobs", type=amounts.count, default=os.cpu_count() or 1, help="mutants at once (default: the cores)"
    )
    return parser


asked.for_help(__name__, options)

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402
from support import comparison, environments, mutants, running, terminal  # noqa: E402
from support.client import Failure  # noqa: E402
from support.comparison import Side  # noqa: E402
from support.mutants import Mutant  # noqa: E402
from support.official_tests import Official, is_checkout  # noqa: E402
from support.overlays import overlay  # noqa: E402
from support.proof import equivalents  # noqa: E402
from support.reach import lines_by_subject, run_tool  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import record  # noqa: E402

RELEASE = "2.21.0"  # the release whose sources are mutated: it holds Keras 2 and Keras 3 side by side
RESULTS = ROOT / "fixtures" / "proof" / "mutants.json"
KILLED, REFUSED, SURVIVED = "killed", "refused", "survived"


def subjects() -> list[str]:
    """Cases and claims of a complete run, in an order in which every kind comes early."""
    seen = record.read(ROOT / "fixtures" / "observed" / f"{RELEASE}.json")
    found = [case for case in seen["observations"] if not case.startswith("scenario-")]  # those belong to claims
    found += seen["verdicts"]
    random.Random(0).shuffle(found)
    return found


def files_of(chosen: Iterable[Mutant]) -> list[str]:
    """The files that mutants change."""
    return sorted({mutant.file for mutant in chosen})


def digest(mutant: Mutant) -> str:
    """Of the mutated source: a result stands as long as the source does."""
    return hashlib.sha256(mutant.source.encode()).hexdigest()[:16]


def judge(mutant: Mutant, python: Path, chosen: list[str]) -> dict[str, Any]:
    """Run the chosen cases and claims on a mutant until the first test that fails."""
    if not chosen:
        return {"result": SURVIVED, "subjects": 0, "seconds": 0.0}
    with tempfile.TemporaryDirectory(prefix="batchnorm-mutant-") as name:
        result = running.run(
            python,
            case_timeout=30.0,
            only=chosen,
            until_first_failure=True,
            variables=overlay({mutant.file: mutant.source}, Path(name)),
            observers=1,  # other mutants run beside it
        )
    told = {"subjects": len(chosen), "seconds": round(result.seconds, 1)}
    if result.failures:
        subject, sentence = next(iter(result.failures.items()))
        return {"result": KILLED, "by": subject, "sentence": sentence, **told}
    if result.problem:
        return {"result": REFUSED, "sentence": result.problem, **told}
    for change, sentence in against_record(result.seen):
        return {"result": KILLED, "by": change, "sentence": sentence, **told}
    return {"result": SURVIVED, **told}


def against_record(seen: dict) -> Iterator[tuple[str, str]]:
    """What the gate says beside the tests: the observations that are not those on record, each in a sentence."""
    base = record.read(ROOT / "fixtures" / "observed" / f"{RELEASE}.json")
    held = {**base, **{
        part: {name: entry for name, entry in base[part].items() if name in seen[part]}
        for part in ("observations", "verdicts")
    }}  # fmt: skip
    for surface in comparison.surfaces(seen):
        found = comparison.compare(Side(RELEASE, surface, held), Side("the mutant", surface, seen))
        for behaviour in comparison.behaviours(found):
            yield behaviour.changes[0].subject, comparison.with_its_call(behaviour, found.after)


def load() -> dict[str, Any]:
    """The results so far."""
    return json.loads(RESULTS.read_text())["mutants"] if RESULTS.exists() else {}


def save(results: dict[str, Any]) -> None:
    """Keep the results, whole or as they were."""
    RESULTS.parent.mkdir(exist_ok=True)
    temporary = RESULTS.with_suffix(".part")
    temporary.write_text(json.dumps({"release": RELEASE, "mutants": results}, indent=1, sort_keys=True) + "\n")
    temporary.replace(RESULTS)


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        target = environments.resolve(RELEASE)
        with environments.environment(target, ephemeral=False) as python:
            return work(arguments, python)
    except (Failure, record.Broken, OSError) as failure:
        terminal.say(str(failure))
        return NOT_JUDGED


def work(arguments: argparse.Namespace, python: Path) -> int:
    """Everything that needs the environment."""
    packages = next(python.parent.parent.glob("lib/python*/site-packages"))
    every = {mutant.id: mutant for mutant in [*mutants.by_hand(packages), *mutants.by_machine(packages)]}
    unknown = [name for name in arguments.ids if name not in every]
    if unknown:
        terminal.say(f"{', '.join(unknown)}: no such mutant; see --list")
        return USAGE
    known = load()
    results: dict[str, Any] = {}
    for name, mutant in every.items():
        old = known.get(name, {})
        words = {"means": mutant.means, "file": mutant.file, "function": mutant.function,
                 "surfaces": mutant.surfaces, "by_hand": mutant.by_hand, "draw": mutant.draw,
                 **({"fresh": True} if mutant.fresh else {"last": True} if mutant.last else {}),
                 "digest": digest(mutant)}  # fmt: skip
        results[name] = {**(old if old.get("digest") == words["digest"] else {}), **words}
    if arguments.list:
        for name, result in results.items():
            print(f"{name}: {result.get('result', 'not judged')}: {result['means']}")
        return UNCHANGED
    if arguments.fresh:
        return in_forks(
            arguments.fresh.resolve(), python, packages, every, [m for m in every.values() if m.fresh], results
        )
    if arguments.last:
        waiting = [m for m in every.values() if m.last and "result" not in results[m.id]]
        return in_forks(ROOT, python, packages, every, waiting, results)
    field = "official" if arguments.official else "result"
    if arguments.official and not is_checkout(arguments.official):
        terminal.say(f"{arguments.official}: no checkout of tf-keras: it has no folder tf_keras.")
        return USAGE
    waiting = [
        every[name] for name in arguments.ids or every
        if arguments.ids or arguments.again or field not in results[name]
        or (arguments.survivors and results[name][field] == SURVIVED)
    ]  # fmt: skip
    random.Random(1).shuffle(waiting)
    waiting.sort(key=lambda mutant: not mutant.by_hand)
    official = None
    if arguments.official:
        official = Official(RELEASE, python, arguments.official, files_of(every.values()))
    else:
        order = subjects()
        executed = json.loads(lines_by_subject(RELEASE, python, files_of(every.values())).read_text())
    lock = threading.Lock()
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}"),
    )  # fmt: skip
    with Progress(*columns, console=terminal.console()) as bar:
        task = bar.add_task("mutants", total=len(waiting), counts="")

        def one(mutant: Mutant) -> None:
            if official:
                found = {"official": official.judge(mutant)}
            else:
                lines = mutants.touched((packages / mutant.file).read_text(), mutant.source)
                chosen = [s for s in order if not set(lines).isdisjoint(executed.get(s, {}).get(mutant.file, ()))]
                found = judge(mutant, python, chosen)
            with lock:
                results[mutant.id] = {
                    k: v for k, v in results[mutant.id].items() if official or k not in ("by", "sentence")
                } | found
                save(results)
                bar.update(task, advance=1, counts=count(results))
                if not terminal.console().is_terminal:
                    terminal.say(f"{mutant.id}: {json.dumps(found)[:300]}")

        with ThreadPoolExecutor(arguments.jobs) as pool:
            list(pool.map(one, waiting))
    save(results)
    argued = equivalents()
    survivors = [name for name, result in results.items() if result.get("result") == SURVIVED and name not in argued]
    terminal.say(count(results))
    for name in survivors:
        print(f"{name}: survived: {results[name]['means']}")
    return CHANGED if survivors else UNCHANGED


def lines_as_it_was(checkout: Path, python: Path, files: list[str]) -> Path:
    """Where it says which lines the cases and claims of another checkout execute, by its own tool; measured once."""
    named = (checkout / "scripts" / "support" / f"{name}.py" for name in ("lines_by_case", "reach"))
    key = hashlib.sha256(json.dumps([RELEASE, files, str(checkout)]).encode()).hexdigest()[:16]
    path = environments.cache() / f"lines-as-it-was-{key}.json"
    if not path.exists():
        terminal.say(f"measuring which lines the cases and claims of {checkout} execute ...")
        tool = next(one for one in named if one.exists())
        path.write_text(json.dumps(run_tool(tool, python, {"files": files}, path.with_suffix(".part"))))
    return path


def in_forks(
    checkout: Path, python: Path, packages: Path, every: dict[str, Mutant], chosen: list[Mutant],
    results: dict[str, Any],
) -> int:  # fmt: skip
    """Judge chosen ones of all mutants by a suite, in one process that forks: the result, or ``as_it_was``."""
    ours = checkout == ROOT
    if ours:  # the lines of all that mutants change are measured once
        lines = lines_by_subject(RELEASE, python, files_of(every.values()))
    else:
        lines = lines_as_it_was(checkout, python, files_of(chosen))
    given, told = (lines.with_name(lines.name.replace("lines", name) + "l") for name in ("mutants", "results"))
    ids = {f"{mutant.id} {digest(mutant)}": mutant for mutant in chosen}
    with given.open("w") as out:
        for name, mutant in ids.items():
            touched = list(mutants.touched((packages / mutant.file).read_text(), mutant.source))
            entry = {"id": name, "file": mutant.file, "source": mutant.source, "lines": touched}
            out.write(json.dumps(entry) + "\n")
    helper = ROOT / "scripts" / "support" / "mutants_in_forks.py"
    subprocess.run([str(python), str(helper), str(checkout), str(lines), str(given), str(told)], check=False)
    for entry in map(json.loads, told.read_text().splitlines() if told.exists() else ()):
        if entry["id"] not in ids or entry["result"] == "not judged":
            continue
        mine = {key: entry[key] for key in ("result", "by", "sentence", "subjects", "seconds") if key in entry}
        mutant = ids[entry["id"]]
        if ours:
            before = {k: v for k, v in results[mutant.id].items() if k not in ("by", "sentence", "by_record")}
            results[mutant.id] = before | mine | by_record(entry)
        else:
            results[mutant.id]["as_it_was"] = {k: v for k, v in mine.items() if k in ("result", "by", "subjects")}
    save(results)
    field = "result" if ours else "as_it_was"
    left = [m.id for m in chosen if field not in results[m.id]]
    terminal.say(f"{len(chosen) - len(left)} of {len(chosen)} judged" + f"; not judged: {', '.join(left)}" * bool(left))
    return UNCHANGED


def by_record(entry: dict[str, Any]) -> dict[str, Any]:
    """What the gate says of a mutant that no test notices: ``by_record`` says that it is not the tests' doing."""
    if entry["result"] != SURVIVED or not entry["other"]:
        return {}
    base = record.read(ROOT / "fixtures" / "observed" / f"{RELEASE}.json")
    for change, sentence in against_record({**base, "observations": entry["other"], "verdicts": {}}):
        return {"result": KILLED, "by": change, "sentence": sentence, "by_record": True}
    return {}


def count(results: dict[str, Any]) -> str:
    """How many mutants came to which end."""
    ends = [result["result"] for result in results.values() if "result" in result]
    argued = equivalents()
    even = sum(result.get("result") == SURVIVED and name in argued for name, result in results.items())
    return (
        f"{ends.count(KILLED)} killed, {ends.count(REFUSED)} refused, {ends.count(SURVIVED) - even} survived, "
        f"{even} equivalent"
    )


if __name__ == "__main__":
    sys.exit(main())
