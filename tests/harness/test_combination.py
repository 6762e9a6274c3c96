"""What changed cases have in common: the smallest combination, and none where there is none."""

import pytest
from support import comparison, gate_common, words
from support.comparison.combination import Common, combinations, common, separating

from fixtures import cases


def features(*names):
    """A case by its features."""
    return frozenset(names)


UNCHANGED = {"1": features("functional"), "2": features("given"), "3": features("functional", "eager")}


@pytest.mark.parametrize(
    "changes, unchanged, found",
    [
        pytest.param(
            [[features("functional", "given")], [features("functional", "given", "eager")]], UNCHANGED,
            [Common(("functional", "given"), (0, 1))], id="two values, since each alone is unchanged somewhere",
        ),
        pytest.param(
            [[features("a", "b")], [features("a", "c")]], {"1": features("b", "c")}, [Common(("a",), (0, 1))],
            id="one value is enough",
        ),
        pytest.param([[features("a")], [features("b")]], {}, [], id="nothing in common"),
        pytest.param([[features("a")]], {}, [], id="one change has nothing in common with others"),
        pytest.param([[features("a")], [features("a")]], {"1": features("a")}, [], id="what is unchanged has it, too"),
        pytest.param([[], [features("a")], []], {}, [], id="changes without cases"),
        pytest.param(
            [[features("a"), features("a", "b")], [features("a", "b")], [features("c")], [features("c", "b")]], {},
            [Common(("a",), (0, 1)), Common(("c",), (2, 3))], id="two causes",
        ),
        pytest.param(
            [[features("a")] * 4, [features("a")]], {"1": features("a", "exported")},
            [Common(("a",), (0, 1), ("1",))], id="an exception among many is told",
        ),
    ],
)  # fmt: skip
def test_what_changes_have_in_common(changes, unchanged, found):
    """All of a combination is in each case of each change; in no unchanged one, or it is told."""
    assert common(changes, unchanged) == found


def test_the_smaller_combinations_are_tried_first():
    """Up to three values: more of them separate anything."""
    sizes = [len(one) for one in combinations("abcd")]
    assert sizes == sorted(sizes)
    assert max(sizes) == 3


@pytest.mark.parametrize(
    "changed, unchanged, found",
    [
        ([{"a": 1, "b": 1}, {"a": 1, "b": 2}], [{"a": 2, "b": 1}], {"a": (1,)}),
        ([{"a": 1, "b": 1}], [{"a": 2, "b": 1}, {"a": 1, "b": 2}], {"a": (1,), "b": (1,)}),
        ([{"a": 1}, {"a": 2}], [{"a": 3}], {"a": (1, 2)}),
        ([{"a": 1, "b": 1}, {"a": 1, "c": 1}], [{"a": 2, "b": 1}, {"c": 1}], {"a": (1,)}),
        ([{"a": 1}], [{"a": 1}], None),
        ([{"a": 1}], [], None),
        ([], [{"a": 1}], None),
    ],
)
def test_flags_separate_what_changed_in_a_matrix(changed, unchanged, found):
    """By as few flags as do it; several values of one flag count as one."""
    assert separating(changed, unchanged) == found


def test_every_place_of_a_feature_exists():
    """A scenario, topic, kind or flag that is renamed is renamed there, too."""
    known = comparison.known_cases().values()
    flags = {f"{name}={value}" for case in known for name, value in case.flags}
    scenarios = {case.name for case in known if case.kind == "scenario"}
    given = {f"{case.name} {name}={value}" for case in known if case.kind == "scenario" for name, value in case.flags}
    for feature, where in words._data("features").items():
        assert set(where) <= {"flags", "kinds", "topics", "scenarios"}, feature
        assert set(where.get("flags", ())) <= flags, feature
        assert set(where.get("kinds", ())) <= {case.kind for case in known}, feature
        assert set(where.get("topics", ())) <= {name.partition(".")[0] for name in scenarios}, feature
        assert set(where.get("scenarios", ())) <= scenarios | given, feature


def test_a_case_has_the_features_of_its_flags_and_its_scenario():
    """Also one that a scenario has only with a flag."""
    fixed = "the value of training fixed where the model calls the layer: layer(x, training=…)"
    functional, sequential = (
        words.features(cases.scenario("saving.saved_as_hdf5", cases.KERAS3, model=model))
        for model in ("functional", "Sequential")
    )
    assert {fixed, "in a functional model"} <= functional
    assert fixed not in sequential
    assert "in a Sequential model" in sequential
    graph = words.features(cases.graph_layer(cases.TF1_STYLE, "True", True))
    assert "in a program that calls tf.compat.v1.disable_v2_behavior()" in graph


def test_it_is_said_in_one_sentence():
    """With what has it and did not change."""
    one = Common(("in a functional model",), (0, 2))
    assert gate_common.sentence(one, [None] * 3) == (
        "2 of the 3 changes have in common, all of: in a functional model. Nothing that has it is unchanged."
    )
    case = cases.scenario("cloning.cloned", cases.KERAS3, model="functional").id
    one = Common(("in a functional model",), (0, 2), (case,))
    assert gate_common.sentence(one, [None] * 3).endswith(
        "1 case that has it did not change: clone_model() of a model with a frozen layer, and of a frozen model."
    )
