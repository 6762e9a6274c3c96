"""Two records compared, on records of real releases and on copies that are changed in one way each."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from support import causes, comparison, releases
from support.comparison import CLAIM, ERROR, GONE, MOVEMENT, OUTPUTS, STRUCTURE, Side, behaviours, compare

from fixtures import cases, record
from fixtures.record import plain, restore

OLD, NEW = "1.15.5", "2.4.4"
CALL = cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id
GRAPH = cases.graph_layer(cases.TF2_STYLE, "True", True).id


@pytest.fixture(scope="module")
def records():
    """The records of two releases."""
    return {name: record.read(releases.calendar()[name].record) for name in (OLD, NEW)}


@pytest.fixture
def pair(records):
    """A side, and a copy of it to change."""

    def make(surface, name=NEW):
        return Side(name, surface, copy.copy(records[name])), Side("changed", surface, copy.deepcopy(records[name]))

    return make


@pytest.mark.parametrize("surface", [cases.TF_LAYERS, cases.TF_KERAS_BUNDLED, cases.KERAS_V1])
def test_a_record_does_not_differ_from_itself(pair, surface):
    """Nothing added, removed, changed or drifted."""
    same = compare(*pair(surface))
    assert not (same.added or same.removed or same.changes or same.drifted)
    assert same.unchanged


@pytest.mark.slow
@pytest.mark.parametrize("surface", [cases.TF_LAYERS, cases.TF_KERAS_BUNDLED])
def test_comparison_mirrors(records, surface):
    """What A against B adds and changes, B against A removes and changes."""
    one = compare(Side(OLD, surface, records[OLD]), Side(NEW, surface, records[NEW]))
    other = compare(Side(NEW, surface, records[NEW]), Side(OLD, surface, records[OLD]))
    assert (set(one.added), set(one.removed)) == (set(other.removed), set(other.added))
    assert set(one.changed) == set(other.changed)
    assert one.drifted == other.drifted
    changes = {(c.subject, c.field): (c.before, c.after) for c in other.changes}
    assert {(c.subject, c.field): (c.after, c.before) for c in one.changes} == changes


def change(side, name, field, value):
    """Put another value into a record."""
    side.record["observations"][name][field] = plain(value)


def seen(side, name):
    """An observation, numbers as arrays."""
    return restore(side.record["observations"][name])


def test_one_bit_is_drift_and_no_change(pair):
    """Within the bound of float32 around the same expectation."""
    before, after = pair(cases.TF_KERAS_BUNDLED)
    outputs = seen(after, CALL)["outputs"]
    outputs[0] = outputs[0] + np.spacing(outputs[0])
    change(after, CALL, "outputs", outputs)
    found = compare(before, after)
    assert list(found.drifted) == [CALL]
    assert 0.5 < found.drifted[CALL] <= 1, "of the largest number, whose last bit is that much"
    assert not found.changes
    (told,) = comparison.of_bits(found)
    apart = f"{found.drifted[CALL]:.2g} epsilon of the largest number in the array"
    assert told == f"1 observation differs within the bound of float32: by at most {apart}"


def test_numbers_near_0_are_held_against_the_largest_beside_them():
    """What is left where large numbers cancel may be off by many of its own bits."""
    before, after = np.array([1.0, 0.0], np.float32), np.array([1.0, 2.0**-22], np.float32)
    assert comparison.difference.distance([before], [after]) == 2.0
    assert comparison.difference.distance([before * 0], [before * 0]) == 0.0


def test_claim_that_an_error_turns_is_told_by_the_error(pair):
    """Not by what is missing for it; and what should be is said of the verdict."""
    before, after = pair(cases.TF_KERAS_BUNDLED)
    claim = "numpy-arrays-are-inputs tf.keras tf2-style"
    after.record["observations"][comparison.observed_in(claim)[0].id] = {"error": "ValueError"}
    after.record["verdicts"][claim] = "refuted"
    told = behaviours(compare(before, after))
    assert [entry.in_one_line for entry in told] == [
        "regression: NumPy arrays of rank 2 as inputs (was: no error; now: raises ValueError)"
    ]
    assert told[0].told.expected == "it holds"
    assert comparison.with_its_call(told[0], after) == (
        f"{told[0].in_one_line} [tf.keras.layers.BatchNormalization(name=inputs.array_of_numpy, image=rank2), "
        "TensorFlow 2.4.4, tf2-style program]"
    )


def test_nan_that_a_release_may_leave_is_no_change_and_told_as_what_it_is(pair):
    """Up to 2.1 update ops that run in inference take in 0 times uninitialized memory."""
    before, after = pair(cases.TF_LAYERS, OLD)
    name = cases.graph_layer(cases.TF1_STYLE, "placeholder-fed-False", True).id
    outputs = seen(after, name)["outputs_with_updates"]
    outputs[-1] = np.full_like(outputs[-1], np.nan)
    change(after, name, "outputs_with_updates", outputs)
    found = compare(before, after)
    assert not found.changes
    assert comparison.of_bits(found) == ["1 observation holds NaN on one side only, where these releases may leave it"]
    change(after, name, "outputs_with_updates", [np.full_like(output, np.nan) for output in outputs])
    assert compare(before, after).changed == [name]


def test_a_scenario_drifts_in_lone_numbers_too(pair):
    """A loss is a plain number; the verdict of its claim is the judge."""
    before, after = pair(cases.TF_KERAS_BUNDLED)
    name = cases.scenario("regularizers_and_constraints.frozen_regularizer", cases.TF_KERAS_BUNDLED).id
    losses = seen(after, name)["unfrozen"]
    change(after, name, "unfrozen", [loss * (1 + 1e-7) for loss in losses])
    assert not compare(before, after).changes
    change(after, name, "unfrozen", [loss * 1.01 for loss in losses])
    assert len(compare(before, after).changes) == 1


def test_one_part_in_ten_thousand_is_a_change(pair):
    """Said with what it should be, as unknown until now."""
    before, after = pair(cases.TF_KERAS_BUNDLED)
    change(after, CALL, "outputs", [output * np.float32(1.0001) for output in seen(after, CALL)["outputs"]])
    (found,) = compare(before, after).changes
    assert (found.subject, found.danger, found.explained) == (CALL, OUTPUTS, False)
    assert "no other known semantics explains" in found.expected


@pytest.mark.parametrize(
    "name, field, value, danger",
    [
        pytest.param(GRAPH, "update_ops", ["moving_mean"], STRUCTURE, id="an update op fewer"),
        pytest.param(GRAPH, "outputs_with_updates", {"error": "ValueError"}, ERROR, id="an error"),
        pytest.param(GRAPH, "drift_with_updates", "still", MOVEMENT, id="statistics that stay"),
    ],
)
def test_a_change_is_named_by_its_danger(pair, name, field, value, danger):
    """Silent changes before errors."""
    before, after = pair(cases.TF_LAYERS)
    if value == "still":
        value = seen(after, name)["drift_without_updates"]
    change(after, name, field, value)
    assert [c.danger for c in compare(before, after).changes] == [danger]


ARRAY, NUMBERS = np.ones(2, np.float32), [np.ones(2, np.float32)]


@pytest.mark.parametrize(
    "before, after, danger",
    [
        pytest.param({"steps": [*NUMBERS, *NUMBERS]}, {"steps": [*NUMBERS, {"error": "KeyError"}]}, ERROR, id="later"),
        pytest.param({"steps": [{"gamma": ARRAY}]}, {"steps": [{"a": {"error": "KeyError"}}]}, ERROR, id="deep inside"),
        pytest.param({"steps": ["TypeError"]}, {"steps": [*NUMBERS, *NUMBERS]}, ERROR, id="fewer steps after it"),
        pytest.param({"error": "KeyError"}, {"outputs": NUMBERS}, ERROR, id="an error in place of outputs"),
        pytest.param({"outputs": NUMBERS}, {"absent": "tf.function"}, GONE, id="an API in place of outputs"),
        pytest.param({"a": {"absent": "mask="}}, {"a": {"gamma": ARRAY}}, GONE, id="an API in one part"),
        pytest.param({"absent": "tf.function"}, {"error": "KeyError"}, GONE, id="an API, then an error"),
        pytest.param({"a": "KeyError", "b": ["x"]}, {"a": "KeyError", "b": ["y"]}, STRUCTURE, id="an error in both"),
        pytest.param(
            {"a": [{"error": "KeyError"}, ARRAY]}, {"a": [{"error": "KeyError"}, ARRAY + 1]}, MOVEMENT,
            id="numbers beside the same error",
        ),
        pytest.param(
            {"outputs": [ARRAY, ARRAY]}, {"outputs": [ARRAY + 1, {"error": "KeyError"}]}, OUTPUTS,
            id="other numbers come before the error",
        ),
        pytest.param({"outputs": 1.0}, {"outputs": 2.0}, OUTPUTS, id="a lone number"),
    ],
)  # fmt: skip
def test_silent_stands_before_no_change_that_raises_or_has_no_api(pair, before, after, danger):
    """Neither as the danger of a field, nor of the sentence, nor of the verdict that turns with it."""
    sides, claim = pair(cases.TF_KERAS_BUNDLED), "numpy-arrays-are-inputs tf.keras tf2-style"
    name = comparison.observed_in(claim)[0].id
    for side, values in zip(sides, (before, after)):
        side.record["observations"] = {name: plain(values)}
        side.record["verdicts"] = {}
    assert min(change.danger for change in compare(*sides).changes) == danger
    sides[0].record["verdicts"][claim], sides[1].record["verdicts"][claim] = "not applicable", "refuted"
    (told,) = behaviours(compare(*sides))
    assert told.danger == danger
    verdict = next(change for change in told.changes if change.is_verdict)
    assert verdict.danger == (danger if danger in (ERROR, GONE) else CLAIM)


def test_a_changed_verdict_is_told_with_its_claim(pair):
    """And once, however many programs show it."""
    before, after = pair(cases.TF_KERAS_BUNDLED)
    (name, *_) = [key for key in after.record["verdicts"] if key.startswith("frozen-layer-infers tf.keras")]
    after.record["verdicts"][name] = "refuted"
    (told,) = behaviours(compare(before, after))
    assert told.danger == CLAIM
    assert told.in_one_line == (
        "regression: A frozen layer called with training=True (was: it holds; now: it does not hold)"
    )


def test_a_case_fewer_is_removed_and_a_case_more_is_added(pair):
    """Both ways."""
    before, after = pair(cases.TF_KERAS_BUNDLED)
    del after.record["observations"][CALL]
    assert compare(before, after).removed == [CALL]
    assert compare(after, before).added == [CALL]


def test_known_change_is_explained_by_its_switch(records):
    """What TensorFlow 2.0 changed is one behaviour, with the words and the source of the table."""
    first = record.read(releases.calendar()["2.0.4"].record)
    one, other = Side(OLD, cases.TF_KERAS_BUNDLED, records[OLD]), Side("2.0.4", cases.TF_KERAS_BUNDLED, first)
    told = [b for b in behaviours(compare(one, other)) if "frozen_normalizes_with" in b.changes[0].switches]
    assert len(told) == 1
    assert told[0].danger == OUTPUTS
    assert told[0].source.startswith("https://")
    assert len(told[0].changes) > 20


def test_graph_and_eager_layers_are_compared_where_they_meet(records):
    """One situation in two worlds."""
    graph, eager = Side(OLD, cases.TF_LAYERS, records[OLD]), Side(NEW, cases.TF_KERAS_BUNDLED, records[NEW])
    found = compare(graph, eager)
    assert any("frozen_normalizes_with" in b.changes[0].switches for b in behaviours(found))


def test_numbers_far_from_0_may_be_off_by_their_spacing():
    """By one spacing of float32 around 4096, 1.5 times that in the output; by three of them they have changed."""
    known = comparison.known_cases()
    far = known[cases.scenario("numerics.far_from_0", cases.TF_LAYERS).id]
    other = known[cases.scenario("defaults_and_config.defaults", cases.TF_LAYERS).id]
    before, spacing = np.array([2.2395196, 5.24], np.float32), np.spacing(np.float32(4096))
    for off, near in ((1.5 * spacing, True), (4.5 * spacing, False)):
        after = before + np.array([off, 0], np.float32)
        assert comparison.near(before, after, comparison.drift_of(far)) is near
        assert not comparison.near(before, after, comparison.drift_of(other))


@pytest.fixture
def numpy_2():
    """TensorFlow 2.17.1 and 2.18.1: another NumPy came with the same step, and the type of a handle's array changed."""
    return [Side(n, cases.TF_LAYERS, record.read(releases.calendar()[n].record)) for n in ("2.17.1", "2.18.1")]


def test_what_nothing_explains_is_told_with_the_packages_that_changed(numpy_2):
    """A package that a record does not tell of is left out; one that is gone is told."""
    (told,) = behaviours(compare(*numpy_2))
    assert told.told.now == "of type [('resource', 'u1', (1,))]"
    packages = ["numpy 1.26.4 → 2.0.2", "ml-dtypes 0.4.1 → 0.6.0", "protobuf 4.25.9 → 5.29.6"]
    assert sorted(map(str, told.also_changed)) == sorted(packages)
    after = copy.deepcopy(numpy_2[1].record)
    del after["provenance"]["beside"]["protobuf"]
    after["provenance"]["python"] = "3.13.0"
    (told,) = behaviours(compare(numpy_2[0], Side("2.18.1", cases.TF_LAYERS, after)))
    assert {"Python 3.12.1 → 3.13.0", "protobuf 4.25.9 → none"} < set(map(str, told.also_changed))
    del after["provenance"]["beside"]
    (told,) = behaviours(compare(numpy_2[0], Side("2.18.1", cases.TF_LAYERS, after)))
    assert {package.name for package in told.also_changed} == {"Python", "numpy"}


@pytest.mark.slow
def test_what_the_table_or_a_registered_verdict_explains_is_told_alone(records):
    """Whatever else changed: the cause is known. Without another package nothing is told either."""
    sides = [Side(name, cases.TF_KERAS_BUNDLED, records[name]) for name in (OLD, NEW)]
    found = behaviours(compare(*sides))
    assert comparison.also_changed(*sides)
    for told in found:
        explained = told.explained and (any(c.is_verdict for c in told.changes) or told.changes[0].source)
        assert not (explained and told.also_changed), told.heading
    assert any(told.also_changed for told in found)


def test_package_that_did_it_alone_is_named(numpy_2, monkeypatch):
    """By what was tried; else each with what it was found to have no part in."""
    (told,) = behaviours(compare(*numpy_2))
    said = "also changed: numpy 1.26.4 → 2.0.2, which does it alone"
    assert causes.in_words(told, "2.17.1", "2.18.1") == said
    monkeypatch.setattr(causes, "known", dict)
    untried = causes.in_words(told, "2.17.1", "2.18.1")
    assert untried.startswith("also changed: numpy 1.26.4 → 2.0.2; ")
    name = told.changes[0].subject
    monkeypatch.setattr(causes, "known", lambda: {"2.17.1 → 2.18.1": {name: {"numpy": causes.NO_PART}}})
    one = replace(told, changes=told.changes[:1])
    assert "numpy 1.26.4 → 2.0.2 (tried: has no part in it); " in causes.in_words(one, "2.17.1", "2.18.1")
    one = replace(one, also_changed=told.also_changed[:1])
    cleared = "also changed: numpy 1.26.4 → 2.0.2; exchanged alone, none has a part in it"
    assert causes.in_words(one, "2.17.1", "2.18.1") == cleared


def test_a_scenario_is_told_with_the_claim_that_turned():
    """Of the three claims that it decides, the one with another verdict: one change, one sentence."""
    sides = [
        Side(name, cases.KERAS3, record.read(releases.calendar()[name].record))
        for name in ("keras-3.2.1", "keras-3.3.3")
    ]
    shown = "name=cloning.cloned-model=functional"
    (told,) = [one for one in behaviours(compare(*sides)) if shown in one.told.shown_by]
    assert told.cause == ("claim", "clone-of-a-frozen-model-is-frozen")
    assert told.in_one_line == (
        "regression: clone_model() of a frozen functional model "
        "(was: trainable of the model of the frozen model: False; now: True)"
    )
