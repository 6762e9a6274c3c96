"""One case as a program of its own: what its observation runs, and nothing of this suite.

The observing function is specialised to the case, and everything of the suite that it uses is put in front of it:
functions as they stand, data as numbers. At the end the program holds what it sees against a record.
"""

import ast
import functools
import importlib
import inspect
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from fixtures import cases, installed, judging, sources
from fixtures.cases import Case
from fixtures.claims import load
from fixtures.observing import child_environment
from fixtures.record import restore
from support import comparison
from support.specialised import API, PLAIN, copy_of, definition, free_names, known_arguments, specialised, text_of
from support.standalone_end import alike, flat, print_beside_record

WIDTH = 110
BESIDE = (cases.TF_KERAS, cases.KERAS3)  # modules beside TensorFlow, which a program imports

Place = tuple[str, str]  # module of the suite, name in it
Observation = dict[str, Any]


class NotStandalone(Exception):
    """A case that cannot be told as one program; the message is one sentence."""


# --- data ------------------------------------------------------------------------------------------


def is_data(value: object) -> bool:
    """Whether a value is numbers, words, and lists and tables of them."""
    if isinstance(value, dict):
        return all(map(is_data, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_data, value))
    return isinstance(value, (*PLAIN, np.ndarray))


def spelled(numbers: np.ndarray) -> str:
    """Numbers as nested lists; Python has no name for NaN and infinity, numpy has."""
    return re.sub(r"\b(nan|inf)\b", r"np.\1", str(numbers.tolist()))


def written(value: object) -> str:
    """Data as an expression."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name!r}: {written(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(written, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, np.ndarray):
        numbers = value.astype(int) if value.dtype.kind == "f" and np.all(value == np.trunc(value)) else value
        kind = "bool" if value.dtype == bool else f"np.{value.dtype}"
        return f"np.array({spelled(numbers)}, {kind})"
    return spelled(np.asarray(value)) if isinstance(value, float) else repr(value)


# --- the program -----------------------------------------------------------------------------------


class Program:
    """What a function needs, gathered from the modules of the suite.

    Attributes:
        imports: statements that import other packages.
        names: definition -> its name in the program.
        texts: definition -> its text.
        data: definition -> the keys of the table that are used, or None for all of it.
        users: definition -> the definitions that use it.
    """

    def __init__(self, given: dict[Place, ast.FunctionDef]) -> None:
        """``given`` holds functions that are taken as given here, not as they stand."""
        self.given = given
        self.imports: set[str] = set()
        self.users: dict[Place, set[Place]] = {}
        self.names: dict[Place, str] = {}
        self.texts: dict[Place, str] = {}
        self.data: dict[Place, set[str] | None] = {}

    def add(self, place: Place) -> None:
        """Take in a definition and what it uses."""
        original = defined(place)
        self.names.setdefault(place, place[1])
        node = OfModules(place[0]).visit(copy_of(self.given.get(place, original)))
        keys = {
            id(part.value): str(part.slice.value) for part in ast.walk(node)
            if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant)
        }  # fmt: skip
        for used, around in list(free_names(node)):
            used.id = self.resolve(place, used, around, keys.get(id(used)))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.name = self.names[place]
        elif isinstance(node, ast.Assign):
            node.targets = [ast.Name(self.names[place], ast.Store())]
        same = ast.dump(node) == ast.dump(original)
        self.texts[place] = source_of(place[0], original) if same else ast.unparse(ast.fix_missing_locations(node))

    def resolve(self, user: Place, node: ast.Name, around: frozenset[str], key: str | None) -> str:
        """Take in what a name means to its user, where ``around`` are the local names; its name in the program."""
        if node.id in BESIDE and definition((user[0], node.id)) is None:
            return node.id
        found = meaning(user[0], node.id)
        statement = defined(found)
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.imports.add(ast.unparse(statement))
            return node.id
        self.users.setdefault(found, set()).add(user)
        is_new = found not in self.names
        if is_new:
            taken = found[1] in {*self.names.values(), *around}
            self.names[found] = f"{found[0].rsplit('.', 1)[-1]}_{found[1]}" if taken else found[1]
        value = getattr(importlib.import_module(found[0]), found[1], None)
        if isinstance(statement, ast.Assign) and is_data(value):
            used = self.data.setdefault(found, set())
            self.data[found] = None if key is None or used is None else used | {key}
        elif is_new:
            self.add(found)
        return self.names[found]

    def text(self) -> tuple[str, str]:
        """Data, and functions; each behind what it uses."""

        def in_order(places: Iterable[Place]) -> list[Place]:
            return sorted(places, key=lambda place: (depth(place[0]), place[0], defined(place).lineno))

        data = []
        for place in in_order(self.data):
            value, keys = getattr(importlib.import_module(place[0]), place[1]), self.data[place]
            if isinstance(value, dict) and keys:
                value = {name: value[name] for name in value if name in keys}
            data.append(wrapped(f"{self.names[place]} = {written(value)}"))
        return "\n".join(data), "\n\n\n".join(self.texts[place] for place in in_order(self.texts))


class OfModules(ast.NodeTransformer):
    """Makes ``graph.run``, where ``graph`` is a module of the suite, one name: the whole of it, a dot, and ``run``."""

    def __init__(self, module: str) -> None:
        self.imported = sources.module(module).imported

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """An attribute of a module of the suite."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and not node.attr.startswith("__"):
            module, name = self.imported.get(node.value.id, ("", ""))
            if module and name is None:
                return ast.copy_location(ast.Name(f"{module}.{node.attr}", node.ctx), node)
        return node


def meaning(module: str, name: str) -> Place:
    """Where a name of a module is defined.

    Raises:
        NotStandalone: it is a module of the suite itself.
    """
    of_module, _, name = name.rpartition(".")
    place: tuple[str, str | None] = (of_module or module, name)
    while place[1] is not None and place[1] in sources.module(place[0]).imported:
        place = sources.module(place[0]).imported[place[1]]
    if place[1] is None:
        raise NotStandalone(f"it starts a program that is part of the suite, python -m {place[0]}.")
    return place[0], place[1]


@functools.cache
def depth(module: str) -> int:
    """How many modules of the suite lie below one, at most."""
    below = {place for place, _ in sources.module(module).imported.values()}
    return 1 + max(map(depth, below), default=0)


def defined(place: Place) -> ast.stmt:
    """The statement that defines a name.

    Raises:
        NotStandalone: there is none.
    """
    statement = definition(place)
    if statement is None:
        raise NotStandalone(f"{place[1]} of {place[0]} is defined nowhere.")
    return statement


def source_of(module: str, node: ast.stmt) -> str:
    """A statement as it is written, decorators and comments included."""
    first = min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", []))])
    return "\n".join(text_of(module).splitlines()[first - 1 : node.end_lineno])


def wrapped(line: str) -> str:
    """A long statement of numbers, broken between them; one with text in it stays as it is."""
    strings = [part.value for part in ast.walk(ast.parse(line)) if isinstance(part, ast.Constant)]
    # A file of a release in base 85 is a text without a space: as a line of its own it would be a statement of its own.
    if any(isinstance(one, str) and (len(one) > WIDTH or any(map(str.isspace, one))) for one in strings):
        return line
    wrap = textwrap.TextWrapper(WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return wrap.fill(line)


# --- the script ------------------------------------------------------------------------------------


def formatted(code: str) -> str:
    """Code as ruff lays it out."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={WIDTH}", "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout.rstrip()


def paragraphs(case: Case, env: installed.Environment, compares: bool) -> Iterator[str]:
    """What a reader of the script must know first."""
    yield textwrap.fill(f"{judging.situation(case, env)}.", WIDTH)
    for claim in [load()[name] for name in comparison.claims_of().get(case.id, ())]:
        yield textwrap.fill(f"Claim {claim.id}: {claim.sentence}", WIDTH)
        yield "\n".join(f"    {source}" for source in claim.sources)
    packages = ["tensorflow", "numpy"] + [case.surface] * (case.surface in BESIDE)
    exit_code = " Exit code 1: it is not what is on record." if compares else ""
    yield f"Needs {', '.join(packages)}; prints what it sees.{exit_code}"


def gathered(case: Case, place: Place) -> Program:
    """What observes a case, specialised to it; and so are functions that only the observing function calls."""
    given = {}
    function = defined(place)
    if case.kind != "scenario" and isinstance(function, ast.FunctionDef):
        given[place] = OfModules(place[0]).visit(specialised(case, place[0], copy_of(function), {}))
        trial = Program(dict(given))
        trial.add(place)
        for used in [found for found, users in trial.users.items() if users == {place}]:
            helper = defined(used)
            called = {
                node.id for node, _ in free_names(given[place])
                if node.id not in BESIDE and meaning(place[0], node.id) == used
            }  # fmt: skip
            if isinstance(helper, ast.FunctionDef) and not helper.decorator_list and len(called) == 1:
                arguments = known_arguments(given[place], called.pop(), helper)
                given[used] = specialised(case, used[0], copy_of(helper), arguments)
    program = Program(given)
    program.add(place)
    return program


def file_name(case: Case) -> str:
    """A file's name for the program of a case."""
    return re.sub(r"[^\w.=-]", "_", case.id) + ".py"


def quoted(text: object) -> str:
    """A word in double quotes; anything else as Python writes it."""
    return json.dumps(text) if isinstance(text, str) else repr(text)


def script(case: Case, env: installed.Environment, recorded: Observation | None = None, release: str = "") -> str:
    """A program that makes one observation with TensorFlow and numpy alone.

    Args:
        case: what to observe.
        env: the packages that it is written for: TensorFlow 1 is told to behave like 2, and 2.16 to have tf_keras.
        recorded: an observation of this case, as a record holds it, to compare with.
        release: whose it is.

    Raises:
        NotStandalone: it cannot be told as one program.
    """
    place = sources.place_of(sources.observer_of(case.id))
    program = gathered(case, place)
    api = API.get(case.surface, case.surface)
    given = "".join(f", {name}={quoted(value)}" for name, value in case.given.items())
    call = f"{place[1]}(tf, {api}{given})" if case.kind == "scenario" else f"{place[1]}(tf)"
    data, functions = program.text()
    variables = child_environment({}, env)
    del variables["PYTHONPATH"]
    if case.program == cases.KERAS3_ONLY:
        variables.pop("TF_USE_LEGACY_KERAS", None)
    imports = program.imports | {"import os", "import sys", "import numpy as np", "import tensorflow as tf"}
    if case.surface in BESIDE:
        imports.add(f"import {case.surface}")
    others = {line for line in imports if line.split()[1] not in sys.stdlib_module_names}
    values = flat(restore(recorded)) if recorded and "ended" not in recorded else []
    lines = [f"    {quoted(where)}: {spelled(v) if isinstance(v, np.ndarray) else written(v)}," for where, v in values]
    head = [
        *sorted(imports - others), "",
        *(f"os.environ.setdefault({quoted(name)}, {quoted(value)})" for name, value in sorted(variables.items())), "",
        *sorted(others), "",
    ]  # fmt: skip
    if case.program == cases.TF1_STYLE:
        head.append("tf.compat.v1.disable_v2_behavior()")
    elif env.tensorflow.startswith("1."):
        head.append("tf.compat.v1.enable_v2_behavior()")
    head += ["tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)", ""]
    code = "\n\n\n".join([functions, *(inspect.getsource(function) for function in (flat, alike, print_beside_record))])
    text = [
        '"""' + "\n\n".join(paragraphs(case, env, bool(recorded))) + '\n"""', *head, data,
        "", "",
        formatted(code), "", "", "RECORDED = {" + "}" * (not lines), *lines, *["}"] * bool(lines),
        f"sys.exit(print_beside_record({call}, RECORDED, {release!r}, drift={comparison.drift_of(case)!r}) > 0)", "",
    ]  # fmt: skip
    return re.sub("\n{4,}", "\n\n\n", "\n".join(text))
