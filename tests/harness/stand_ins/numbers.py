"""Outputs, statistics and gradients by the reference: of half precision, large inputs, masks and virtual batches."""

import numpy as np

from fixtures.images import FAR, HIDDEN, IMAGES, LARGE, MASK, SHOWN, direction, parameters, weights
from fixtures.reference import batch_statistics, count, moving_average, normalize
from fixtures.settings import BATCHES, EPSILON, NAMES
from tests.harness.stand_ins.layers import PARAMETERS, STATISTICS, Sound, StopsGradients, float32


def half_statistics(seen):
    """The moving statistics after the first step, rounded to half precision."""
    if "first" not in seen:
        return seen
    state = seen["first"]
    return {
        **seen,
        "first": {**state, **{name: state[name].astype(np.float16).astype(np.float32) for name in STATISTICS}},
    }


def half_weights(seen):
    """Weights of half precision."""
    return {
        name: found if "error" in found else {**found, "weight_types": dict.fromkeys(found["weight_types"], "float16")}
        for name, found in seen.items()
    }


def half_outputs(seen):
    """Numbers above 65504, normalized in float32; the outputs are rounded to float16 in the end."""
    image = np.float64(LARGE).reshape(np.shape(seen["outputs"][0]))
    layer = Sound(parameters(2))
    with np.errstate(over="ignore"):  # the outputs of inference are large, too
        outputs = [np.float64(np.float16(layer.output(image, batch))) for batch in (False, True)]
    layer.update(image)
    state = {name: np.float64(value) for name, value in float32(layer.state).items()}
    return {**seen, "outputs": outputs, "state": {**seen["state"], **state}}


def digits_by_rank(seen):
    """Inference around 4096 in float32 that loses no digit of inputs of rank 2, and loses some of rank 4."""
    call = seen["calls"][0]
    x, mean, inverse = FAR["rank{}".format(call["output"].ndim)], np.float32(4096), np.float32((0.01 + EPSILON) ** -0.5)
    output = (x - mean) * inverse if x.ndim == 2 else x * inverse - mean * inverse
    return {**seen, "calls": [{**call, "output": output}]}


def trained_digits_by_rank(seen):
    """A training call around 4096 in float32 that loses no digit of inputs of rank 2, and loses some of rank 4."""
    call = seen["calls"][0]
    x = FAR["rank{}".format(call["output"].ndim)]
    mean, variance = (np.float32(found) for found in batch_statistics(np.float64(x)))
    inverse = np.float32(1) / np.sqrt(variance + np.float32(EPSILON))
    output = (x - mean) * inverse if x.ndim == 2 else x * inverse - mean * inverse
    return {**seen, "calls": [{**call, "output": output}]}


def consecutive_rows(seen):
    """A training call that normalizes the first three rows apart from the last three."""
    layer, x = Sound(parameters(3)), np.float64(BATCHES["same"][0])
    halves = x[:3], x[3:]
    output = np.concatenate([layer.output(half, True) for half in halves])
    found = np.mean([batch_statistics(half) for half in halves], axis=0)
    state = dict(seen["calls"][0]["state"])
    for name, value in zip(STATISTICS, found, strict=True):
        state[name] = moving_average(layer.state[name], value, layer.momentum).reshape(state[name].shape)
    return float32({**seen, "calls": [{"output": output, "state": state}]})


def masked_right(seen):
    """A training call that takes its statistics from what the mask of an image of rank 3 leaves."""
    layer, x = Sound(parameters(2)), np.float64(IMAGES["rank3"])
    mean, variance = batch_statistics(x[MASK])
    output = normalize(x, mean, variance, layer.state["gamma"], layer.state["beta"], EPSILON)
    layer.update(x[MASK])
    return float32({"weights": list(NAMES), "calls": [{"output": output, "state": layer.state}]})


def hidden_left_out(seen):
    """A training call on inputs that are NaN where the mask hides them, as one on the rest."""
    layer, x = Sound(parameters(2), momentum=0.5), np.float64(HIDDEN[SHOWN])
    output, found = layer.output(x, True), layer.gradients(x, np.float64(weights(x.shape)), True)
    layer.update(x)
    return float32({"output": output, "state": layer.state, "gradients": {name: found[name] for name in PARAMETERS}})


def unmasked(seen):
    """Inference on all of the image of rank 3, whose masked entries are -1."""
    image = np.where(MASK[..., np.newaxis], IMAGES["rank3"], -1.0)
    return {**seen, "output": np.float32(Sound(parameters(2)).output(image, False))}


def hidden_taken_in(seen):
    """The moving statistics of a layer that took in the steps that Masking hides, too: zeros."""
    layer = Sound(parameters(2))
    layer.update(np.where(MASK[..., np.newaxis], IMAGES["rank3"], 0.0))
    return {"state": {**seen["state"], **{name: np.float32(layer.state[name]) for name in STATISTICS}}}


def nan_and_0_exchanged(seen):
    """Gradients of a batch without rows: all 0 where one was NaN, and NaN where all were 0."""
    return {
        words: {name: np.zeros_like(one) if np.isnan([*found.values()]).any() else one + np.float32(np.nan)
                for name, one in found.items()}
        for words, found in seen.items()
    }  # fmt: skip


def second_derivatives(seen):
    """Of the loss, by the image along a direction and by gamma: central differences of the reference's gradients."""
    found = {}
    for rank in seen:
        x = np.float64(IMAGES[rank])
        upstream, along = np.float64(weights(x.shape)), np.float64(direction(x.shape))
        layer, step = Sound(parameters(3)), 2.0**-14
        after, before = (layer.gradients(x + sign * step * along, upstream, True)["x"] for sign in (1, -1))
        by_gamma = layer.gradients(x, upstream, True)["x"] * along / layer.state["gamma"]
        found[rank] = {"x": (after - before) / (2 * step), "gamma": by_gamma.reshape(-1, 3).sum(0)}
    return float32(found)


def constant_statistics(seen):
    """The gradient by the image does not depend on the image."""
    return {rank: {**found, "x": np.zeros_like(found["x"])} for rank, found in seen.items()}


def divided_by_zero(seen):
    """With a variance of 0 nothing else stands under the root."""
    return {rank: np.copysign(np.float32(np.inf), output) for rank, output in seen.items()}


def gradients_of_statistics(seen):
    """Of the mean and of the unbiased variance of an image of rank 4, by the image."""
    x = np.float64(IMAGES["rank4"])
    n, (mean, _) = count(x), batch_statistics(x)
    found = {"mean": np.full(x.shape, 1 / n), "variance": (x - mean) * 2 / (n - 1)}
    return {name: {"is_none": False, "gradient": np.float32(gradient)} for name, gradient in found.items()}


def nan_of_one_value(seen):
    """The gradient by gamma is NaN where a channel has one value."""
    return {**seen, "gamma": np.where(seen["gamma"] == 0, np.float32(np.nan), seen["gamma"])}


def without_statistics(seen):
    """In training the gradient by the image is what it is in inference, with the batch's variance."""
    found = dict(seen)
    for name in [name for name in seen if name.endswith("True") and "error" not in seen[name]]:
        image = IMAGES[name.split()[0]]
        x, upstream = (np.moveaxis(np.float64(values), 1, -1) for values in (image, weights(image.shape)))
        straight = StopsGradients(parameters(x.shape[-1])).gradients(x, upstream, True)["x"]
        found[name] = {**seen[name], "x": np.float32(np.moveaxis(straight, -1, 1))}
    return found
