"""Judge many mutants in one process that imports TensorFlow once, and forks. Runs inside an environment.

    python scripts/support/mutants_in_forks.py CHECKOUT LINES.json MUTANTS.jsonl RESULTS.jsonl

CHECKOUT is the suite that judges: this one, or an older one; LINES.json says which lines each of its cases and
claims executes (``lines_by_case.py``). It takes a mutant from each line, ``{"id", "file", "source", "lines"}``, and
appends a line ``{"id", "result", "by", "sentence", "subjects", "chosen", "seconds"}``: what the suite's own tests
assert, of the cases and claims that execute one of the lines, those of the fewest lines first, until one fails.
A test that fails without the mutant too counts for nothing. Of a mutant that no test notices, ``"other"`` holds the
observations that are not those on record, nor those without the mutant, for the gate to judge; and ``"given"`` the
subjects that were tried: the next run tries those that are new. Mutants that were noticed are left alone.

A survivor of ``ALONE`` subjects goes on together with others, each in functions of its own: what passes with all of
them passes with each, unless one keeps the other from being executed; what fails is asked of each alone.

A mutant replaces the code of the functions that TensorFlow's import has made; one that changes anything else, such
as a decorator, ends as ``"not judged"``.
"""

import contextlib
import importlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
CHECKOUT = Path(sys.argv[1]).resolve()
sys.path[:0] = [str(CHECKOUT), str(HERE)]

from fixtures import cases, installed, judging, record  # noqa: E402
from fixtures.claims import load  # noqa: E402
from fixtures.observer import server  # noqa: E402
from fixtures.observing import child_environment, in_one_line  # noqa: E402
from support.patching import NotPatched, around, functions, patch  # noqa: E402

Case = cases.Case
PATIENCE = 120.0  # seconds after which a case counts as hung
ALONE = 30  # subjects that judge a mutant by itself, before it is put together with others
TOLD = 5  # subjects with observations that are not on record, of one mutant, that are observed again by themselves


def subjects(env: Any) -> dict[str, tuple[Any, list[Case]]]:
    """Subject -> (claim, surface and program of a claim; its cases): those that the environment can observe."""
    found: dict[str, tuple[Any, list[Case]]] = {}
    for group in vars(cases).values():  # whatever matrices this checkout has
        if isinstance(group, list):
            found.update({c.id: (None, [c]) for c in group if isinstance(c, cases.Case) and c.kind != "canary"})
    for claim in load().values():
        for surface, program in claim.places:
            found[f"{claim.id} {surface} {program}"] = ((claim, surface, program), claim.cases(surface, program))
    return {n: (c, each) for n, (c, each) in found.items() if not any(installed.missing(case, env) for case in each)}


def import_all(files: list[str]) -> Any:
    """TensorFlow, the Keras packages and the modules of the files."""
    env = installed.environment()
    tf = server.import_tensorflow([name for name in ("tf_keras", "keras") if getattr(env, name)])
    for file in files:
        importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    return tf


def in_a_fork(work: Callable[[], dict]) -> dict:
    """What some work tells, done in a process of its own; ``not judged``, the reason, where it raises or dies."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        ours.close()
        try:
            theirs.send(work())
        except Exception as error:
            theirs.send({"not judged": f"{type(error).__name__}: {error}"})
        theirs.close()
        os._exit(0)
    theirs.close()
    try:
        told = ours.recv()
    except EOFError:
        told = {"not judged": "its process died"}
    os.waitpid(process, 0)
    return told


class Workers:
    """Processes that observe, forked when they are needed: one for each program, and for each isolated case."""

    def __init__(self, tf: Any) -> None:
        self.tf = tf
        self.open: dict[str, tuple[Any, int]] = {}  # case or program -> connection, process
        self.answers: dict[str, Any] = {}

    def ask(self, case: Case) -> dict:
        """The answer of the case's process, the same each time."""
        if case.id in self.answers:
            return self.answers[case.id]
        key = case.id if case.isolated else case.program
        if key not in self.open:
            ours, theirs = multiprocessing.Pipe()
            process = os.fork()
            if process == 0:
                ours.close()
                with contextlib.suppress(EOFError, BrokenPipeError):
                    server.work(self.tf, case.program, theirs)
                os._exit(0)
            theirs.close()
            self.open[key] = ours, process
            if not ours.poll(PATIENCE) or "ready" not in ours.recv():
                return self.end(key, "no program")
        ours, _ = self.open[key]
        ours.send(case)
        try:
            answer = ours.recv() if ours.poll(PATIENCE) else self.end(key, "hung")
        except EOFError:
            answer = self.end(key, "died")
        if case.isolated:
            self.end(key, "")
        self.answers[case.id] = answer
        return answer

    def end(self, key: str, why: str) -> dict:
        """Kill a process; what is said of the case that it was at."""
        if key in self.open:
            ours, process = self.open.pop(key)
            ours.close()
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        return {"raised": why, "message": ""}

    def close(self) -> None:
        """Kill them all."""
        for key in list(self.open):
            self.end(key, "")


def sentence_of(subject: str, claim: Any, each: list[Case], workers: Workers, env: Any) -> str | None:
    """What the test of a subject says, or None when it passes."""
    seen = []
    for case in each:
        answer = workers.ask(case)
        if "seen" not in answer:
            said = in_one_line(answer.get("raised", str(answer)), answer.get("message", ""))
            return f"{subject} is not decided: {said} [{case.surface}, {case.program} program]"
        seen.append(answer["seen"])
    if claim is None:
        for field in judging.expected(each[0], env) if hasattr(judging, "expected") else _expected(each[0], env):
            wrong = judging.verdict(each[0], field, seen[0], env)
            if wrong:
                return wrong
        return None
    claim, surface, program = claim
    expected = claim.expected(surface, program, installed.release(surface, env))
    try:
        verdict = claim.verdict(seen) if seen else expected
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return judging.unread_sentence(claim, surface, program, env, error, seen)
    if verdict != expected:
        return judging.claim_sentence(claim, surface, program, env, verdict, expected, seen)
    return None


def _expected(case: Case, env: Any) -> Any:
    from fixtures.expect import expect
    from fixtures.semantics import row

    return expect(case, row(case.surface, installed.release(case.surface, env)).semantics)


class Judge:
    """What is the same for all mutants: TensorFlow, unharmed, and the subjects.

    Args:
        measured: path of the lines that each subject executes.
    """

    def __init__(self, measured: Path) -> None:
        self.env = installed.environment()
        self.every = subjects(self.env)
        self.lines = json.loads(measured.read_text())
        files = sorted({file for entry in self.lines.values() for file in entry})
        self.order = sorted(
            (name for name in self.every if name in self.lines), key=lambda n: sum(map(len, self.lines[n].values()))
        )
        self.held = record.read(str(CHECKOUT / "fixtures" / "observed" / "2.21.0.json"))["observations"]
        self.tf = import_all(files)
        self.index = functions(files)
        self.packages = Path(self.tf.__file__).parents[1]
        self.unharmed = Workers(self.tf)
        self.passes: dict[str, bool] = {}  # subject -> whether its test passes without a mutant

    def chosen(self, mutant: dict) -> list[str]:
        """The subjects that execute a line of what a mutant changes."""
        wanted = set(mutant["lines"])
        return [n for n in self.order if not wanted.isdisjoint(self.lines[n].get(mutant["file"], ()))]

    def usable(self, subject: str) -> bool:
        """Whether a subject passes here without a mutant."""
        if subject not in self.passes:
            claim, each = self.every[subject]
            self.passes[subject] = sentence_of(subject, claim, each, self.unharmed, self.env) is None
        return self.passes[subject]

    def run(self, some: list[dict], names: list[str], failing: bool = True) -> dict:
        """What subjects say of mutants, all of them at once, in a process of its own, until the first that fails.

        Args:
            some: the mutants.
            names: the subjects.
            failing: False to go on behind a subject that fails.

        Returns:
            ``tried``; ``other``, subject -> {case: observation that is not on record}; ``by`` and ``sentence`` of the
            subject that fails, if one does; or ``not judged``, the reason.
        """
        return in_a_fork(lambda: self._run(some, names, failing))

    def _run(self, some: list[dict], names: list[str], failing: bool) -> dict:
        with tempfile.TemporaryDirectory(prefix="batchnorm-mutant-") as folder:
            for number, mutant in enumerate(some):
                place = Path(folder) / str(number)
                place.mkdir()
                try:
                    patch(self.index, self.packages, mutant, place)
                except NotPatched as why:
                    return {"not judged": str(why)}
            workers = Workers(self.tf)
            other: dict[str, dict] = {}
            try:
                for tried, name in enumerate(names, 1):
                    claim, each = self.every[name]
                    said = sentence_of(name, claim, each, workers, self.env)
                    if said and failing:
                        return {"tried": tried, "by": name, "sentence": said, "other": other}
                    found = {}
                    for case in each:
                        answer = workers.answers.get(case.id, {})
                        if "seen" in answer and case.id in self.held:
                            plain = json.loads(json.dumps(record.plain(answer["seen"])))
                            if json.dumps(plain, sort_keys=True) != json.dumps(self.held[case.id], sort_keys=True):
                                found[case.id] = plain
                    if found:
                        other[name] = found
                return {"tried": len(names), "other": other}
            finally:
                workers.close()

    def alone(self, mutant: dict, names: list[str]) -> dict:
        """What subjects say of one mutant; as :meth:`run`, but a subject that fails without it is passed over."""
        tried, other = 0, {}
        while True:
            told = self.run([mutant], names[tried:])
            tried += told.get("tried", 0)
            other.update(told.get("other", {}))
            if "by" not in told or self.usable(told["by"]):
                return {**told, "tried": tried, "other": other}

    def of_mutants(self, found: dict[str, dict]) -> dict[str, dict]:
        """Of observations that are not on record, those that are also not what comes without a mutant."""
        kept = {}
        for subject, some in found.items():
            if self.usable(subject):
                for case in self.every[subject][1]:
                    seen = self.unharmed.ask(case).get("seen")
                    if case.id in some and json.loads(json.dumps(record.plain(seen))) != some[case.id]:
                        kept[case.id] = some[case.id]
        return kept


def apart(pending: list[dict]) -> list[list[dict]]:
    """Groups of mutants of which no two lie in the same function, nor one in a function inside another's."""
    groups: list[tuple[list[dict], set]] = []
    for mutant in pending:
        lines = {(mutant["file"], line) for line in mutant["around"]}
        for group, taken in groups:
            if taken.isdisjoint(lines):
                group.append(mutant)
                taken.update(lines)
                break
        else:
            groups.append(([mutant], lines))
    return [group for group, _ in groups]


def judge(measured: Path, mutants: Path, results: Path) -> None:
    """Every mutant that has no result yet, and each survivor by the subjects that are new."""
    judge = Judge(measured)
    done = {}
    for line in results.read_text().splitlines() if results.exists() else ():
        entry = json.loads(line)
        done[entry["id"]] = entry
    waiting: list[tuple[dict, list[str], list[str], dict]] = []  # mutant, chosen, not tried, record's others

    def tell(mutant: dict, chosen: list[str], began: float, **told: Any) -> None:
        told = {"id": mutant["id"], "chosen": len(chosen), "seconds": round(time.monotonic() - began, 1), **told}
        if told["result"] == "survived":
            told["given"] = chosen
        with results.open("a") as out:
            out.write(json.dumps(told) + "\n")
        print(*(told.get(k, "") for k in ("id", "result", "subjects", "chosen", "seconds", "by")), flush=True)

    for line in mutants.read_text().splitlines():
        mutant = json.loads(line)
        chosen, before = judge.chosen(mutant), done.get(mutant["id"], {})
        given = set(before.get("given", ()))
        new = [name for name in chosen if name not in given]
        if before and (before["result"] != "survived" or not new):
            continue
        began = time.monotonic()
        head = new if len(new) <= 2 * ALONE else new[:ALONE]
        told: dict[str, Any] = judge.alone(mutant, head) if head else {"tried": 0, "other": {}}
        if "not judged" in told:
            tell(mutant, chosen, began, result="not judged", sentence=told["not judged"])
        elif "by" in told:
            tell(mutant, chosen, began, result="killed", by=told["by"], sentence=told["sentence"],
                 subjects=len(given) + told["tried"])  # fmt: skip
        else:
            other = {**before.get("other", {}), **judge.of_mutants(told["other"])}
            if len(head) == len(new):
                tell(mutant, chosen, began, result="survived", subjects=len(chosen), other=other)
            else:
                mutant["around"] = around((judge.packages / mutant["file"]).read_text(), mutant["lines"])
                waiting.append((mutant, chosen, new[len(head) :], other))
    told_of = {mutant["id"]: (chosen, rest, other) for mutant, chosen, rest, other in waiting}
    groups = apart([mutant for mutant, *_ in waiting])
    print(f"{len(waiting)} survivors of {ALONE} subjects go on in {len(groups)} groups", flush=True)
    for group in groups:
        together(judge, group, told_of, tell)


def wanted_by(judge: Judge, group: list[dict], told_of: dict) -> list[str]:
    """The subjects that are left for any of some mutants, in their order."""
    wanted = {name for mutant in group for name in told_of[mutant["id"]][1]}
    return [name for name in judge.order if name in wanted]


def together(judge: Judge, group: list[dict], told_of: dict, tell: Any) -> None:
    """Mutants in functions of their own, all at once, by the subjects that are left."""
    began, at = time.monotonic(), 0
    names = wanted_by(judge, group, told_of)
    unlike: dict[str, list[str]] = {mutant["id"]: [] for mutant in group}  # subjects with observations not on record
    while at < len(names) and group:
        found = judge.run(group, names[at:])
        if "not judged" in found:
            for mutant in group:
                tell(mutant, told_of[mutant["id"]][0], began, result="not judged", sentence=found["not judged"])
            return
        for subject, some in found["other"].items():
            for mutant in group:
                those = unlike[mutant["id"]]
                if len(those) < TOLD and subject in told_of[mutant["id"]][1] and judge.of_mutants({subject: some}):
                    those.append(subject)
        at += found["tried"]
        if "by" not in found or not judge.usable(found["by"]):
            continue
        for mutant in list(group):
            chosen, rest, _ = told_of[mutant["id"]]
            if found["by"] not in rest:
                continue
            mine = judge.run([mutant], [found["by"]])
            if "by" in mine:
                group.remove(mutant)
                tell(mutant, chosen, began, result="killed", by=mine["by"], sentence=mine["sentence"],
                     subjects=len(chosen) - len(rest) + rest.index(mine["by"]) + 1)  # fmt: skip
        print(f"{at} of {len(names)}, {len(group)} left, by {found['by']}", flush=True)
        left = set(wanted_by(judge, group, told_of))
        names = names[:at] + [name for name in names[at:] if name in left]
    for mutant in group:
        chosen, _, other = told_of[mutant["id"]]
        again = judge.run([mutant], unlike[mutant["id"]], failing=False) if unlike[mutant["id"]] else {}
        tell(mutant, chosen, began, result="survived", subjects=len(chosen),
             other={**other, **judge.of_mutants(again.get("other", {}))})  # fmt: skip


def main() -> None:
    """Command line; see the module's first lines."""
    if "BATCHNORM_PINNED" not in os.environ:  # TensorFlow reads the environment when it is imported, and before
        pinned = {**child_environment(dict(os.environ), installed.environment()), "BATCHNORM_PINNED": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], pinned)
    os.environ.pop("BATCHNORM_PINNED")
    judge(*map(Path, sys.argv[2:]))


if __name__ == "__main__":
    main()
