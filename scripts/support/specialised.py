"""Functions for a case: what its flags decide is decided, and branches that they do not take are left out."""

import ast
import builtins
import functools
import importlib
import pickle
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from fixtures import cases, sources
from fixtures.cases import Case

API = {cases.TF_LAYERS: "tf.compat.v1.layers", cases.KERAS_V1: "tf.compat.v1.keras"}  # others: as they are imported
FUNCTIONS = (ast.FunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
T = TypeVar("T", bound=ast.AST)
PLAIN = (bool, int, float, str, type(None))


# --- reading sources -------------------------------------------------------------------------------


@functools.cache
def text_of(module: str) -> str:
    """The source of a module of this suite."""
    with open(sources.path_of(module), encoding="utf-8") as lines:
        return lines.read()


@functools.cache
def tree(module: str) -> ast.Module:
    """The syntax tree of a module of this suite."""
    return ast.parse(text_of(module))


def definition(place: tuple[str, str]) -> ast.stmt | None:
    """The statement that defines a name at the top of a module; see :func:`copy_of` to change it."""
    return definitions(place[0]).get(place[1])


@functools.cache
def definitions(module: str) -> dict[str, ast.stmt]:
    """Name -> the first statement that defines it at the top of a module."""
    found: dict[str, ast.stmt] = {}
    for node in tree(module).body:
        if isinstance(node, (ast.Assign, ast.Import, ast.ImportFrom)):
            names = bound(node)
        else:
            names = {name} if (name := getattr(node, "name", None)) else set()
        for name in names:
            found.setdefault(name, node)
    return found


def copy_of(node: T) -> T:
    """A copy of a syntax tree, to be changed; copy.deepcopy() takes several times as long."""
    return pickle.loads(pickle.dumps(node, pickle.HIGHEST_PROTOCOL))


def bound(node: ast.AST) -> set[str]:
    """The names that belong to a function: its parameters, and what it assigns, defines or imports."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(ast.iter_child_nodes(node))
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, (ast.FunctionDef, ast.ClassDef)):
            found.add(part.name)
            waiting += [
                *part.decorator_list,
                *(part.args.defaults if isinstance(part, ast.FunctionDef) else part.bases),
            ]
            continue
        elif isinstance(part, ast.Lambda):
            continue
        elif isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, ast.alias):
            found.add((part.asname or part.name).split(".")[0])
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found.add(part.name)
        waiting += ast.iter_child_nodes(part)
    return found


def free_names(node: ast.AST, inside: frozenset[str] = frozenset()) -> Iterator[tuple[ast.Name, frozenset[str]]]:
    """The names that a statement reads from its module, each with the local names around it."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in inside and not hasattr(builtins, node.id):
            yield node, inside
        return
    if isinstance(node, FUNCTIONS):
        around = [*node.args.defaults, *node.args.kw_defaults, *getattr(node, "decorator_list", [])]
        for part in filter(None, around):
            yield from free_names(part, inside)
        body = node.body if isinstance(node, ast.FunctionDef) else [node.body]
        inner = inside | bound(node)
        for part in body:
            yield from free_names(part, inner)
        return
    if isinstance(node, COMPREHENSIONS):
        inside = inside | {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for part in ast.iter_child_nodes(node):
        yield from free_names(part, inside)


# --- values known before the program runs ----------------------------------------------------------


def literal(value: object) -> ast.expr:
    """The expression that means a plain value."""
    return ast.parse(repr(value), mode="eval").body


def known(node: ast.expr | None) -> tuple[bool, Any]:
    """Whether an expression is a plain value, and the value."""
    try:
        return True, ast.literal_eval(node)  # type: ignore[arg-type]
    except (ValueError, TypeError, SyntaxError):
        return False, None


class Specialised(ast.NodeTransformer):
    """A function of which some things are known: known flags are values, and branches not taken are gone.

    Attributes:
        constants: local name -> expression, of names whose value is known where the walk stands.
        varying: local names whose value hangs on the way that the program takes; they are never known.
    """

    def __init__(self, case: Case, module: str, function: ast.FunctionDef, constants: dict[str, ast.expr]) -> None:
        self.case = case
        self.module = importlib.import_module(module)
        self.constants = constants
        self.varying = set(varying(function))
        function.body = self.block(function.body)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A name whose value is known is the value."""
        if isinstance(node.ctx, ast.Load) and node.id in self.constants:
            return copy_of(self.constants[node.id])
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A flag of the case is its value."""
        if isinstance(node.value, ast.Name) and node.value.id == "case":
            return literal(getattr(self.case, node.attr, None))  # none: in a branch that such a case never takes
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """``WORDS["None"]`` is None; ``TRAINING["True"]`` is the function that stands there."""
        self.generic_visit(node)
        is_known, key = known(node.slice)
        table = getattr(self.module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        if is_known and isinstance(table, dict) and key in table:
            if isinstance(table[key], PLAIN):
                return literal(table[key])
            if callable(table[key]):
                return display_of(self.module.__name__, node.value.id, key)  # type: ignore[attr-defined]
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Methods of words, ``namespace(tf, surface)``, and functions that stand where they are called."""
        self.generic_visit(node)
        arguments = [known(argument) for argument in node.args]
        all_known = all(is_known for is_known, _ in arguments) and not node.keywords
        values = [value for _, value in arguments]
        if isinstance(node.func, ast.Attribute):
            is_known, subject = known(node.func.value)
            if is_known and all_known and isinstance(subject, (str, dict)):
                return literal(getattr(subject, node.func.attr)(*values))
        if isinstance(node.func, ast.Name) and node.func.id == "namespace":
            return ast.parse(API.get(self.case.surface, self.case.surface), mode="eval").body
        if isinstance(node.func, ast.Lambda) and [ast.unparse(a) for a in node.args] == [
            argument.arg for argument in node.func.args.args
        ]:
            return node.func.body
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Of known values, the answer."""
        self.generic_visit(node)
        if all(known(part)[0] for part in (node.left, *node.comparators)):
            return literal(evaluated(node))
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Of a known test, the branch."""
        self.generic_visit(node)
        is_known, value = known(node.test)
        return (node.body if value else node.orelse) if is_known else node

    def visit_If(self, node: ast.If) -> ast.stmt | list[ast.stmt]:
        """Of a known test, the statements of the branch."""
        node.test = self.visit(node.test)
        is_known, value = known(node.test)
        if is_known:
            return self.block(node.body if value else node.orelse)
        node.body, node.orelse = self.block(node.body) or [ast.Pass()], self.block(node.orelse)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | None:
        """A name that is given a known value is gone; one that is given another is known no more."""
        node.value = self.visit(node.value)
        is_known, value = known(node.value)
        (target,) = node.targets
        if ast.unparse(target) == ast.unparse(node.value):
            return None  # keras = keras
        pairs = [(target, value)]
        if is_known and isinstance(target, ast.Tuple):
            pairs = list(zip(target.elts, value, strict=True))
        if is_known and all(
            isinstance(name, ast.Name) and name.id not in self.varying and isinstance(part, PLAIN)
            for name, part in pairs
        ):
            self.constants.update({ast.unparse(name): literal(part) for name, part in pairs})
            return None
        for name in stores([target]):
            self.constants.pop(name, None)
        node.targets = [self.visit(target)]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Its own names hide those around it."""
        before, self.constants = self.constants, {n: v for n, v in self.constants.items() if n not in bound(node)}
        node.body = self.block(node.body) or [ast.Pass()]
        self.constants = before
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        """Its own names hide those around it."""
        before, self.constants = self.constants, {n: v for n, v in self.constants.items() if n not in bound(node)}
        node.body = self.visit(node.body)
        self.constants = before
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The statements that are left of some."""
        left: list[ast.stmt] = []
        for statement in body:
            found = self.visit(statement)
            left += found if isinstance(found, list) else [found] if found is not None else []
            if left and isinstance(left[-1], (ast.Return, ast.Raise)):
                break
        return left


def evaluated(node: ast.expr) -> Any:
    """The value of an expression made of plain values only."""
    return eval(compile(ast.Expression(ast.fix_missing_locations(node)), "", "eval"), {"__builtins__": {}})


def display_of(module: str, table: str, key: object) -> ast.expr:
    """The expression that a dictionary of a module holds under a key."""
    for node in tree(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == table and isinstance(node.value, ast.Dict):
            for name, value in zip(node.value.keys, node.value.values, strict=True):
                if known(name) == (True, key):
                    return copy_of(value)
    raise KeyError(table, key)


def stores(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that are assigned somewhere in these."""
    for node in nodes:
        yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def varying(function: ast.FunctionDef) -> Iterator[str]:
    """Local names that are changed in place, in a branch, in a loop or while an inner function may still read them."""
    top = list(function.body)
    inner = [node for node in ast.walk(function) if isinstance(node, FUNCTIONS) and node is not function]
    read = {n.id for node in inner for n in ast.walk(node) if isinstance(n, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, COMPREHENSIONS):
            yield from stores([node])
    while top:
        node = top.pop()
        if isinstance(node, ast.With):
            top += node.body
        elif isinstance(node, ast.Assign):
            names = list(stores(node.targets))
            yield from (name for name in names if name in read and list(stores([function])).count(name) > 1)
        else:
            yield from stores([node])


def specialised(case: Case, module: str, function: ast.FunctionDef, constants: dict[str, ast.expr]) -> ast.FunctionDef:
    """A function for one case and for known arguments, with the parameters that are left."""
    Specialised(case, module, function, dict(constants))
    without_idle_functions(function)
    if not any(isinstance(node, ast.Name) and node.id == "case" for node in ast.walk(function)):
        constants = {**constants, "case": literal(None)}
    arguments, first_default = function.args, len(function.args.args) - len(function.args.defaults)
    left = [(a, n - first_default) for n, a in enumerate(arguments.args) if a.arg not in constants]
    arguments.args = [argument for argument, _ in left]
    arguments.defaults = [arguments.defaults[number] for _, number in left if number >= 0]
    return function


def known_arguments(caller: ast.FunctionDef, name: str, function: ast.FunctionDef) -> dict[str, ast.expr]:
    """The plain values that a caller gives in its one call of a function, which leaves them out from then on."""
    uses = [n for n in ast.walk(caller) if isinstance(n, ast.Name) and n.id == name]
    calls = [n for n in ast.walk(caller) if isinstance(n, ast.Call) and n.func in uses]
    if len(calls) != 1 or len(uses) != 1 or function.args.vararg or function.args.kwarg:
        return {}
    (call,) = calls
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return {}
    given = dict(zip((argument.arg for argument in function.args.args), call.args, strict=False))
    given.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg})
    changing = set(varying(function))
    told = {}
    for parameter in [argument.arg for argument in function.args.args if argument.arg in given]:
        is_known, value = known(given[parameter])
        if is_known and isinstance(value, PLAIN) and parameter not in changing:
            told[parameter] = given[parameter]
    call.args = [value for value in call.args if value not in told.values()]
    call.keywords = [keyword for keyword in call.keywords if keyword.value not in told.values()]
    return told


def without_idle_functions(function: ast.FunctionDef) -> None:
    """Leave out inner functions that nothing calls, and names that nothing reads of what is there anyway."""
    while True:
        used = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        idle: list[ast.stmt] = []
        for node in function.body:
            if isinstance(node, ast.FunctionDef) and node.name not in used:
                idle.append(node)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                there = known(node.value)[0] or re.fullmatch(r"[\w.]+", ast.unparse(node.value))
                if there and node.targets[0].id not in used:
                    idle.append(node)
        if not idle:
            return
        function.body = [node for node in function.body if node not in idle]
