"""Edits of what is seen, whatever the topic: of states, outputs, lists of names, counts, answers and errors."""

import functools
from collections.abc import Callable

import numpy as np

from fixtures.cases import Case
from fixtures.images import IMAGES, parameters, published_parameters
from fixtures.reported import PLAIN, SEQUENCES
from fixtures.settings import BATCHES, MOMENTUM, NAMES, TARGETS
from tests.harness.stand_ins.layers import PARAMETERS, STATISTICS, Sound, sound

# Keys of lists that name the variable which each update op writes, and of numbers that count update ops.
UPDATES = {"update_ops", "layer_updates", "updates", "called", "frozen", "unfrozen", "rank2", "rank4"}
COUNTS = {"update_ops", "updates", "late", "counts", "registered"}
TRAINABLE = {
    "trainable_weights", "trainable_variables", "outer_trainable_weights", "layer_trainable_weights",
    "trainable_collection", "layer_trainable_variables", "made", "saved",
}  # fmt: skip
Change = Callable[[dict], dict]
Seen = Callable[[Case, dict], dict]


def edit(value, change, key=""):
    """A copy in which ``change(key, value)`` replaced every value, containers before what they contain."""
    value = change(key, value)
    if isinstance(value, dict):
        return {name: edit(entry, change, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [edit(entry, change, key) for entry in value]
    return value


def everywhere(*changes: Change) -> Seen:
    """One after the other, whatever the case."""
    return lambda case, seen: functools.reduce(lambda so_far, change: change(so_far), changes, seen)


def in_scenarios(*changes: Change, among: set[str] | None = None) -> Seen:
    """The same in all scenarios, or among some; what a defect does to the matrix follows from its other parts."""
    every = everywhere(*changes)
    return lambda case, seen: (
        every(case, seen) if case.kind == "scenario" and (among is None or case.name in among) else seen
    )


def begun(state):
    """The numbers that a state began with: of the two starts that scenarios have, the nearer one."""
    shape, count = state["moving_mean"].shape, state["moving_mean"].size
    plain = published_parameters() if count == 4 else dict(zip(NAMES, np.full((4, count), 1.0), strict=True))
    plain["moving_mean"] = np.zeros(count)
    starts = [parameters(count), plain]
    nearest = min(starts, key=lambda one: np.abs(one["moving_mean"] - state["moving_mean"].reshape(-1)).max())
    return {name: np.float32(value).reshape(shape) for name, value in nearest.items()}


def by_name(**changes: Change) -> Seen:
    """Other changes in each of some scenarios; their names without the group."""

    def seen_of(case, seen):
        change = changes.get(case.name.split(".")[-1]) if case.kind == "scenario" else None
        return change(seen) if change else seen

    return seen_of


def each(*parts: Seen) -> Seen:
    """One after the other."""
    return lambda case, seen: functools.reduce(lambda so_far, part: part(case, so_far), parts, seen)


def states(change) -> Change:
    """Edit every state, given the numbers that it began with."""

    def one(_, value):
        if isinstance(value, dict) and isinstance(value.get("moving_mean"), np.ndarray):
            return {**value, **{name: new for name, new in change(value, begun(value)).items() if name in value}}
        return value

    return lambda seen: edit(seen, one)


def back(*names) -> Change:
    """These numbers are where they began."""
    return states(lambda state, start: {name: start[name] for name in names})


def updated(state, start):
    """Moving statistics that rested, after an update."""
    if not all(np.array_equal(state[name], start[name]) for name in STATISTICS):
        return {}
    shape, count = state["moving_mean"].shape, state["moving_mean"].size
    layer = sound({name: number.reshape(-1) for name, number in start.items()})
    layer.update(np.resize(np.float64(BATCHES["same"][0]), (6, count)))
    return {name: np.float32(layer.state[name]).reshape(shape) for name in STATISTICS}


def updated_again(state, start):
    """Moving statistics after one update more, with the batch that the first one took in."""
    return {name: state[name] + (state[name] - start[name]) * np.float32(MOMENTUM) for name in STATISTICS}


def swapped(state, start):
    """Gamma and beta in each other's place."""
    return {"gamma": state["beta"], "beta": state["gamma"]} if {*PARAMETERS} <= {*state} else {}


def lists(change, keys) -> Change:
    """Edit every list of names under these keys."""

    def one(key, value):
        named = isinstance(value, list) and all(isinstance(name, str) for name in value)
        return change(value) if named and (keys is None or key in keys) else value

    return lambda seen: edit(seen, one)


def registered(times) -> Change:
    """Update ops, and counts of them, so many times."""

    def one(key, value):
        return value * times if key in COUNTS and type(value) is int else value

    def repeated(names):
        return names * times if set(names) <= set(STATISTICS) else names

    return lambda seen: edit(lists(repeated, UPDATES)(seen), one)


def also_statistics(names):
    """Where gamma and beta are listed, the moving statistics too."""
    if not names or any("moving" in name for name in names):
        return names
    return names + [name.replace(word, "moving_" + other) for name in names
                    for word, other in (("gamma", "mean"), ("beta", "variance")) if word in name]  # fmt: skip


def inverted(*keys) -> Change:
    """Yes for no, where a program asks."""
    return lambda seen: edit(seen, lambda key, value: not value if key in keys and isinstance(value, bool) else value)


def raising(error) -> Change:
    """What a call raises: nothing, or this where it returned."""

    def one(key, value):
        return error if key in ("error", "raised") and (value is None) != (error is None) else value

    return lambda seen: edit(seen, one)


OUTPUTS = {"output", "outputs", "0", "1", "rank2", "rank4", "layer_output", "model_output", "predicted"}
ANSWERS = {"prediction", "predictions", "losses", "train_on_batch", "test_on_batch"}


def normalized(layer, *but) -> Change:
    """Outputs, predictions and losses of another layer, in the mode in which they were made."""

    def again(observed, state, x, read):
        state = {name: np.float64(state[name]) for name in NAMES}
        for batch in (False, True):
            made = read(Sound(state).output(x, batch))
            if made.shape == np.shape(observed) and np.allclose(observed, made, atol=1e-3):
                return np.float32(read(layer(state).output(x, batch)))
        return observed

    def answers(key, value, state):
        kernel, x = state.get("kernel", np.ones(3)), np.float64(BATCHES["same"][0])

        def read(output):
            answer = (output * kernel).sum(1)
            return answer if key.startswith("prediction") else ((answer - TARGETS[:6, 0]) ** 2).mean()

        found = again(np.squeeze(value), state, x, read)
        return float(found) if isinstance(value, float) else np.float32(found).reshape(value.shape)

    def change(seen):
        def one(key, value):
            if key in but or not isinstance(value, (np.ndarray, float)):
                return value
            if key in ANSWERS and "state" in seen:
                return answers(key, value, seen["state"])
            if key in OUTPUTS:
                for x in (*IMAGES.values(), BATCHES["same"][0]):
                    value = again(value, parameters(x.shape[-1]), np.float64(x), np.asarray)
                value = again(value, PLAIN, np.float64(SEQUENCES), np.asarray)
            return value

        with np.errstate(all="ignore"):
            return edit(seen, one)

    return change


def typed_error(seen):
    """A TypeError in place of what came, where the release has what is asked."""
    return seen if "absent" in seen else {"error": "TypeError"}


def unchanged(case, seen):
    """Nothing is wrong."""
    return seen
