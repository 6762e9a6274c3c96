"""Judge many mutants in one process that imports TensorFlow once, and forks. Runs inside an environment.

    python scripts/support/mutants_in_forks.py CHECKOUT LINES.json MUTANTS.jsonl RESULTS.jsonl

CHECKOUT is the suite that judges: this one, or an older one; LINES.json says which lines each of its cases and
claims executes (``lines_by_case.py``). It takes a mutant from each line, ``{"id", "file", "source", "lines"}``, and
appends a line ``{"id", "result", "by", "sentence", "subjects", "seconds"}``: what the suite's own tests assert, of
the cases and claims that execute one of the lines, those of the fewest lines first, until one fails. Mutants that
RESULTS.jsonl has already are left alone. Of a mutant that no test notices, the observations that are not those on
record are written too, for the gate to judge.

A mutant replaces the code of the functions that TensorFlow's import has made; one that changes anything else, such
as a decorator, ends as ``"not judged"``: ``scripts/mutate.py`` starts a process of its own for it.
"""

import ast
import contextlib
import gc
import importlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
CHECKOUT = Path(sys.argv[1]).resolve()
sys.path[:0] = [str(CHECKOUT), str(HERE)]

from fixtures import cases, installed, judging, record  # noqa: E402
from fixtures.claims import load  # noqa: E402
from fixtures.observer import server  # noqa: E402
from fixtures.observing import child_environment  # noqa: E402

Case = cases.Case
PATIENCE = 120.0  # seconds after which a case counts as hung
GROUPS = (
    "GRAPH_LAYERS", "GRAPH_SEQUENCES", "GRAPH_IMAGES", "GRAPH_FREEZES", "GRAPH_PUBLISHED", "LAYER_CALLS",
    "LAYER_IMAGES", "LAYER_PUBLISHED", "COMPILED", "RECURSION", "MODEL_RUNS", "SITUATIONS",
)  # fmt: skip


def subjects(env: Any) -> dict[str, tuple[Any, list[Case]]]:
    """Subject -> (claim, surface and program of a claim; its cases): those that the environment can observe."""
    found: dict[str, tuple[Any, list[Case]]] = {}
    for group in GROUPS:
        found.update({case.id: (None, [case]) for case in getattr(cases, group, ())})
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


def functions(files: list[str]) -> dict[tuple[str, str, int], list[types.FunctionType]]:
    """(file, qualified name, first line) -> the functions that were made of it."""
    gc.unfreeze()
    found: dict[tuple[str, str, int], list[types.FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType):
            code = thing.__code__
            file = code.co_filename.partition("site-packages/")[2]
            if file in files:
                found.setdefault((file, code.co_qualname, code.co_firstlineno), []).append(thing)
    gc.freeze()
    return found


def codes(module: types.CodeType) -> list[types.CodeType]:
    """The code of a module and of all that it defines, in the order of the source."""
    found = [module]
    for constant in module.co_consts:
        if isinstance(constant, types.CodeType):
            found += codes(constant)
    return found


class NotPatched(Exception):
    """What a mutant changes is more than the body of functions."""


def defaults(node: ast.FunctionDef) -> tuple[tuple, dict | None]:
    """The defaults of the arguments, when they are constants."""
    arguments = node.args
    positional = tuple(ast.literal_eval(default) for default in arguments.defaults)
    keyword = {a.arg: ast.literal_eval(d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults) if d is not None}
    return positional, keyword or None


def patch(index: dict, packages: Path, mutant: dict, folder: Path) -> None:
    """Give the functions of this process the code of a mutant.

    Raises:
        NotPatched: it changes more than code.
    """
    original = (packages / mutant["file"]).read_text()
    path = folder / Path(mutant["file"]).name
    path.write_text(mutant["source"])  # where AutoGraph and inspect look for the source
    trees = ast.parse(original), ast.parse(mutant["source"])
    nodes = [[n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)] for tree in trees]
    if len(nodes[0]) != len(nodes[1]):
        raise NotPatched("it adds or removes a function")
    changed = [
        (one, other) for one, other in zip(*nodes, strict=True) if ast.dump(one) != ast.dump(other)
    ]  # fmt: skip
    if not changed or any(
        [ast.dump(d) for d in one.decorator_list] != [ast.dump(d) for d in other.decorator_list]
        for one, other in changed
    ):
        raise NotPatched("it changes what is no function, or a decorator")
    outside = [ast.dump(_without_bodies(tree)) for tree in (ast.parse(original), ast.parse(mutant["source"]))]
    if outside[0] != outside[1]:
        raise NotPatched("it changes what stands outside of functions")
    # A method that no longer says super() keeps its cell, or its code does not fit the function.
    for one, other in changed:
        if "super" in ast.dump(one) and "super" not in ast.dump(other):
            other.body.insert(0, ast.copy_location(
                ast.Expr(ast.copy_location(ast.Name("__class__", ast.Load()), other.body[0])), other.body[0]
            ))  # fmt: skip
    was = codes(compile(trees[0], mutant["file"], "exec", dont_inherit=True))
    now: list[Any] = codes(compile(trees[1], str(path), "exec", dont_inherit=True))
    if [code.co_name for code in was] != [code.co_name for code in now]:
        now = list(_paired(was, now))
    first = min(changed, key=lambda pair: pair[0].lineno)
    touched = 0
    for old, new in zip(was, now):
        if new is None or (old.co_code == new.co_code and _constants(old) == _constants(new)):
            continue
        for function in index.get((mutant["file"], old.co_qualname, old.co_firstlineno), ()):
            if function.__code__.co_freevars != new.co_freevars:
                raise NotPatched("it uses other names of the functions around it")
            function.__code__ = new
            touched += 1
    for one, other in changed:
        if ast.dump(one.args) != ast.dump(other.args):
            try:
                before, after = defaults(one), defaults(other)
            except ValueError:
                raise NotPatched("it changes a default that is no constant") from None
            if before != after:
                lines = {one.lineno, *(d.lineno for d in one.decorator_list)}
                for (file, name, line), made in index.items():
                    if file == mutant["file"] and name.rpartition(".")[2] == one.name and line in lines:
                        for function in made:
                            function.__defaults__, function.__kwdefaults__ = after[0] or None, after[1]
                            touched += 1
    if not touched:
        raise NotPatched(f"no function of {first[0].name} is there")


def _without_bodies(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body, node.decorator_list = [ast.Pass()], []
            node.args.defaults, node.args.kw_defaults = [], []
    return tree


def _constants(code: types.CodeType) -> list[str]:
    return [
        repr(_constants(c)) + c.co_code.hex() + repr(c.co_names) if isinstance(c, types.CodeType) else repr(c)
        for c in code.co_consts
    ] + [repr(code.co_names), repr(code.co_varnames), repr(code.co_freevars)]


def _paired(was: list[types.CodeType], now: list[types.CodeType]) -> list[types.CodeType | None]:
    """The new code for each old one by its qualified name and its number among those of the name."""
    found: dict[str, list[types.CodeType]] = {}
    for code in now:
        found.setdefault(code.co_qualname, []).append(code)
    return [found[code.co_qualname].pop(0) if found.get(code.co_qualname) else None for code in was]


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
            said = f"{answer.get('raised', answer)}: {answer.get('message', '')}".strip(": ")[:300]
            return f"{subject} is not decided: {said}"
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


def judge_one(tf: Any, index: dict, packages: Path, mutant: dict, chosen: list, env: Any, held: dict) -> dict:
    """The result of one mutant; runs in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="batchnorm-mutant-") as name:
        try:
            patch(index, packages, mutant, Path(name))
        except NotPatched as why:
            return {"result": "not judged", "sentence": str(why)}
        workers = Workers(tf)
        try:
            for tried, (subject, claim, each) in enumerate(chosen, 1):
                said = sentence_of(subject, claim, each, workers, env)
                if said:
                    return {"result": "killed", "by": subject, "sentence": said[:1000], "subjects": tried}
            other = {}
            for case, answer in workers.answers.items():
                plain = json.loads(json.dumps(record.plain(answer["seen"])))
                if case in held and json.dumps(plain, sort_keys=True) != json.dumps(held[case], sort_keys=True):
                    other[case] = plain
            return {"result": "survived", "subjects": len(chosen), "other": other}
        finally:
            workers.close()


def judge(measured: Path, mutants: Path, results: Path) -> None:
    """Every mutant that has no result yet."""
    env = installed.environment()
    every = subjects(env)
    lines = json.loads(measured.read_text())
    files = sorted({file for entry in lines.values() for file in entry})
    order = sorted((name for name in every if name in lines), key=lambda name: sum(map(len, lines[name].values())))
    held = record.read(str(CHECKOUT / "fixtures" / "observed" / "2.21.0.json"))["observations"]
    tf = import_all(files)
    index = functions(files)
    packages = Path(tf.__file__).parents[1]
    done = {json.loads(line)["id"] for line in results.read_text().splitlines()} if results.exists() else set()
    for line in mutants.read_text().splitlines():
        mutant = json.loads(line)
        if mutant["id"] in done:
            continue
        wanted = set(mutant["lines"])
        chosen = [(n, *every[n]) for n in order if not wanted.isdisjoint(lines[n].get(mutant["file"], ()))]
        began = time.monotonic()
        told: dict[str, Any]
        if not chosen:
            told = {"result": "survived", "subjects": 0, "other": {}}
        else:
            ours, theirs = multiprocessing.Pipe(duplex=False)
            process = os.fork()
            if process == 0:
                ours.close()
                try:
                    theirs.send(judge_one(tf, index, packages, mutant, chosen, env, held))
                except Exception as error:
                    theirs.send({"result": "not judged", "sentence": f"{type(error).__name__}: {error}"})
                theirs.close()
                os._exit(0)
            theirs.close()
            try:
                told = ours.recv()
            except EOFError:
                told = {"result": "not judged", "sentence": "its process died"}
            os.waitpid(process, 0)
        told = {"id": mutant["id"], "chosen": len(chosen), "seconds": round(time.monotonic() - began, 1), **told}
        with results.open("a") as out:
            out.write(json.dumps(told) + "\n")
        print(
            told["id"],
            told["result"],
            f"{told.get('subjects')} of {len(chosen)}",
            told["seconds"],
            told.get("by", told.get("sentence", ""))[:90],
            flush=True,
        )


def main() -> None:
    """Command line; see the module's first lines."""
    if "BATCHNORM_PINNED" not in os.environ:  # TensorFlow reads the environment when it is imported, and before
        pinned = {**child_environment(dict(os.environ), installed.environment()), "BATCHNORM_PINNED": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], pinned)
    os.environ.pop("BATCHNORM_PINNED")
    judge(*map(Path, sys.argv[2:]))


if __name__ == "__main__":
    main()
