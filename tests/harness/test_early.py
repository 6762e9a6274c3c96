"""What a run says before it ends, and what a quick gate says of itself."""

import copy

import pytest
from support import comparison, early, gate_judgement, releases, running
from support.early import Watch
from support.environments import NotATarget
from support.known_changes import Known
from support.terminal import UNCHANGED

from fixtures import cases, record
from fixtures.order import is_quick
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


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tf.keras frozen-layer-infers regression", 0),
        ("tf.keras frozen-layer-infers numbers", 0),
        ("tf_keras frozen-layer-infers regression", 2),
        ("tf.keras training-switches-the-statistics regression", 2),
    ],
)
def test_changes_that_are_meant_are_no_news(base, name, told):
    """A claim, and the cases that decide it, which come before it; whatever kind of change it will be."""
    said: list[str] = []
    meant = [Known(name, 9, "so decided", "#1")]
    watch = Watch("candidate", lambda provenance: (BASE, base), None, said.append, meant)
    watch({"event": "imported", "unusable": None, "packages": base["provenance"]})
    deciding = next(
        case.id for case in comparison.observed_in(CLAIM) if "frozen-layer-infers" in comparison.claims_of()[case.id]
    )
    watch(observed(base, deciding, error="KeyError"))
    watch({"event": "decided", "subject": CLAIM, "verdict": "refuted"})
    assert (len(watch.differing), len(said)) == (told, min(told, 1))


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


def test_quick_gate_says_that_it_is_quick_and_what_it_did_not_ask(base):
    """Its yes stands on part of the cases: in the first line, and by kind in a note."""
    part = early.asked(base)
    assert 0 < len(part["observations"]) < len(base["observations"])
    assert all(map(is_quick, part["verdicts"]))
    run = running.Run(record=part, outcomes={"a": "passed"})
    found = gate_judgement.judge(run, gate_judgement.findings("candidate", run, BASE, part))
    told = early.quick(found, base, part)
    assert told.code == UNCHANGED
    assert told.headline.startswith("behaves like 2.4.4 in 1 tests; a quick gate, which asked ")
    assert told.notes[0].startswith("not asked: ")
    assert "without --quick everything is asked" in told.notes[0]


def test_what_a_quick_run_lost_is_missed(base):
    """Cases of the head that did not come are a gap, as in any run; the others are not missed."""
    part = early.asked(base)
    seen = copy.deepcopy(part)
    lost = next(name for name in seen["observations"] if name in cases.known())
    del seen["observations"][lost]
    run = running.Run(record=seen, outcomes={"a": "passed"})
    gaps = gate_judgement.findings("candidate", run, BASE, part).gaps
    assert gaps == (f"1 cases of {BASE} are missing, first {lost}",)
    assert comparison.known_cases()[lost].id == lost
