"""The digests of observing functions: what changes them, and what does not."""

import shutil

import pytest
from support import comparison, releases

from fixtures import record, sources


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


def test_statements_are_tokens_without_comments_docstrings_and_layout():
    """Decorators belong to what they decorate, and else to its if."""
    text = '''"""Doc."""
x = (1,  # one
     2)
@d
def f(a):
    """Doc."""
    return "text"

if x:
    y = 1
else:
    y = 2
'''
    assert sources.statements(text) == [
        [], ["x", "=", "(", "1", ",", "2", ")"],
        ["@", "d", "def", "f", "(", "a", ")", ":", "return", '"text"'],
        ["if", "x", ":", "y", "=", "1", "else", ":", "y", "=", "2"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("settings.py", "MOMENTUM = 0.96875", "MOMENTUM = 0.9375", {"graph_layer", "options.renorm", "layer_call"}),
        ("observer/graph.py", "for _ in range(2):", "for _ in range(3):", {"graph_layer"}),
        ("observer/scenarios/options.py", "COUNTS = (1, 2", "COUNTS = (1, 7", {"options.onednn"}),
        ("observer/program_with_onednn.py", "randint(0, 10", "randint(0, 9", {"options.onednn"}),
        ("observing.py", '"TF_ENABLE_ONEDNN_OPTS": "0"', '"TF_ENABLE_ONEDNN_OPTS": "1"', None),
        ("observer/graph.py", '"""Last part of', '"""The last part of', set()),
        ("claims/options.py", "HOLDS", "REFUTED", set()),
    ],
)
def test_digest_changes_with_the_code_that_observes(copy, file, old, new, changed):
    """By what a function uses, near or far; None means all."""
    digest, edit = copy
    names = ["graph_layer", "options.onednn", "options.renorm", "layer_call"]
    before = {name: digest(name) for name in names}
    edit(file, old, new)
    assert {name for name in names if digest(name) != before[name]} == (set(names) if changed is None else changed)


def test_unknown_function_is_refused():
    """No digest of nothing."""
    with pytest.raises(KeyError):
        sources.digest("options.never_written")


def test_every_case_has_a_function():
    """Each observing function of the suite is found by the id of its cases."""
    found = sources.digests(comparison.known_cases())
    assert {"graph_layer", "compiled", "options.onednn"} <= set(found)
    assert len(set(found.values())) == len(found)


def test_case_that_other_code_observed_is_lacking():
    """Its tests, and the claims that it decides, run again; no others do."""
    seen = record.read(releases.calendar()["2.4.4"].record)
    assert comparison.lacking(seen) == []
    seen["observers"]["options.onednn"] = "0123456789"
    assert comparison.lacking(seen) == ["onednn-computes-the-same tf.layers tf2-style"]
    del seen["observers"]["graph_freeze"]
    again = comparison.lacking(seen)
    assert sum(name.startswith("graph_freeze-") for name in again) == 36
