"""Which lines of some modules does each case execute? Runs inside the environment under test (Python ≥ 3.12).

    python scripts/support/lines_by_case.py FILE.json

reads ``{"files": [...]}`` (relative to site-packages) and writes ``{"subject": {"file": [lines]}}`` to the
same file: subjects are the cases and claims of a complete run, or of its ``"surfaces"``, without those in
``"left_out"``. ``scripts/mutate.py`` judges a mutant by the subjects that execute what it changes, and by no others: no
other could tell.
"""

import contextlib
import gc
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fixtures import cases, installed
from fixtures.claims import load
from fixtures.observer import observe
from fixtures.observer.server import FREEZE_EVERY, become, import_tensorflow
from fixtures.observing import child_environment
from fixtures.subjects import ClaimInPlace
from support.executed_lines import ExecutedLines

Case = cases.Case


def send_lines(tf: Any, program: str, chosen: list[Case], files: list[str], out: Any) -> None:
    """Observe cases in this process, and send what each executed."""
    become(tf, program)
    lines = ExecutedLines(files)
    for number, case in enumerate(chosen, 1):
        lines.take()
        with contextlib.suppress(Exception):  # judged elsewhere; here only the way there counts
            observe(tf, case)
        out.send((case.id, lines.take()))
        if number % FREEZE_EVERY == 0:  # as when they are observed: Keras looks through what all cases left
            gc.collect()
            gc.freeze()
    out.close()
    os._exit(0)


def main() -> None:
    """Command line; see the module's first lines."""
    path = Path(sys.argv[1])
    asked = json.loads(path.read_text())
    files, surfaces, left_out = asked["files"], asked.get("surfaces", cases.SURFACES), set(asked.get("left_out", ()))
    env = installed.environment()
    if sys.argv[2:] != ["pinned"]:  # TensorFlow reads the environment when it is imported, and before
        pinned = child_environment(dict(os.environ), env)
        os.execve(sys.executable, [sys.executable, sys.argv[0], str(path), "pinned"], pinned)
    subjects: dict[str, list[Case]] = {}
    subjects.update({
        name: [case] for name, case in cases.known().items() if case.surface in surfaces and name not in left_out
    })  # fmt: skip
    for claim in load().values():
        for surface, program in claim.places:
            name = str(ClaimInPlace(claim.id, surface, program))
            if surface in surfaces and name not in left_out:
                subjects[name] = claim.cases(surface, program)
    present = {name: each for name, each in subjects.items() if not any(installed.missing(case, env) for case in each)}
    processes: dict[Any, list[Case]] = {}
    for case in dict.fromkeys(case for each in present.values() for case in each):
        processes.setdefault(case if case.isolated else case.program, []).append(case)
    tf = import_tensorflow([name for name in ("tf_keras", "keras") if getattr(env, name)])
    executed: dict[str, dict[str, list[int]]] = {}
    for chosen in processes.values():
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = os.fork()
        if process == 0:
            send_lines(tf, chosen[0].program, chosen, files, theirs)
        theirs.close()
        try:
            while True:
                name, lines = ours.recv()
                executed[name] = lines
        except EOFError:
            os.waitpid(process, 0)
    merged: dict[str, dict[str, list[int]]] = {}
    for name, each in present.items():
        merged[name] = {
            file: sorted({line for case in each for line in executed.get(case.id, {}).get(file, [])}) for file in files
        }
    path.write_text(json.dumps(merged))


if __name__ == "__main__":
    main()
