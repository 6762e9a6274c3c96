"""What a layer with renorm=True does if its averages, or r and d, are others."""

import numpy as np

from fixtures.images import IMAGES, parameters, weights
from fixtures.options import AWAY_FROM_RANK_2
from fixtures.reference import batch_statistics, moving_average
from fixtures.settings import EPSILON, MOMENTUM
from tests.harness.stand_ins.edits import Change
from tests.harness.stand_ins.layers import PARAMETERS, STATISTICS, Sound, float32


def read_as_written(seen):
    """A layer that a file brings back as it was written, and that infers."""
    layer = Sound(parameters(3))
    return float32({"state": dict(parameters(3)), "output": layer.output(np.float64(IMAGES["rank2"]), False)})


def without_renorm(seen):
    """Inference, a training step and inference of a plain layer."""
    layer, x, calls = Sound(parameters(3)), np.float64(IMAGES["rank2"]), []
    for call, training in zip(seen["calls"], (False, True, False), strict=True):
        output = layer.output(x, training)
        if training:
            layer.update(x)
        calls.append({"output": output, "state": {**call["state"], **{name: layer.state[name] for name in STATISTICS}}})
    return float32({**seen, "calls": calls})


def uncorrected(epsilon=EPSILON) -> Change:
    """An edit of one training call on the image of rank 2: nothing corrects or adjusts what normalizes."""

    def change(seen):
        if "error" in seen:
            return seen
        call = seen["calls"][0]
        plain = {"gamma": np.ones(3), "beta": np.zeros(3)}
        layer = Sound({**parameters(3), **plain, **{n: call["state"][n] for n in PARAMETERS if n in call["state"]}},
                      epsilon=epsilon)  # fmt: skip
        return float32({**seen, "calls": [{**call, "output": layer.output(np.float64(IMAGES["rank2"]), True)}]})

    return change


def averages_by_momentum(state, **away):
    """A state in which the averages that renorm compares with took one step of momentum from where they begin."""
    start, (mean, variance) = dict(parameters(3), **away), batch_statistics(np.float64(IMAGES["rank2"]))
    deviations = np.sqrt(np.float64(start["moving_variance"])), np.sqrt(variance + EPSILON)
    return {
        **state,
        "renorm_mean": moving_average(np.float64(start["moving_mean"]), mean, MOMENTUM),
        "renorm_stddev": moving_average(*deviations, MOMENTUM),
    }


def renorm_by_momentum(seen):
    """The averages that renorm compares with move as fast as the moving statistics."""
    before, trained, after = seen["calls"]
    return float32({**seen, "calls": [before, {**trained, "state": averages_by_momentum(trained["state"])}, after]})


def function_renorms_by_momentum(seen):
    """In the functional form as well."""
    return float32({"state": averages_by_momentum(seen["state"])})


def bounded_renorms_by_momentum(seen):
    """Whatever bounds hold r and d."""
    return float32({**seen, "state": averages_by_momentum(seen["state"], **AWAY_FROM_RANK_2)})


def corrected_by_renorm(gradients):
    """An edit of a training call with renorm: what no bound holds corrects it.

    Args:
        gradients: function of the layer, its image, what comes from above, r and d -> gradients by x, gamma and beta.
    """
    layer, x = Sound(dict(parameters(3), **AWAY_FROM_RANK_2)), np.float64(IMAGES["rank2"])
    mean, variance = batch_statistics(x)
    moving_mean, deviation = layer.state["moving_mean"], np.sqrt(np.float64(layer.state["moving_variance"]))
    r, d = np.sqrt(variance + EPSILON) / deviation, (mean - moving_mean) / deviation
    output = layer.state["gamma"] * ((x - mean) / np.sqrt(variance + EPSILON) * r + d) + layer.state["beta"]
    found = gradients(layer, x, np.float64(weights(x.shape)), r, d)
    return lambda seen: float32({**seen, "output": output, "gradients": found})


def held_constant(layer, x, upstream, r, d):
    """Gradients that take r and d for constants."""
    found = layer.gradients(x, upstream, True)
    return {"x": r * found["x"], "gamma": r * found["gamma"] + d * found["beta"], "beta": found["beta"]}


def passed_through(layer, x, upstream, r, d):
    """Gradients that pass through r and d: together with the batch's statistics they cancel out."""
    straight = upstream * layer.state["gamma"] / np.sqrt(np.float64(layer.state["moving_variance"]))
    return {**held_constant(layer, x, upstream, r, d), "x": straight}
