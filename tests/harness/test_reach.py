"""What cases and claims execute: measured once, and again where something is younger or observes otherwise."""

import json

import pytest
from support import environments, reach

from fixtures import cases


@pytest.fixture
def measure(tmp_path, monkeypatch):
    """Measures made-up subjects with a tool that says of each that it executes line 1; what was due each time."""
    monkeypatch.setattr(environments, "cache", lambda: tmp_path)
    due = []

    def measured(digests, without=()):
        def tool(path, python, asked, part):
            left = {name for name in digests if name not in asked["left_out"] and name not in without}
            due.append(sorted(left))
            return {name: {file: [1] for file in asked["files"]} for name in left}

        monkeypatch.setattr(reach, "digests", lambda surfaces: digests)
        monkeypatch.setattr(reach, "run_tool", tool)
        return json.loads(reach.lines_by_subject("9.9", None, ["a.py"]).read_text())

    return measured, due


def test_only_what_is_new_or_observes_otherwise_is_measured(measure):
    """A claim that is younger than the measurement took no part in judging commits, and nobody saw it."""
    measured, due = measure
    assert measured({"one": "1", "two": "2"}) == {"one": {"a.py": [1]}, "two": {"a.py": [1]}}
    measured({"one": "1", "two": "2"})
    assert measured({"one": "1", "two": "other", "three": "3"}).keys() == {"one", "two", "three"}
    assert due == [["one", "two"], ["three", "two"]]


def test_what_is_gone_or_cannot_run_judges_nothing(measure):
    """And what cannot run is not tried each time."""
    measured, due = measure
    measured({"one": "1", "old": "1"})
    assert measured({"one": "1", "absent": "1"}, without=["absent"]) == {"one": {"a.py": [1]}, "absent": {}}
    measured({"one": "1", "absent": "1"}, without=["absent"])
    assert due == [["old", "one"], []]


def test_digests_know_each_subject_and_what_it_observes():
    """Each case has its own, though one function observes many; claims have that of their cases."""
    found = reach.digests(["keras"])
    case, other = (cases.layer_call(cases.KERAS3, training).id for training in ("True", "False"))
    assert len({found["frozen-layer-infers keras tf2-style"], found[case], found[other]}) == 3
    assert not any(" tf_keras " in name for name in found)
