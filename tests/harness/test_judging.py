"""From an observation to one sentence, for every switch of the semantics."""

import dataclasses
import functools
from itertools import pairwise

import numpy as np
import pytest
from support import releases
from support.comparison import Side

from fixtures import cases, judging, record
from fixtures.claims import load
from fixtures.compare import difference
from fixtures.expect import expect, switches_read
from fixtures.images import PUBLISHED_FIGURES, digits, parameters
from fixtures.installed import Environment
from fixtures.printed import printed
from fixtures.record import restore
from fixtures.rounding import Rounded
from fixtures.semantics import PHRASES, TABLE, Semantics, alternatives, origin, row

LISTS = [
    cases.GRAPH_LAYERS, cases.GRAPH_SEQUENCES, cases.GRAPH_IMAGES, cases.GRAPH_FREEZES, cases.GRAPH_PUBLISHED,
    cases.LAYER_CALLS, cases.LAYER_IMAGES, cases.LAYER_PUBLISHED, cases.COMPILED, cases.RECURSION, cases.MODEL_RUNS,
    cases.GRAPH_OPTIONS, cases.OPTIONS,
    [cases.situation(surface, pair) for surface in cases.KERAS_SURFACES for pair in cases.PAIRS],
]  # fmt: skip
# One program style and one form: what differs between them is not a matter of these switches.
CASES = {
    surface: [
        case
        for group in LISTS
        for case in group
        if case.surface == surface
        and case.program == cases.TF2_STYLE
        and dict(case.flags).get("training", "True")
        in ("True", "False", "None", "placeholder-fed-False", "constant-False")
        and (case.kind != "graph_layer" or (case.form == "class" and case.fused != "True"))
    ]
    for surface in cases.SURFACES
}
ROWS = [(surface, one) for surface in cases.SURFACES for one in TABLE[surface]]


def environment(surface, since):
    """An environment in which a row of a surface applies."""
    if surface == cases.KERAS3:
        return Environment("2.21.0", None, since)
    return Environment(since, since if surface == cases.TF_KERAS else None, None)


def as_observed(expected):
    """What a TensorFlow that does exactly this would be observed to do."""
    if isinstance(expected, Rounded):
        return expected.value.astype(np.float32)
    if isinstance(expected, dict):
        return {name: as_observed(entry) for name, entry in expected.items()}
    if isinstance(expected, list):
        return [as_observed(entry) for entry in expected]
    return expected


@functools.cache
def readers(surface, semantics):
    """Switch -> the cases of a surface whose expectations read it."""
    found = {}
    for case in CASES[surface]:
        for switch in switches_read(case, semantics):
            found.setdefault(switch, []).append(case)
    return found


def sightings(switch, value):
    """Cases whose expectation changes with one switch: case, environment, field, what would be observed."""
    for surface, one in ROWS:
        if getattr(one.semantics, switch) == value:
            continue
        other = dataclasses.replace(one.semantics, **{switch: value})
        for case in readers(surface, one.semantics).get(switch, ()):
            mine, theirs = expect(case, one.semantics), expect(case, other)
            for field in mine:
                observed = as_observed(theirs[field])
                if difference(observed, mine[field]) is not None:
                    yield case, environment(surface, one.since), field, observed


# Uninitialized memory allows more, and forbids nothing new.
UNSEEN = ("inference_updates_read_garbage",)
VALUES = [
    (switch, value)
    for switch, phrases in PHRASES.items()
    for value in phrases
    if switch not in UNSEEN and any(getattr(one.semantics, switch) != value for _, one in ROWS)
]


@pytest.mark.slow
@pytest.mark.parametrize("switch, value", VALUES)
def test_every_value_of_every_switch_is_seen_and_named(switch, value):
    """Some case notices it, and the sentence says which semantics explains the observation."""
    for case, env, field, observed in sightings(switch, value):
        sentence = judging.verdict(case, field, {field: observed}, env)
        if PHRASES[switch][value] in sentence:
            break
    else:
        pytest.fail(f"no case notices that {PHRASES[switch][value]}")
    for words in ("but should be", "as since", judging.CALLS[case.surface], "TensorFlow", "program]"):
        assert words in sentence


def test_a_claim_is_told_in_one_short_line_with_the_call_at_its_end():
    """However large what was observed is; pytest's report and the gate show the first line."""
    claim = load()["frozen-layer-infers"]
    env = environment(cases.TF_KERAS_BUNDLED, "2.4.4")
    zeros = np.zeros((3, 2, 1, 3), np.float32)
    seen = [{"error": None, "output": zeros, "steps": [{"error": "TypeError", "left": 1}] * 50}]
    told = judging.claim_sentence(claim, cases.TF_KERAS_BUNDLED, cases.TF2_STYLE, env, "refuted", "holds", seen)
    assert told.startswith(f"claim frozen-layer-infers ({claim.sentence}) is now refuted, but was holds; observed: ")
    observed = "raises nothing, output: [0, 0, 0, 0, ...] of shape (3, 2, 1, 3), steps: [raises TypeError, left: 1, "
    assert "observed: " + observed in told
    assert told.endswith("… [tf.keras, 2.4.4, tf2-style program]")
    assert "\n" not in told
    assert len(told) < 700


def test_every_switch_has_its_phrases():
    """A switch without phrases could never be named."""
    assert sorted(PHRASES) == sorted(field.name for field in dataclasses.fields(Semantics))


@pytest.mark.parametrize("surface", cases.SURFACES)
def test_every_row_changes_something_and_names_its_source(surface):
    """Rows ascend, each differs from the one before, and each says where it is written."""
    rows = TABLE[surface]
    assert [r.since for r in rows] == sorted((r.since for r in rows), key=judging.installed.key)
    for one, other in pairwise(rows):
        assert one.semantics != other.semantics
    for one in rows:
        for switch, said in one.origins.items():
            assert said.source.startswith("https://github.com/"), (surface, one.since, switch)
            assert judging.installed.key(said.since) <= judging.installed.key(one.since)
        assert set(one.origins) <= set(PHRASES)


VARYING = [switch for switch in PHRASES if len({getattr(one.semantics, switch) for _, one in ROWS}) > 1]


@pytest.mark.slow
@pytest.mark.parametrize("switch", VARYING)
def test_every_switch_that_a_comparison_can_name_has_its_own_source(switch):
    """Whichever two rows are compared: a surface that a switch is read for says where its value comes from."""
    for surface, one in ROWS:
        if switch in readers(surface, one.semantics):
            assert switch in one.origins, (surface, one.since)


def test_a_source_is_that_of_the_change_that_gave_the_value():
    """Not that of the newest row, which may be about something else."""
    since, source = "2.0", "/v2.0.4/tensorflow/python/keras/layers/normalization.py"
    for release in ("2.0.4", "2.15.1"):
        said = origin(cases.TF_KERAS_BUNDLED, release, "frozen_normalizes_with")
        assert (said.since, source in said.source) == (since, True)
    assert origin(cases.KERAS3, "3.15.1", "frozen_normalizes_with").source.endswith("batch_normalization.py#L219")
    with pytest.raises(KeyError):
        origin(cases.KERAS3, "3.15.1", "constant_false_leaves_empty_updates")


def test_every_switch_is_read():
    """A switch that no expectation depends on would be believed, and checked by nothing."""
    read = set().union(*(readers(surface, one.semantics) for surface, one in ROWS))
    assert read == {field.name for field in dataclasses.fields(Semantics)}


def test_switches_predict_the_digits_that_every_record_prints():
    """Of the published example after one run in training: 0.03249997 up to 2.2, and 0.0325 in tf.keras since."""
    published = [case for case in cases.GRAPH_PUBLISHED + cases.LAYER_PUBLISHED if case.training == "True"]
    told = set()
    for release in releases.calendar().values():
        held = record.read(release.record) if release.record.is_file() else {"observations": {}}
        for case in published:
            if not case.trainable or case.id not in held["observations"]:
                continue
            semantics = Side(release.name, case.surface, held).row.semantics
            state = restore(held["observations"][case.id])["states"][0]
            for name, figures in printed(semantics).items():
                assert digits(state[name]) == figures, (release.name, case.id, name)
                told.add((semantics.momentum_in_float32, name, figures[0]))
    assert {(True, "moving_mean", "0.03249997"), (False, "moving_mean", "0.0325")} <= told


def test_published_figures_are_those_of_a_momentum_rounded_before_the_subtraction():
    """What people read is what TensorFlow 1 prints, to the last digit."""
    semantics = row(cases.TF_LAYERS, "1.13.2").semantics
    for name, figures in printed(semantics).items():
        assert figures == PUBLISHED_FIGURES[name]
    other = printed(dataclasses.replace(semantics, momentum_in_float32=False))
    assert other["moving_mean"] == ("0.0325", "0.035", "0.065", "0.0275")


def test_a_frozen_layer_of_1_13_moves_its_statistics_in_the_fused_kernel_only():
    """Called eagerly, on rank 4: the form for other ranks asks for trainable."""
    semantics = row(cases.TF_KERAS_BUNDLED, "1.13.2").semantics
    frozen = cases.layer_call(cases.TF_KERAS_BUNDLED, "True", "constructor-False")
    start = parameters(3)["moving_mean"]

    def moves(semantics):
        return not np.array_equal(expect(frozen, semantics)["drift"]["1"]["moving_mean"].value, start)

    assert moves(semantics)
    assert not moves(dataclasses.replace(semantics, fused_ranks=()))


def test_since_is_the_start_of_the_unbroken_line():
    """A fact that three rows share held since the first of them."""
    case = cases.compiled_model(cases.TF_KERAS_BUNDLED, "unfrozen", "never")
    assert judging.held_since(case, "steps", row(case.surface, "2.15.1").semantics) == "1.13"
    frozen = cases.layer_call(cases.TF_KERAS_BUNDLED, "True", "constructor-False")
    assert judging.held_since(frozen, "outputs", row(frozen.surface, "2.15.1").semantics) == "2.0"


@pytest.mark.parametrize(("program", "recipe", "doubtful"), [
    (cases.TF1_STYLE, "control_dependencies", True), (cases.TF1_STYLE, "group", False),
    (cases.TF2_STYLE, "control_dependencies", False),
])  # fmt: skip
def test_gamma_may_be_nan_only_where_its_gradient_reads_what_update_ops_left(program, recipe, doubtful):
    """In a step that waits for them, of variables that are references; beta never is."""
    case = cases.graph_layer(program, "None", True)
    state = expect(case, row(cases.TF_LAYERS, "1.15.5").semantics)["step_" + recipe]["states"][0]
    assert (state["gamma"].or_nan, state["beta"].or_nan, state["moving_mean"].or_nan) == (doubtful, False, True)


@pytest.mark.parametrize("surface", (cases.TF_LAYERS, cases.TF_KERAS_BUNDLED))
def test_a_switch_that_is_not_read_changes_no_expectation(surface):
    """A diagnosis passes it over: of one case of each kind, it could not have found anything."""
    semantics = TABLE[surface][0].semantics
    for case in {case.kind: case for case in CASES[surface]}.values():
        read = switches_read(case, semantics)
        assert read
        for switch, _, other in alternatives(semantics):
            assert switch in read or judging.equal(expect(case, other), expect(case, semantics)), (case, switch)
