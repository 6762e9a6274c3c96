"""One difference told: what matters, in few digits, and nothing that is not so."""

import numpy as np
import pytest
from support.comparison.difference import Leaf, leaves
from support.comparison.shown import ABSENT, MOVED, NAMES, NUMBERS, RAISES, STATISTICS, shown, starts

from fixtures import cases
from fixtures.claims.predictions import layer, start
from fixtures.images import IMAGES
from fixtures.rounding import Rounded
from fixtures.settings import BATCHES

CASE = cases.scenario("masking.masked", cases.KERAS3)
SAVED = cases.scenario("saving.saved_and_loaded", cases.KERAS3)
X = BATCHES["same"][0]
START = start(3)["moving_mean"]
OUTPUTS = [layer(start(3)).output(Rounded(X), batch).value.astype(np.float32) for batch in (False, True)]
MANY = np.arange(18, dtype=np.float32)
NAN = np.array([1, np.nan], np.float32)


def array(*numbers):
    """Float32 numbers."""
    return np.array(numbers, np.float32)


def off(array, place, by):
    """The same numbers but for one."""
    found = array.copy()
    found[place] += by
    return found


@pytest.mark.parametrize(
    "path, was, now, rank, name, told",
    [
        pytest.param(
            ("state", "moving_mean"), START + 1, START, MOVED, "moving mean",
            ("updated by up to 1, to [1.5, 3, 4.5]", "not updated, [0.5, 2, 3.5]"), id="updated no more",
        ),
        pytest.param(
            ("state", "moving_mean"), START, START * np.nan, MOVED, "moving mean",
            ("not updated, [0.5, 2, 3.5]", "updated to NaN or infinity, to [nan, nan, nan]"), id="becomes NaN",
        ),
        pytest.param(
            ("state", "moving_mean"), START + 1, START + 2, NUMBERS, "moving mean",
            ("[1.5, 3, 4.5]", "[2.5, 4, 5.5]; off by up to 1"), id="updated otherwise",
        ),
        pytest.param(
            ("output",), OUTPUTS[0], OUTPUTS[1], STATISTICS, "output",
            ("normalized with the moving statistics", "normalized with the statistics of the batch"), id="statistics",
        ),
        pytest.param(
            ("output",), MANY, off(MANY, 3, 0.5), NUMBERS, "output",
            ("3 where they differ most", "3.5 there; 1 of 18 numbers differ"), id="many numbers",
        ),
        pytest.param(
            ("output",), array(1, 2), array(1, 2.00001), NUMBERS, "output",
            ("[1, 2]", "[1, 2.00001]; off by 1e-05"), id="as many digits as tell them apart",
        ),
        pytest.param(("output",), array(1, 2), NAN, NUMBERS, "output", ("[1, 2]", "[1, nan]"), id="NaN"),
        pytest.param(
            ("output",), off(MANY, 1, np.nan), MANY, NUMBERS, "output",
            ("1 of 18 numbers NaN or infinite", "all 18 numbers are finite"), id="no NaN any more",
        ),
        pytest.param(
            ("output",), array(1, 2), array(1, 2, 3), NUMBERS, "output", ("of shape (2,)", "of shape (3,)"), id="shape"
        ),
        pytest.param(
            ("calls", 2), {"output": MANY}, {"error": "KeyError"}, RAISES, "of the second call",
            ("no error", "raises KeyError"), id="an error in place of numbers",
        ),
        pytest.param(("error",), "KeyError", None, RAISES, "", ("raises KeyError", "no error"), id="no error any more"),
        pytest.param(
            ("error",), "the process ended", None, RAISES, "", ("the process ended", "no error"), id="a crash",
        ),
        pytest.param(("raised",), "nothing", "KeyError", RAISES, "", ("no error", "raises KeyError"), id="raised"),
        pytest.param(
            (), {"absent": "tf.function"}, {"output": MANY}, ABSENT, "",
            ("there is no tf.function", "it is there"), id="an API came",
        ),
        pytest.param(
            (), {"error": "KeyError"}, {"absent": "a check"}, ABSENT, "",
            ("raises KeyError", "there is no check"), id="an API that raised went",
        ),
        pytest.param(
            ("weights",), ["gamma", "beta"], [], NAMES, "weights", ("gamma, beta", "none"), id="a few names",
        ),
        pytest.param(
            ("weights",), [], list("abcdef"), NAMES, "weights",
            ("none", "6 of them; new: a, b, c, d, e and 1 more"), id="none before",
        ),
        pytest.param(
            (), {"absent": "the policy mixed_float16"}, {"output": MANY}, ABSENT, "",
            ("there is no policy mixed_float16", "it is there"), id="an article",
        ),
        pytest.param(
            ("weights",), list("abcdef"), list("bcdefgh"), NAMES, "weights",
            ("6 of them", "7 of them; gone: a; new: g, h"), id="many names",
        ),
        pytest.param(
            ("weights",), list("abcdef"), list("abdcef"), NAMES, "weights",
            ("6 of them, number 3 is c", "6 of them, number 3 is d"), id="another order",
        ),
        pytest.param(("warned",), False, True, NAMES, "whether a warning comes", ("no", "yes"), id="yes or no"),
        pytest.param(("trainable",), True, False, NAMES, "trainable", ("True", "False"), id="a value"),
    ],
)  # fmt: skip
def test_a_difference_is_told(path, was, now, rank, name, told):
    """By what it is, with both sides short."""
    found = shown(CASE, Leaf(path, was, now), ({}, {}))
    assert (found.rank, found.name, (found.was, found.now)) == (rank, name, told)


def test_a_step_moves_from_where_the_step_before_left():
    """Not from the start: what stays in the second step does not move in it."""
    seen = [{"steps": [{"gamma": array(1, 1, 1)}, {"gamma": second}]} for second in (array(1, 1, 1), array(2, 1, 1))]
    (leaf,) = leaves(*seen)
    assert leaf.path == ("steps", 2, "gamma")
    found = shown(CASE, leaf, seen)
    assert (found.was, found.now) == ("unchanged, [1, 1, 1]", "changed by up to 1, to [2, 1, 1]")


def test_what_is_read_from_a_file_does_not_move():
    """It may be what every layer starts with, and be no less what was loaded."""
    found = shown(SAVED, Leaf(("loaded", "moving_mean"), START, START + 1), ({}, {}))
    assert (found.name, found.was) == ("moving mean as loaded", "[0.5, 2, 3.5]")


def test_an_error_is_not_entered():
    """Where one side raised, its whole part differs; where both did, the type does."""
    one, other = {"calls": [{"output": MANY}]}, {"calls": [{"error": "KeyError"}]}
    (leaf,) = leaves(one, other)
    assert leaf.path == ("calls", 1)
    (leaf,) = leaves(other, {"calls": [{"error": "TypeError"}]})
    assert leaf.path == ("calls", 1, "error")
    assert list(leaves(one, one)) == []


def test_an_error_is_told_with_its_place():
    """Not with the name of what did not come."""
    case = cases.scenario("signatures.momentum_out_of_range", cases.KERAS3)
    found = shown(case, Leaf(("above",), 1.5, {"error": "ValueError"}), ({}, {}))
    assert (found.name, found.was, found.now) == ("of momentum=1.5", "no error", "raises ValueError")
    again = shown(case, Leaf(("above", "error"), "KeyError", "ValueError"), ({}, {}))
    assert (again.name, again.was) == ("of momentum=1.5", "raises KeyError")


def test_replicas_are_no_steps():
    """The second replica starts where the first one does."""
    path = ("copies", 2, "moving_mean")
    seen = [{"copies": [{"moving_mean": START + 2}, {"moving_mean": value}]} for value in (START + 2, START)]
    found = shown(CASE, Leaf(path, START + 2, START), seen)
    assert (found.was, found.now) == ("updated by up to 2, to [2.5, 4, 5.5]", "not updated, [0.5, 2, 3.5]")
    same_on_both = [
        {"copies": [{"moving_mean": START + 1}, {"moving_mean": value}]} for value in (START + 1, START + 2)
    ]
    found = shown(CASE, Leaf(path, START + 1, START + 2), same_on_both)
    assert found.rank == NUMBERS


def test_outputs_of_the_published_example_tell_their_statistics():
    """Its layer starts with the defaults."""
    image = np.asarray(IMAGES["published"], np.float32)
    outputs = [
        layer(starts(image.shape[-1])[1]).output(Rounded(image), batch).value.astype(np.float32)
        for batch in (False, True)
    ]
    found = shown(CASE, Leaf(("output",), *outputs), ({}, {}))
    assert found.rank == STATISTICS
