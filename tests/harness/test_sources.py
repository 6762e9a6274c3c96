"""The digests of observing functions: what changes them, and what does not."""

import itertools
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import comparison

from fixtures import sources


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the suite's sources that may be edited; digests are of what lies there now."""
    shutil.copytree(sources.ROOT + "/fixtures", tmp_path / "fixtures", ignore=shutil.ignore_patterns("*.json"))
    monkeypatch.setattr(sources, "ROOT", str(tmp_path))

    def digest(observer):
        sources.module.cache_clear()
        sources.digest.cache_clear()
        return sources.digest(observer)

    def edit(file, old, new):
        path = tmp_path / "fixtures" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    yield digest, edit
    sources.module.cache_clear()
    sources.digest.cache_clear()


def words(text, *others):
    """The words of the last statement of a module ``fixtures.here``, and of others beside it: pairs (name, text)."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "ROOT", folder)
        sources.module.cache_clear()
        (Path(folder) / "fixtures").mkdir()
        for name, lines in [("here", text), *others]:
            (Path(folder) / "fixtures" / f"{name}.py").write_text(lines)
        found = sources.module("fixtures.here").statements[-1].words
    sources.module.cache_clear()
    return " ".join(word if isinstance(word, str) else "@" + ".".join(filter(None, word)) for word in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('x = (1,  # one\n     2)\n', "<own 0> = ( 1 , 2 ) <newline>"),
        ('@d\ndef f(a):\n    """Doc."""\n    return "text"\n\n', "@ d <newline> def <own 0> ( a ) : <newline> "
         '<indent> return "text" <newline>'),
        ("import numpy as np\ny = np.pi\n", "<own 0> = numpy . pi <newline>"),
        ("from os import path as p\ny = p\n", "<own 0> = os . path <newline>"),
        ("from fixtures import there as t\ny = t.x\n", "<own 0> = @fixtures.there.x <newline>"),
        ("from fixtures.there import x as z\ny = z\n", "<own 0> = @fixtures.there.x <newline>"),
        ("from fixtures import there\ny = there\n", "<own 0> = @fixtures.there <newline>"),
        ("y = 1\ny.append(2)\n", "<own 0> . append ( 2 ) <newline>"),
        ("x = 1\ny, z = x, (lambda x: x)\n", "<own 0> , <own 1> = @fixtures.here.x , ( lambda x : x ) <newline>"),
        ("x = 1\ny = [x for x in x if x]\n", "<own 0> = [ x for x in @fixtures.here.x if x ] <newline>"),
        ("x = 1\ndef f(a=x):\n  x = a\n  return x\n",
         "def <own 0> ( a = @fixtures.here.x ) : <newline> <indent> x = a <newline> return x <newline>"),
        ("x = 1\ndef f():\n  global x\n  x = x\n",
         "def <own 0> ( ) : <newline> <indent> global x <newline> @fixtures.here.x = @fixtures.here.x <newline>"),
        ("x = 1\ndef f(a):\n  if a:\n    return\n  x.append(a)\n",
         "def <own 0> ( a ) : <newline> <indent> if a : <newline> <indent> return <newline> <dedent> "
         "@fixtures.here.x . append ( a ) <newline>"),
        ("def f(a):\n  if a:\n    return\n  from fixtures.there import x\n  return x\n",
         "def <own 0> ( a ) : <newline> <indent> if a : <newline> <indent> return <newline> <dedent> "
         "return @fixtures.there.x <newline>"),
        ("def f():\n  from fixtures.there import x\n  return x\n",
         "def <own 0> ( ) : <newline> <indent> return @fixtures.there.x <newline>"),
        ("x = 1\nclass C(x):\n  x = 2\n  y = x\n  def f(self): return x\n", "class <own 0> ( @fixtures.here.x ) : "
         "<newline> <indent> x = 2 <newline> y = x <newline> def f ( self ) : return @fixtures.here.x <newline>"),
    ],
)  # fmt: skip
def test_a_name_of_the_suite_is_told_from_a_local_one(text, expected):
    """What a statement says, without comments, docstrings, line breaks and imports."""
    assert words(text, ("there", "x = 1\n")) == expected


@st.composite
def suites(draw):
    """What a suite says: for each definition the number that it holds, and the definitions that it uses in turn."""
    size = draw(st.integers(2, 6))
    return [
        (draw(st.integers(0, 9)), draw(st.lists(st.integers(0, size - 1), max_size=3))) for _ in range(size)
    ]  # fmt: skip


@st.composite
def layouts(draw, size):
    """Where each definition lies, what it is called, in which order they stand, and how each import is written."""
    modules = draw(st.permutations(["a", "b", "c"]))
    names = draw(st.permutations(["one", "two", "three", "four", "five", "six", "seven"]))
    return {
        "places": [(draw(st.sampled_from(modules)), names[i]) for i in range(size)],
        "order": draw(st.permutations(range(size))),
        "by_attribute": draw(st.booleans()),
        "alias": draw(st.sampled_from(["", "_", "other"])),
    }


def told(suite, layout):
    """The digest of each definition of a suite, written down as a layout says."""
    files: dict[str, list[str]] = {"a": [], "b": [], "c": []}
    imports: dict[str, set[str]] = {"a": set(), "b": set(), "c": set()}
    for i in layout["order"]:
        (number, uses), (module, name) = suite[i], layout["places"][i]
        calls = []
        for there, used in (layout["places"][j] for j in uses):
            if there == module:
                calls.append(f"{used}()")
            elif layout["by_attribute"]:
                imports[module].add(f"from fixtures import {there} as {there}{layout['alias']}")
                calls.append(f"{there}{layout['alias']}.{used}()")
            else:
                imports[module].add(f"from fixtures.{there} import {used} as {used}{layout['alias']}")
                calls.append(f"{used}{layout['alias']}()")
        files[module].append(f"def {name}(x={number}):\n    return [{', '.join(['x', *calls])}]\n")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "ROOT", folder)
        sources.module.cache_clear()
        (Path(folder) / "fixtures").mkdir()
        for module, lines in files.items():
            text = "\n".join(sorted(imports[module]) + lines)
            (Path(folder) / "fixtures" / f"{module}.py").write_text(text)
        found = [
            sources.meaning(sources.Use(f"fixtures.{module}", name), (), {})[0] for module, name in layout["places"]
        ]
    sources.module.cache_clear()
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_definition_may_move_and_be_renamed(data):
    """Other modules, names, orders and imports: each definition keeps its digest, also those that call each other."""
    suite = data.draw(suites())
    one, other = data.draw(layouts(len(suite))), data.draw(layouts(len(suite)))
    assert told(suite, one) == told(suite, other)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_digest_changes_with_all_that_is_used_and_with_nothing_else(data):
    """One number: the definition that holds it, and those that reach it."""
    suite = data.draw(suites())
    layout, edited = data.draw(layouts(len(suite))), data.draw(st.integers(0, len(suite) - 1))
    after = [(number + 10 if i == edited else number, uses) for i, (number, uses) in enumerate(suite)]
    reaches = [{i} for i in range(len(suite))]
    for _, (seen, (_, uses)) in itertools.product(suite, zip(reaches, suite, strict=True)):
        seen.update(*(reaches[j] for j in uses))
    changed = [b != a for b, a in zip(told(suite, layout), told(after, layout), strict=True)]
    assert changed == [edited in seen for seen in reaches]


@pytest.mark.slow
def test_observing_functions_may_move(copy, tmp_path):
    """Of the suite as it is: each group of scenarios in a module of another name."""
    digest, _ = copy
    names = sorted({name for name in map(sources.observer_of, comparison.known_cases()) if "." in name})
    before = {names[0]: digest(names[0]), **{name: sources.digest(name) for name in names[1:]}}
    folder = tmp_path / "fixtures" / "observer" / "scenarios"
    for group in {name.partition(".")[0] for name in names}:
        shutil.copy(folder / f"{group}.py", folder / f"elsewhere_{group}.py")
    assert {name: sources.digest("elsewhere_" + name) for name in names} == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("settings.py", "MOMENTUM = 0.96875", "MOMENTUM = 0.9375", {"graph_layer", "renorm.renorm", "layer_call"}),
        ("observer/graph.py", "for _ in range(2):", "for _ in range(3):", {"graph_layer"}),
        ("observer/scenarios/fused_kernel.py", "COUNTS = (1, 2", "COUNTS = (1, 7", {"fused_kernel.onednn"}),
        ("observer/program_with_onednn.py", "randint(0, 10", "randint(0, 9", {"fused_kernel.onednn"}),
        ("observing.py", '"TF_ENABLE_ONEDNN_OPTS": "0"', '"TF_ENABLE_ONEDNN_OPTS": "1"', None),
        ("observer/graph.py", '"""Last part of', '"""The last part of', set()),
        ("claims/axis.py", "HOLDS", "REFUTED", set()),
        ("observer/__init__.py", '"canary": "canary"', '"canary": "canary", "other": "graph"', set()),
    ],
)
def test_digest_changes_with_the_code_that_observes(copy, file, old, new, changed):
    """By what a function uses, near or far; None means all."""
    digest, edit = copy
    names = ["graph_layer", "fused_kernel.onednn", "renorm.renorm", "layer_call"]
    before = {name: digest(name) for name in names}
    edit(file, old, new)
    assert {name for name in names if digest(name) != before[name]} == (set(names) if changed is None else changed)


def test_unknown_function_is_refused():
    """No digest of nothing."""
    with pytest.raises(KeyError):
        sources.digest("axis.never_written")


def test_every_case_has_a_function():
    """Each observing function of the suite is found by the id of its cases."""
    found = sources.digests(comparison.known_cases())
    assert {"graph_layer", "compiled", "fused_kernel.onednn"} <= set(found)
    assert len(set(found.values())) == len(found)
