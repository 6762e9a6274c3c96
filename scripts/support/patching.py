"""Give the functions that imports have made the code of other sources, in a running process (Python ≥ 3.12)."""

import ast
import gc
import types
from pathlib import Path
from typing import Any


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
    inner = {
        id(n) for node in nodes[0] for n in ast.walk(node) if n is not node and isinstance(n, ast.FunctionDef)
    }  # decorated whenever the function around them runs
    if not changed or any(
        [ast.dump(d) for d in one.decorator_list] != [ast.dump(d) for d in other.decorator_list]
        for one, other in changed if id(one) not in inner
    ):  # fmt: skip
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


def around(source: str, lines: list[int]) -> range:
    """Lines of the outermost function that holds the lines; all of the file if none does."""
    spans = [
        (min([n.lineno, *(d.lineno for d in n.decorator_list)]), n.end_lineno or n.lineno)
        for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)
    ]  # fmt: skip
    holding = [(first, last) for first, last in spans if first <= min(lines) and max(lines) <= last]
    first, last = max(holding, key=lambda span: span[1] - span[0], default=(1, len(source.splitlines())))
    return range(first, last + 1)
