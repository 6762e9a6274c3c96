"""What replicas return, hand to each other and infer with, if a strategy does otherwise."""

import numpy as np

from fixtures.images import parameters
from fixtures.settings import BATCHES, PARTS
from tests.harness.stand_ins.layers import STATISTICS, Sound, sound, taken_in


def otherwise_returned(seen):
    """Statistics of replicas: the mean of the two where the first one's were returned, else the first one's."""
    if "each" in seen:
        steps = {name: seen[name] for name in ("each", "second_without_rows")}
        return {**seen, **{
            name: {**step, "state": otherwise(step["state"], *step["copies"])} for name, step in steps.items()
        }}  # fmt: skip
    halves = [sound(parameters(3)) for _ in range(2)]
    for layer, rows in zip(halves, (slice(3), slice(3, None)), strict=True):
        layer.update(np.float64(BATCHES["same"][0][rows]))
    first, second = ({name: np.float32(layer.state[name]) for name in STATISTICS} for layer in halves)
    return {name: otherwise(state, first, second) for name, state in seen.items()}


def lost(step):
    """A step after which the second replica's statistics are NaN."""
    first, second = step["copies"]
    return {**step, "copies": [first, {name: value * np.float32(np.nan) for name, value in second.items()}]}


def otherwise(state, first, second):
    """A state with the mean of two replicas' statistics where it has the first one's, else with the first one's."""
    mean = {name: (first[name] + second[name]) / np.float32(2) for name in STATISTICS}
    of_the_first = all(np.allclose(state[name], first[name]) for name in STATISTICS)
    return {**state, **(mean if of_the_first else first)}


def exchanged(step):
    """Outputs and statistics of two replicas in each other's place."""
    return {**step, "outputs": step["outputs"][::-1], "copies": step["copies"][::-1]}


def parts_exchanged(seen):
    """Of all steps on replicas; the one without rows takes part, and a call on no replica raises."""
    idle = seen["second_without_rows"]
    raised = {"error": "RuntimeError"} if "error" not in seen["on_none"] else seen["on_none"]
    return {
        "each": exchanged(seen["each"]), "second_without_rows": {**idle, "copies": idle["copies"][::-1]},
        "on_none": raised,
    }  # fmt: skip


def far_from_0(seen):
    """Rows around 4096 that synchronized replicas normalize, and take in, together."""
    far = np.float64(BATCHES["same"][0]) + 4096
    output = np.float32(Sound(parameters(3)).output(far, True))
    copies = [taken_in(parameters(3), far) for _ in seen["copies"]]
    return {**seen, "outputs": [output[: len(PARTS[0])], output[len(PARTS[0]) :]], "copies": copies}


def inferring(step, *states):
    """A step after which each replica infers with one of the states, on the first part."""
    outputs = [sound({**step["state"], **state}).output(np.float64(PARTS[0]), False) for state in states]
    return {**step, "inferred": [np.float32(output) for output in outputs]}
