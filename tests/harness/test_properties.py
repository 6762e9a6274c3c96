"""Properties that hold for any input: of the reference, of versions and targets, of records, of comparison."""

import contextlib
import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from packaging.version import Version
from support import comparison, environments, releases
from support.client import Failure
from support.comparison import Side, compare

from fixtures import cases, record, reference
from fixtures.record import plain, restore
from fixtures.rounding import Rounded

NUMBERS = st.floats(-8, 8, width=32)
IMAGES = arrays.arrays(np.float64, arrays.array_shapes(min_dims=2, max_dims=5, max_side=4), elements=NUMBERS)
POSITIVE = st.floats(0.125, 8, width=32)


def layer(x, draw_gamma, momentum, bessel):
    """A layer of the reference for an image."""
    channels = x.shape[-1]
    state = {
        "gamma": np.full(channels, draw_gamma), "beta": np.arange(channels, dtype=float),
        "moving_mean": np.linspace(-1, 1, channels), "moving_variance": np.linspace(1, 2, channels),
    }  # fmt: skip
    return reference.Layer({k: Rounded(v) for k, v in state.items()}, momentum, 2.0**-10, bessel=bessel), state


@given(IMAGES, POSITIVE, st.booleans(), st.booleans())
def test_output_is_the_direct_formula(x, gamma, batch, bessel):
    """Gamma * (x - mean) / sqrt(variance + epsilon) + beta, with numpy's mean and variance."""
    made, state = layer(x, gamma, 0.5, bessel)
    axes = tuple(range(x.ndim - 1))
    mean, variance = (x.mean(axes), x.var(axes)) if batch else (state["moving_mean"], state["moving_variance"])
    direct = state["gamma"] * (x - mean) / np.sqrt(variance + 2.0**-10) + state["beta"]
    np.testing.assert_allclose(made.output(Rounded(x), batch).value, direct, rtol=1e-9, atol=1e-9)


@given(IMAGES, st.sampled_from([0.0, 0.25, 0.5, 0.75]), st.integers(1, 20), st.booleans())
def test_statistics_after_steps_are_the_closed_form(x, momentum, steps, bessel):
    """The start decays geometrically towards the statistics of the image, with n or n - 1."""
    made, state = layer(x, 1.0, momentum, bessel)
    for _ in range(steps):
        made.update(Rounded(x))
    axes, n = tuple(range(x.ndim - 1)), x[..., 0].size
    variance = x.var(axes, ddof=1 if bessel and n > 1 else 0)
    for name, towards in (("moving_mean", x.mean(axes)), ("moving_variance", variance)):
        closed = state[name] * momentum**steps + towards * (1 - momentum**steps)
        np.testing.assert_allclose(made.state[name].value, closed, rtol=1e-9, atol=1e-9)


@given(IMAGES, POSITIVE, st.booleans())
def test_float32_lies_within_the_bound_of_the_reference(x, gamma, batch):
    """The same formulas in float32, on any image: never farther off than the derived bound."""
    made, state = layer(x, gamma, 0.5, False)
    single = {name: np.asarray(value, np.float32) for name, value in state.items()}
    image, axes = x.astype(np.float32), tuple(range(x.ndim - 1))
    count = np.float32(x[..., 0].size)
    mean = image.sum(axes) / count if batch else single["moving_mean"]
    centred = image - mean
    variance = (centred * centred).sum(axes) / count if batch else single["moving_variance"]
    found = centred * (single["gamma"] / np.sqrt(variance + np.float32(2.0**-10))) + single["beta"]
    expected = made.output(Rounded(x), batch)
    assert (np.abs(found.astype(np.float64) - expected.value) <= expected.error).all()


@given(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)), st.sampled_from(["", "rc1", ".dev7"]))
def test_versions_come_back(numbers, suffix):
    """A version is read as it is written."""
    text = ".".join(map(str, numbers)) + suffix
    assert str(releases.parse(text)) == text


@given(st.text(max_size=30))
def test_any_word_is_a_target_or_one_sentence(word):
    """Never a traceback: a target of the calendar, or why it is none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "published", lambda package: {Version("2.21.0"): "3.13"})
        with contextlib.suppress(Failure):
            assert environments.resolve(word).name


@given(st.sampled_from(sorted(releases.calendar())))
def test_every_name_of_the_calendar_is_its_own_target(name):
    """And says which line it is of."""
    target = environments.resolve(name)
    assert (target.needs.name, target.line) == (name, releases.calendar()[name].line)


CALLS = [cases.layer_call(cases.TF_KERAS_BUNDLED, training).id for training in ("True", "False", "None", "1")]


class Short(dict):
    """A record whose repr hypothesis can print."""

    def __repr__(self):
        return "a record"


@pytest.fixture(scope="module")
def whole():
    """A part of the record of a real release."""
    held = record.read(releases.calendar()["2.4.4"].record)
    some = {name: held["observations"][name] for name in CALLS}
    return Short(held, observations=some, verdicts=dict(list(held["verdicts"].items())[:3]))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Where each example writes its record anew."""
    return tmp_path_factory.mktemp("records") / "record.json"


@settings(max_examples=20)
@given(st.dictionaries(st.text("abc", min_size=1), st.text(max_size=5), min_size=1, max_size=3))
def test_unknown_provenance_comes_back(path, whole, extra):
    """A later suite may note more; this one keeps it."""
    noted = dict(whole, provenance={**extra, **whole["provenance"]})
    record.write(str(path), noted)
    assert record.read(path) == noted


@settings(max_examples=20)
@given(st.text("xyz", min_size=1), st.integers())
def test_unknown_sections_are_an_edit(path, whole, name, value):
    """Nobody adds to a record by hand."""
    record.write(str(path), whole)
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    with pytest.raises(record.Broken):
        record.read(path)


EDITS = st.lists(
    st.tuples(st.sampled_from(CALLS), st.sampled_from(["number", "gone", "error"]), st.sampled_from(["a", "b"])),
    max_size=4,
)


@pytest.mark.slow
@settings(max_examples=15)
@given(EDITS)
def test_comparison_of_any_two_records_mirrors(whole, edits):
    """A against A is empty; what A against B adds or changes, B against A removes or changes back."""
    pair = {}
    for which in ("a", "b"):
        seen = dict(whole, observations=dict(whole["observations"]))
        for name, edit, _ in (each for each in edits if each[2] == which):
            if edit == "gone":
                seen["observations"].pop(name, None)
            elif name in seen["observations"]:
                held = copy.deepcopy(whole["observations"][name])
                numbers = [2 * output for output in restore(held)["outputs"]]
                held["outputs"] = plain(numbers if edit == "number" else {"error": "ValueError"})
                seen["observations"][name] = held
        pair[which] = Side(which, cases.TF_KERAS_BUNDLED, seen)
    itself = compare(pair["a"], pair["a"])
    assert not (itself.added or itself.removed or itself.changes or itself.drifted)
    there, back = compare(pair["a"], pair["b"]), compare(pair["b"], pair["a"])
    assert (set(there.added), set(there.removed)) == (set(back.removed), set(back.added))
    assert {(c.subject, c.field, str(c.before), str(c.after)) for c in there.changes} == {
        (c.subject, c.field, str(c.after), str(c.before)) for c in back.changes
    }
    assert comparison.surfaces(whole)
