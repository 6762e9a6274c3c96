"""The comparison can fail, in every way a careless one would not."""

import numpy as np
import pytest

from fixtures.compare import difference
from fixtures.rounding import Rounded, spacing

ONE = np.ones(3, np.float32)
EXPECTED = Rounded(np.ones(3), error=2 * spacing(1.0))
EMPTY = Rounded(np.zeros((0, 3)))


@pytest.mark.parametrize(
    "observed, expected, words",
    [
        pytest.param(np.float32(1), EXPECTED, "of shape (3,)", id="a scalar does not broadcast"),
        pytest.param(np.ones((1, 3), np.float32), EXPECTED, "of shape (3,)", id="an axis more"),
        pytest.param(np.zeros((0,), np.float32), EXPECTED, "of shape (3,)", id="nothing is not three ones"),
        pytest.param(np.zeros((3, 0), np.float32), EMPTY, "of shape (0, 3)", id="empty of another shape"),
        pytest.param(np.array([1, np.nan, 1], np.float32), EXPECTED, "[1, 1, 1]", id="NaN"),
        pytest.param(np.array([1, np.inf, 1], np.float32), EXPECTED, "[1, 1, 1]", id="infinity"),
        pytest.param(np.ones(3), EXPECTED, "of type float32", id="float64"),
        pytest.param(np.ones(3, np.int32), EXPECTED, "[1, 1, 1]", id="integers"),
        pytest.param(None, EXPECTED, "[1, 1, 1]", id="nothing"),
        pytest.param("in any order", EXPECTED, "[1, 1, 1]", id="words"),
        pytest.param(ONE + 3 * np.float32(spacing(1.0)), EXPECTED, "3 ulp off, bound 2", id="one ulp beyond"),
        pytest.param({"a": ONE}, {"a": EXPECTED, "b": EXPECTED}, "entries a, b", id="an entry fewer"),
        pytest.param({"a": ONE, "b": ONE}, {"a": EXPECTED}, "entries a", id="an entry more"),
        pytest.param([ONE], [EXPECTED, EXPECTED], "2 entries", id="a run fewer"),
        pytest.param(["b", "a"], ["a", "b"], "['a', 'b']", id="another order"),
        pytest.param(1, True, "True", id="1 is not True"),
        pytest.param({"error": "KeyError"}, {"error": "ValueError"}, "'ValueError'", id="another error"),
        pytest.param({"error": "KeyError"}, {"gamma": EXPECTED}, "entries gamma", id="an error instead"),
    ],
)
def test_difference_is_found_and_named(observed, expected, words):
    """What is wrong is said, with what should be."""
    found = difference(observed, expected, "it")
    assert found is not None
    assert words in found.expected


@pytest.mark.parametrize("off", [-2, 0, 2])
def test_within_the_bound_is_no_difference(off):
    """Up to the bound, either side."""
    assert difference(ONE + off * np.float32(spacing(1.0)), EXPECTED) is None


def test_nan_is_compared_without_a_warning():
    """Old releases of numpy warn where NaN is compared, and a warning is an error here."""
    with np.errstate(invalid="raise"):
        assert difference(np.array([1, np.nan, 1], np.float32), EXPECTED.maybe_nan()) is None


def test_nan_passes_only_where_it_is_expected():
    """A number that may be NaN may also be the value, and nothing else."""
    assert difference(np.array([1, np.nan, 1], np.float32), EXPECTED.maybe_nan()) is None
    assert difference(np.array([1, 5, 1], np.float32), EXPECTED.maybe_nan()) is not None
