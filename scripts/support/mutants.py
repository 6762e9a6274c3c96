"""Mutants: small defects put into the sources of Keras and TensorFlow, by hand and by machine.

A mutant is the whole text of one module with one thing changed. Those made by hand say what the change
means (``scripts/mutants/by_hand.toml``); the others come from the operators of Cosmic Ray, and one that
deletes a statement, over the functions through which batch normalization passes
(``scripts/mutants/targets.toml``).
"""

import ast
import hashlib
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import parso
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    comparison_operator_replacement,
    number_replacer,
    remove_decorator,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from cosmic_ray.operators.operator import Example, Operator

from support.client import Failure

FOLDER = Path(__file__).resolve().parents[1] / "mutants"
PER_FUNCTION = 4  # machine-made mutants of one function at most, drawn with a fixed seed
FRESH_PER_FUNCTION = 2  # of the functions in fresh_targets.toml: one that is fresh, then one that was drawn last


class NoSuchPlace(Failure):
    """A mutant made by hand does not fit the installed source."""


@dataclass(frozen=True)
class Mutant:
    """One defect.

    Attributes:
        id: stable name.
        means: what a user would see, in one sentence; of a machine-made one, what was done where.
        file: the module's file, relative to site-packages.
        function: qualified name of the function in it.
        surfaces: the APIs that pass through it.
        by_hand: whether a person thought of it.
        source: the whole mutated module.
        draw: of a machine-made one, its number among those of the function, from 1.
        fresh: whether it is of those that were made to judge the suite as it was, too.
        last: whether it was drawn when all others were judged and had led to claims.
    """

    id: str
    means: str
    file: str
    function: str
    surfaces: tuple[str, ...]
    by_hand: bool
    source: str
    draw: int = 0
    fresh: bool = False
    last: bool = False

    @property
    def module(self) -> str:
        """Dotted name of the mutated module."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def touched(original: str, mutated: str) -> range:
    """Lines of the original of which one must run before a mutant can be told from it.

    They are those of the innermost statement that changed, the head alone of a compound one; of a function
    whose head changed, the whole of it.
    """
    one, other = original.splitlines(), mutated.splitlines()
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    from_end = next(
        (n for n, (a, b) in enumerate(zip(reversed(one), reversed(other), strict=False)) if a != b), 0
    )  # fmt: skip
    first, last = same + 1, max(same + 1, len(one) - from_end)
    indents = [len(lines[same]) - len(lines[same].lstrip()) if same < len(lines) else 0 for lines in (one, other)]
    inserted = same + from_end >= len(one) or indents[0] != indents[1]  # or moved to another block
    best = range(1, len(one) + 1)
    for node in ast.walk(ast.parse(original)):
        if inserted:
            if isinstance(node, ast.FunctionDef) and span(node)[0] <= same <= span(node)[1]:
                best = min(best, range(span(node)[0], span(node)[1] + 1), key=len)
            continue
        if not isinstance(node, ast.stmt):
            continue
        start, end = node.lineno, node.end_lineno or node.lineno
        body = getattr(node, "body", None)
        head = body is None or first < body[0].lineno
        if isinstance(node, ast.FunctionDef):
            start = span(node)[0]
        elif body and head:
            end = body[0].lineno - 1
        if start <= first and last <= end and (head or last > first):
            best = min(best, range(start, end + 1), key=len)
    return best


class DeleteStatement(Operator):
    """Replaces a simple statement by ``pass``; docstrings and imports stay."""

    def mutation_positions(self, node: Any) -> Iterator[tuple]:
        """Where a statement can go."""
        if node.type == "simple_stmt" and node.children[0].type not in (
            "string", "strings", "import_name", "import_from", "global_stmt", "nonlocal_stmt",
        ) and node.children[0].get_code().strip() != "pass":  # fmt: skip
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """``pass`` with the same indentation."""
        return parso.parse(node.get_first_leaf().prefix + "pass\n").children[0]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """As Cosmic Ray asks for."""
        return (Example("x = 1\n", "pass\n"),)


def _operators() -> list[type[Operator]]:
    """The operators that make sense of every language: no exotic pairs such as + for >>."""
    pairs = {
        "ReplaceBinaryOperator": {
            "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Mul_Add", "Sub_Mul", "Mod_Add", "FloorDiv_Mul", "Pow_Mul",
        },
        "ReplaceComparisonOperator": {
            "Eq_NotEq", "NotEq_Eq", "Lt_GtE", "LtE_Gt", "Gt_LtE", "GtE_Lt", "Lt_LtE", "Gt_GtE", "GtE_Gt", "LtE_Lt",
            "Is_IsNot", "IsNot_Is",
        },
    }  # fmt: skip
    found = [
        operator
        for module in (binary_operator_replacement, comparison_operator_replacement)
        for operator in module.operators()
        if any(operator.__name__ == f"{family}_{pair}" for family in pairs for pair in pairs[family])
    ]
    return [
        *found, *unary_operator_replacement.operators(), boolean_replacer.AddNot,
        boolean_replacer.ReplaceTrueWithFalse, boolean_replacer.ReplaceFalseWithTrue,
        boolean_replacer.ReplaceAndWithOr, boolean_replacer.ReplaceOrWithAnd, number_replacer.NumberReplacer,
        remove_decorator.RemoveDecorator, zero_iteration_for_loop.ZeroIterationForLoop, DeleteStatement,
    ]  # fmt: skip


class _At(MutationVisitor):
    """Mutates at one position instead of at the n-th occurrence: a function's own, not the module's."""

    def __init__(self, operator: Operator, position: tuple, index: int) -> None:
        super().__init__(0, operator)
        self.position, self.index, self.done = position, index, False

    def visit(self, node: Any) -> Any:
        """The node, mutated when it stands at the position."""
        if not self.done:
            at = list(self.operator.mutation_positions(node))
            if self.index < len(at) and at[self.index] == self.position:
                self.done = True
                return self.operator.mutate(node, self.index)
        return node


def functions(source: str) -> dict[tuple[str, bool], ast.FunctionDef]:
    """(qualified name, whether it is a setter) -> definition, of every function in a module."""
    found: dict[tuple[str, bool], ast.FunctionDef] = {}

    def walk(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                if isinstance(child, ast.FunctionDef):
                    setter = any(isinstance(d, ast.Attribute) and d.attr == "setter" for d in child.decorator_list)
                    found[name, setter] = child
                walk(child, f"{name}.")
            else:
                walk(child, prefix)

    walk(ast.parse(source), "")
    return found


def span(definition: ast.FunctionDef) -> tuple[int, int]:
    """First and last line of a function, decorators included."""
    first = min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])
    return first, definition.end_lineno or definition.lineno


def by_hand(packages: Path) -> list[Mutant]:
    """The mutants of ``by_hand.toml`` and ``fresh_by_hand.toml`` on the sources in ``packages``.

    Raises:
        NoSuchPlace: the text to replace does not occur exactly once in the function.
    """
    made = []
    for entry in [*_entries("by_hand", "mutant"), *_entries("fresh_by_hand", "mutant")]:
        source = _source(packages / entry["file"])
        definition = functions(source).get((entry["function"], entry.get("setter", False)))
        if definition is None:
            raise NoSuchPlace(f"mutant {entry['id']}: {entry['file']} has no function {entry['function']}.")
        first, last = span(definition)
        lines = source.splitlines(keepends=True)
        body = "".join(lines[first - 1 : last])
        if body.count(entry["find"]) != 1:
            raise NoSuchPlace(
                f"mutant {entry['id']}: {entry['function']} in {entry['file']} has what it replaces "
                f"{body.count(entry['find'])} times, not once."
            )
        mutated = "".join(lines[: first - 1]) + body.replace(entry["find"], entry["replace"]) + "".join(lines[last:])
        ast.parse(mutated)
        made.append(
            Mutant(
                entry["id"],
                entry["means"],
                entry["file"],
                entry["function"],
                tuple(entry["surfaces"]),
                True,
                mutated,
                fresh=entry["fresh"],
            )
        )
    return made


def by_machine(packages: Path) -> list[Mutant]:
    """Machine-made mutants of the functions in ``targets.toml`` and ``fresh_targets.toml``: always the same ones."""
    made: dict[str, Mutant] = {}
    for target in [*_entries("targets", "target"), *_entries("fresh_targets", "target")]:
        fresh = target.get("fresh", False)
        source = _source(packages / target["file"])
        definition = functions(source).get((target["function"], target.get("setter", False)))
        if definition is None:
            raise NoSuchPlace(f"targets.toml: {target['file']} has no function {target['function']}.")
        first, last = span(definition)
        lines = source.splitlines(keepends=True)
        # Under a line of its own, the body of a method is a whole program, and quick to parse.
        body = "if here:\n" + "".join(lines[first - 1 : last])
        places = list(_places(body, _said(definition, first)))
        random.Random(f"{target['file']} {target['function']}{' again' * fresh}").shuffle(places)
        found = 0
        for operator, position, index in places:
            if found == (FRESH_PER_FUNCTION if fresh else PER_FUNCTION):
                break
            changed = _At(operator(), position, index).walk(parso.parse(body)).get_code().partition("\n")[2]
            mutated = "".join(lines[: first - 1]) + changed + "".join(lines[last:])
            if mutated == source or mutated in made or not _compiles(mutated):
                continue
            found += 1
            line, column = position[0][0] + first - 2, position[0][1]
            digest = hashlib.sha256(mutated.encode()).hexdigest()[:8]
            made[mutated] = Mutant(
                f"{target['file'].split('/')[0]}-{digest}",
                f"{operator.__name__} in line {line}, column {column}, of {target['file']}.",
                target["file"], target["function"], tuple(target["surfaces"]), False, mutated,
                0 if fresh else found, fresh and found == 1, fresh and found == 2,
            )  # fmt: skip
    return list(made.values())


def _entries(name: str, key: str) -> list[dict[str, Any]]:
    """The entries of a file of mutants; none if there is no such file."""
    path = FOLDER / f"{name}.toml"
    entries = tomllib.loads(path.read_text())[key] if path.exists() else []
    return [{**entry, "fresh": name.startswith("fresh")} for entry in entries]


def _said(definition: ast.FunctionDef, first: int) -> list[tuple[int, int]]:
    """Lines of a function, counted as in its body below ``if here:``, that only raise or assert."""
    return [
        (node.lineno - first + 2, (node.end_lineno or node.lineno) - first + 2)
        for node in ast.walk(definition)
        if isinstance(node, ast.Raise | ast.Assert)
    ]


def _places(body: str, left_out: list[tuple[int, int]]) -> Iterator[tuple[type[Operator], tuple, int]]:
    """Every way to mutate a body, what only raises left out."""

    def nodes(node: Any) -> Iterator[Any]:
        yield node
        for child in getattr(node, "children", ()):
            yield from nodes(child)

    everything = list(nodes(parso.parse(body)))
    for operator in _operators():
        made = operator()
        for node in everything:
            for index, position in enumerate(made.mutation_positions(node)):
                line = position[0][0]
                if line > 1 and not any(first <= line <= last for first, last in left_out):
                    yield operator, position, index


def _compiles(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@cache
def _source(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        raise NoSuchPlace(f"{path} does not exist.") from None
