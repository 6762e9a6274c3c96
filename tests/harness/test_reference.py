"""The NumPy reference against direct formulas, closed forms and numerical differentiation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import reference
from fixtures.images import IMAGES, parameters, weights
from fixtures.rounding import Rounded
from fixtures.settings import EPSILON

RANKS = ["rank2", "rank3", "rank4", "rank5"]


def layer(image, bessel=False):
    """A reference layer in float64 at the suite's start values."""
    start = {name: value.astype(np.float64) for name, value in parameters(image.shape[-1]).items()}
    return reference.Layer(start, 0.75, EPSILON, bessel)


@pytest.mark.parametrize("name", RANKS)
def test_statistics_are_numpys(name):
    """Mean and variance over all axes but the last, n and n - 1 in the denominator."""
    x = IMAGES[name].astype(np.float64)
    flat = x.reshape(-1, x.shape[-1])
    mean, variance = reference.batch_statistics(x)
    assert np.allclose(mean, flat.mean(axis=0), rtol=1e-14)
    assert np.allclose(variance, flat.var(axis=0), rtol=1e-14)
    assert np.allclose(reference.unbiased(variance, len(flat)), flat.var(axis=0, ddof=1), rtol=1e-14)


@pytest.mark.parametrize("name", RANKS)
@pytest.mark.parametrize("batch", [True, False], ids=["batch statistics", "moving statistics"])
def test_gradients_are_those_of_numerical_differentiation(name, batch):
    """Gradients by x, gamma and beta against central differences in float64."""
    x = IMAGES[name].astype(np.float64)
    upstream = weights(x.shape).astype(np.float64)
    found = layer(x).gradients(x, upstream, batch)

    def loss(values, parameter):
        shifted = layer(x)
        image = values if parameter == "x" else x
        if parameter != "x":
            shifted.state[parameter] = values
        return (shifted.output(image, batch) * upstream).sum()

    for parameter, value in (("x", x), ("gamma", layer(x).state["gamma"]), ("beta", layer(x).state["beta"])):
        for index in np.ndindex(value.shape):
            step = np.zeros_like(value)
            step[index] = 1e-5
            slope = (loss(value + step, parameter) - loss(value - step, parameter)) / 2e-5
            assert found[parameter][index] == pytest.approx(slope, rel=1e-6, abs=1e-7)


@given(st.floats(0, 1), st.integers(0, 200), st.floats(-9, 9), st.floats(-9, 9))
def test_closed_form_is_step_by_step(momentum, steps, start, batch):
    """N updates with the same batch are one geometric decay."""
    moving = start
    for _ in range(steps):
        moving = reference.moving_average(moving, batch, momentum)
    assert moving == pytest.approx(reference.moving_average_after(start, batch, momentum, steps), abs=1e-12)


def test_one_value_per_channel_has_no_variance():
    """N = 1: the biased variance is 0, and the kernel's n - 1 is taken as 1."""
    x = IMAGES["one-value-per-channel"].astype(np.float64)
    updated = layer(x, bessel=True)
    before = updated.state["moving_variance"]
    updated.update(x)
    assert np.array_equal(updated.state["moving_variance"], 0.75 * before)


@pytest.mark.parametrize("name", RANKS)
@pytest.mark.parametrize("seed", range(5))
def test_float32_arithmetic_stays_within_the_derived_bound(name, seed):
    """Two orders of evaluation in real float32, on data that is not integer, stay inside the error."""
    x = np.random.RandomState(seed).uniform(-9, 9, IMAGES[name].shape).astype(np.float32)
    start = {name: value.astype(np.float32) for name, value in parameters(x.shape[-1]).items()}
    mean, variance = x.mean(axis=tuple(range(x.ndim - 1))), x.var(axis=tuple(range(x.ndim - 1)))
    inverse = np.float32(1) / np.sqrt(variance + np.float32(EPSILON))
    bounded = reference.Layer({k: Rounded(v) for k, v in start.items()}, 0.75, EPSILON, False).output(Rounded(x), True)
    for computed in (
        (x - mean) * (start["gamma"] * inverse) + start["beta"],
        x * (inverse * start["gamma"]) + (start["beta"] - mean * (inverse * start["gamma"])),
    ):
        assert computed.dtype == np.float32
        assert (np.abs(computed.astype(np.float64) - bounded.value) <= bounded.error).all()


@pytest.mark.parametrize("name", RANKS)
def test_bounds_notice_one_part_in_ten_thousand(name):
    """Outputs, statistics after 100 updates and gradients: the bound is below 1e-4 of the value."""
    x = Rounded(IMAGES[name])
    bounded = reference.Layer({k: Rounded(v) for k, v in parameters(x.shape[-1]).items()}, 0.96875, EPSILON, True)
    output = bounded.output(x, True)
    gradients = bounded.gradients(x, Rounded(weights(x.shape)), True)
    for _ in range(100):
        bounded.update(x)
    for found in (output, *bounded.state.values(), gradients["gamma"], gradients["beta"]):
        assert found.error.max() <= 1e-4 * np.abs(found.value).max()


def test_maybe_nan_travels_through_arithmetic():
    """A number that may be NaN makes everything computed from it so."""
    doubtful = Rounded([1.0, 2.0]).maybe_nan()
    for result in (doubtful + 1, 1 - doubtful, doubtful * 2, doubtful / 2, -doubtful, doubtful.rsqrt(), doubtful.sum()):
        assert result.or_nan
