"""The order of tests: how it is learned, that it is whole, and that pytest keeps it."""

import json
import types
from pathlib import Path

import order as script
import pytest
from support import learning, ordering, releases
from support.ordering import AGAIN, Learner, Subjects, folds, traits

from fixtures import cases, order, record
from fixtures.plugin.order import arrange
from fixtures.subjects import parse

A, B, C = "kind-a", "kind-b", "kind-c"


@pytest.fixture
def learner(monkeypatch):
    """Of made-up subjects, by what notices mutants alone."""
    monkeypatch.setattr(ordering, "OF_TRAITS", 0.0)
    return lambda cases_of, seconds: Learner(Subjects(cases_of, seconds))


def test_what_notices_most_for_each_second_comes_first(learner):
    """Not what notices most: one that notices half as much for a tenth of the time goes before it."""
    made = learner({A: [A], B: [B], C: [C]}, {A: 10.0, B: 1.0, C: 1.0})
    told, size = made.order({"m1": [A, B], "m2": [A, B], "m3": [A], "m4": [A], "m5": [C]}, 2.5)
    assert made.order({"m1": [A, B], "m2": [A, B], "m3": [C]}, 2.5, whole=False) == ([B, C], 2)
    assert told == [B, C, A]
    assert size == 2, "the head holds what fits into its seconds"


def test_what_is_noticed_already_counts_for_less(learner):
    """B notices what A does; C something else, at the same price."""
    made = learner({A: [A], B: [B], C: [C]}, {A: 1.0, B: 1.0, C: 1.0})
    assert made.order({"m1": [A, B], "m2": [A, B], "m3": [C], "m4": [A]}, 9.0)[0] == [A, C, B]
    assert 2 * AGAIN < 1, "noticing two mutants once more is worth less than noticing a third"


def test_a_case_that_others_observe_too_costs_nothing_more(learner):
    """Claims that one scenario decides come together."""
    made = learner({A: ["one"], B: ["other"], C: ["one"]}, {"one": 5.0, "other": 3.0})
    assert made.order({"m1": [A], "m2": [A], "m3": [B], "m4": [C]}, 9.0)[0] == [A, C, B]
    assert made.subjects.cost([A, C]) == pytest.approx(5.0, abs=0.1)


def test_mutants_are_in_parts_that_are_always_the_same():
    """Each in one, and the parts of one size."""
    parts = folds([f"m{number}" for number in range(25)], 10)
    assert sorted(mutant for part in parts for mutant in part) == sorted(f"m{number}" for number in range(25))
    assert {len(part) for part in parts} == {2, 3}
    assert parts == folds([f"m{number}" for number in reversed(range(25))], 10)


@pytest.fixture(scope="module")
def learned():
    """What the committed order was learned from."""
    return json.loads(learning.NOTICING.read_text())


def test_order_is_what_was_learned(learned):
    """Nobody moved a line by hand."""
    assert script.text_of(learned) == Path(order.PATH).read_text(), "run scripts/order.py --learn"


def test_order_holds_what_the_release_has(learned):
    """Each of its cases and claims once, and nothing that there is no more; few are younger than it."""
    places, head = order.learned()
    seen = record.read(releases.calendar()[script.RELEASE].record)
    every = {*seen["verdicts"], *(cases.known().keys() & seen["observations"])}
    assert len(places) == len(json.loads(Path(order.PATH).read_text())["subjects"])
    gone, young = [name for name in places if name not in every], every - places.keys()
    assert not gone, f"run scripts/order.py --learn: {len(gone)} cases and claims are gone, first {gone[0]}"
    assert len(young) < len(every) / 10, "run scripts/order.py --again: more than a tenth is younger than the order"
    assert 0 < head < len(places) / 2


def test_quick_run_notices_what_the_page_says(learned):
    """Of mutants that its head was not learned from, and whether that is the goal; all of the sample was asked."""
    noticed, missed, asks = learning.left_out(learned)
    assert not asks, "run scripts/order.py: the head holds others than were asked"
    said, asked = (releases.ROOT / "docs" / "proof.md").read_text(), len(noticed) + len(missed)
    assert f"**{len(noticed)} of {asked}** mutants" in said
    met = "met" if 20 * len(noticed) >= 19 * asked else "not met"
    assert f"| the quick run notices at least 95 % of the mutants | {len(noticed) / asked:.0%} | {met} |" in said


def test_mutants_that_are_left_out_teach_nothing(learner):
    """What only they would bring into the head does not come into it."""
    noticing = {"subjects": [A, B, C], "first": {"m1": B, "m2": B, "m3": C}, "sample": {"m1": [1]}, "heads": {}}
    made = learner({A: [A], B: [B], C: [C]}, {A: 1.0, B: 1.0, C: 1.0})
    assert learning.learned(made, noticing)[0][0] == B
    assert learning.learned(made, noticing, ["m1", "m2"])[0][0] == C


def test_a_subject_is_about_its_claim_and_its_flags():
    """Values hold dashes, and count for each surface anew."""
    assert traits("frozen-layer-infers keras tf2-style") == {"frozen-layer-infers", "frozen-layer-infers keras"}
    assert traits("option-tf.layers-tf1-style-training=tensor-False-axis=-1") == {
        "option", "option tf.layers", "option tf.layers training=tensor-False", "option tf.layers axis=-1",
    }  # fmt: skip


def test_younger_subject_comes_behind_the_head():
    """Nothing is known of it yet; the Keras 2 that TensorFlow carried is the one beside it."""
    places, head = order.learned()
    claim = next(name for name in places if parse(name) and parse(name).surface == cases.TF_KERAS)
    bundled = claim.replace(f" {cases.TF_KERAS} ", f" {cases.TF_KERAS_BUNDLED} ")
    assert order.place_of(bundled) == order.place_of(claim) == places[claim]
    assert head - 1 < order.place_of("a-new-claim keras tf2-style") < head
    assert not order.is_quick("a-new-claim keras tf2-style")
    case = cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id
    assert order.twin_of(case) == cases.layer_call(cases.TF_KERAS, "True").id


class Item:
    """As pytest collects them."""

    def __init__(self, name, case, folder="keras_v2"):
        self.nodeid, self.marks = f"{name}[{case}]", []
        self.path = f"/x/tests/{folder}/test_it.py"
        self.callspec = types.SimpleNamespace(params={"case": case})

    def add_marker(self, mark):
        """As pytest's."""
        self.marks.append(mark.name)


def arranged(monkeypatch, items, *arguments):
    """The tests in their order, with some that are known: the last case of the layer first."""
    known = {case.id: place for place, case in enumerate(reversed(cases.LAYER_CALLS))}
    monkeypatch.setattr(order, "learned", lambda: (known, 1))
    terminal = types.SimpleNamespace(verbosity=0, showfspath=True)
    plugins = types.SimpleNamespace(get_plugin=lambda name: terminal)
    arrange(types.SimpleNamespace(args=arguments, pluginmanager=plugins), items)
    assert terminal.showfspath == any("::" in argument for argument in arguments), "one line, not one for each file"
    return [item.nodeid.split("[")[0] for item in items]


def test_tests_run_in_the_order_and_those_of_a_case_together(monkeypatch):
    """What is skipped comes last, and tests of other folders stay where they are."""
    last, first = cases.LAYER_CALLS[-1], cases.LAYER_CALLS[0]
    last, first = (case._replace(surface=cases.KERAS3) for case in (last, first))
    monkeypatch.setattr(cases, "LAYER_CALLS", [first, last])
    items = [
        Item("outputs", first), Item("skipped", None), Item("outputs_of_last", last), Item("harness", None, "harness"),
        Item("drift", first), Item("drift_of_last", last),
    ]  # fmt: skip
    quick = [item for item in items if "last" in item.nodeid.split("[")[0]]
    assert arranged(monkeypatch, items) == [
        "outputs_of_last",
        "drift_of_last",
        "outputs",
        "harness",
        "drift",
        "skipped",
    ]
    assert all(item.marks == (["quick"] if item in quick else []) for item in items)


def test_tests_that_are_named_singly_run_as_named(monkeypatch):
    """Whoever orders them has a reason."""
    items = [Item("outputs", cases.LAYER_CALLS[0]), Item("last", cases.LAYER_CALLS[-1])]
    assert arranged(monkeypatch, items, "tests/keras_v2/test_it.py::outputs") == ["outputs", "last"]
