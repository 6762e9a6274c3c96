"""Which cases and claims notice which mutants? Runs inside an environment (Python ≥ 3.12).

    python scripts/support/noticing.py CHECKOUT LINES.json MUTANTS.jsonl SECONDS.json OUT.jsonl [SECONDS]

appends a line to OUT for each mutant that was not asked: ``{"id", "noticed", "silent"}``, the subjects that notice it
and those that do not, or ``{"id", "not judged"}``. Each mutant is asked, for SECONDS of its own or until ENOUGH notice
it, of subjects that execute what it changes, beside the one that noticed it first: those that noticed much for what
they cost, drawn by Thompson sampling, so that what was not tried yet has its turn. SECONDS.json says what each case
costs, in seconds of the processor. A mutant with ``"asks"`` is asked of these subjects alone, as far as they execute
what it changes, until one notices it; its ``"silent"`` has those that do not execute it, too.
"""

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[number]) for number in (2, 1)]

from fixtures.observing import child_environment  # noqa: E402
from support import mutants_in_forks  # noqa: E402
from support.mutants_in_forks import Judge, Workers, in_a_fork, installed, sentence_of  # noqa: E402
from support.patching import NotPatched, patch  # noqa: E402

SECONDS = 1.0  # of observing, for each mutant
ENOUGH = 4  # subjects that notice a mutant: then it is left alone
PATIENCE = 8.0  # seconds of observing, for a mutant that is asked of certain subjects
UNKNOWN = 0.2  # seconds that a case costs, where nothing was measured
COLD = 0.02  # what each costs in a new process, beside


def children() -> float:
    """Seconds of the processor of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def chosen(judge: Judge, mutant: dict) -> list[str]:
    """The subjects that execute a line of what a mutant changes; of those not measured, all of its surfaces."""
    wanted, file, found = set(mutant["lines"]), mutant["file"], []
    for name, (_, each) in judge.every.items():
        lines = judge.lines.get(name, {}).get(file)
        if any(case.surface in mutant["surfaces"] for case in each) if lines is None else wanted.intersection(lines):
            found.append(name)
    return found


def ask(judge: Judge, mutant: dict, names: list[str], seconds: float, until_noticed: bool) -> dict[str, Any]:
    """What each of the subjects says of a mutant, in a process of its own, for so many seconds."""
    return in_a_fork(lambda: _asked(judge, mutant, names, seconds, until_noticed))


def _asked(judge: Judge, mutant: dict, names: list[str], seconds: float, until_noticed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"noticed": [], "silent": []}
    with tempfile.TemporaryDirectory(prefix="batchnorm-mutant-") as folder:
        try:
            patch(judge.index, judge.packages, mutant, Path(folder))
        except NotPatched as why:
            return {"not judged": str(why)}
        workers, began = Workers(judge.tf), time.monotonic()
        for name in names:
            claim, each = judge.every[name]
            said = sentence_of(name, claim, each, workers, judge.env)
            found["noticed" if said else "silent"].append(name)
            spent = sum(answer.get("processor", 1.0) for answer in workers.answers.values())
            if (
                len(found["noticed"]) == (1 if until_noticed else ENOUGH)
                or spent > seconds
                or time.monotonic() - began > 10 * seconds
            ):
                break
        workers.close()
    return found


def main() -> None:
    """Command line; see the module's first lines."""
    if "BATCHNORM_PINNED" not in os.environ:  # TensorFlow reads the environment when it is imported, and before
        pinned = {**child_environment(dict(os.environ), installed.environment()), "BATCHNORM_PINNED": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], pinned)
    os.environ.pop("BATCHNORM_PINNED")
    measured, mutants, costs, path = map(Path, sys.argv[2:6])
    seconds = float(sys.argv[6]) if len(sys.argv) > 6 else SECONDS
    mutants_in_forks.PATIENCE = 20.0
    judge = Judge(measured)
    known = json.loads(costs.read_text())
    price = {name: COLD + sum(known.get(case.id, UNKNOWN) for case in each) for name, (_, each) in judge.every.items()}
    noticed, silent, done = Counter[str](), Counter[str](), set[str]()
    for entry in map(json.loads, path.read_text().splitlines() if path.exists() else ()):
        noticed.update(entry.get("noticed", ()))
        silent.update(entry.get("silent", ()))
        done.add(entry["id"])
    for mutant in map(json.loads, mutants.read_text().splitlines()):
        if mutant["id"] in done:
            continue
        reached, asks, draw = chosen(judge, mutant), mutant.get("asks"), random.Random(mutant["id"])
        if asks is None:
            worth = {n: draw.betavariate(1 + noticed[n], 3 + silent[n]) / price[n] for n in reached}
            names = sorted((name for name in worth if name != mutant["by"]), key=lambda n: -worth[n])
        else:
            reach = set(reached)
            names = [name for name in asks if name in reach]
        told = ask(judge, mutant, names, seconds if asks is None else PATIENCE, asks is not None) if names else {}
        usable = {name: judge.usable(name) for name in told.get("noticed", ())}  # without a mutant it passes
        told = told | {"noticed": [n for n, well in usable.items() if well]} if usable else told
        if asks is not None:
            told["silent"] = [*told.get("silent", ()), *(name for name in asks if name not in reach)]
        noticed.update(told.get("noticed", ()))
        silent.update(told.get("silent", ()))
        with path.open("a") as out:
            out.write(json.dumps({"id": mutant["id"], **told}) + "\n")
        counts = [len(told.get(part, ())) for part in ("noticed", "silent")]
        print(mutant["id"], *counts, told.get("not judged", ""), f"{children():.0f} s", flush=True)


if __name__ == "__main__":
    main()
