"""What a run says before it ends."""

import copy

import pytest
from support import releases
from support.early import Watch
from support.environments import NotATarget

from fixtures import cases, record
from fixtures.record import plain, restore

BASE = "2.4.4"
CALL = cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id
CLAIM = f"frozen-layer-infers {cases.TF_KERAS_BUNDLED} {cases.TF2_STYLE}"


@pytest.fixture(scope="module")
def base():
    """The record to compare with."""
    return record.read(releases.calendar()[BASE].record)


@pytest.fixture
def watched(base):
    """A watch of a candidate, after its import, and what it says."""
    said: list[str] = []
    watch = Watch("candidate", lambda provenance: (BASE, base), None, said.append)
    watch({"event": "imported", "unusable": None, "packages": base["provenance"]})
    return watch, said


def observed(base, name, **fields):
    """The event of an observation that is the baseline's but for some fields."""
    return {"event": "observed", "case": name, "seen": {**copy.deepcopy(base["observations"][name]), **fields}}


def test_first_change_is_told_when_it_is_seen(base, watched):
    """In one sentence, with its kind; those after it are counted."""
    watch, said = watched
    watch(observed(base, CALL))
    assert (said, watch.differing) == ([], [])
    outputs = restore(base["observations"][CALL])["outputs"]
    watch(observed(base, CALL, outputs=plain([output + 1 for output in outputs])))
    assert len(said) == 1
    assert said[0].startswith("first change: numbers changed: The layer called by itself")
    assert " (was: output of call 1: " in said[0]
    watch({"event": "decided", "subject": CLAIM, "verdict": "refuted"})
    assert len(said) == 1
    assert watch.differing == [CALL, CLAIM]


def test_verdict_that_turned_is_told_with_its_sentence(base, watched):
    """The statement, and what it was."""
    watch, said = watched
    watch({"event": "decided", "subject": CLAIM, "verdict": base["verdicts"][CLAIM]})
    watch({"event": "decided", "subject": CLAIM, "verdict": "refuted"})
    assert said[0] == (
        "first change: regression: A frozen layer called with training=True (was: it holds; now: it does not hold)"
    )


def test_bits_are_no_change(base, watched):
    """What a build does to the last bit is no news."""
    watch, said = watched
    outputs = restore(base["observations"][CALL])["outputs"]
    watch(observed(base, CALL, outputs=plain([output * (1 + 2**-23) for output in outputs])))
    assert (said, watch.differing) == ([], [])


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"event": "observed", "case": CALL, "seen": {"outputs": []}}, id="before the import"),
        pytest.param({"event": "imported", "unusable": "it crashed", "packages": {}}, id="no import"),
        pytest.param({"event": "imported", "unusable": None, "packages": {}}, id="no baseline"),
        pytest.param({"event": "ended", "observing": {}}, id="the end"),
    ],
)
def test_nothing_is_said_without_something_to_compare(event):
    """The end of the run says why."""

    def baseline(provenance):
        raise NotATarget("no record of a release before it")

    said: list[str] = []
    watch = Watch("candidate", baseline, None, said.append)
    watch(event)
    watch({"event": "decided", "subject": CLAIM, "verdict": "refuted"})
    assert said == []


def test_surfaces_that_are_not_judged_are_not_told(base):
    """--surface holds from the first moment."""
    said: list[str] = []
    watch = Watch("candidate", lambda provenance: (BASE, base), [cases.TF_LAYERS], said.append)
    watch({"event": "imported", "unusable": None, "packages": base["provenance"]})
    watch({"event": "decided", "subject": CLAIM, "verdict": "refuted"})
    assert said == []
