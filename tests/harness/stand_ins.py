"""Stand-ins: a small NumPy batch normalization behind the observer's interface, broken in one named way each.

A stand-in answers any case as the observer would, without TensorFlow. What the matrix asks follows from a copy
of ``fixtures.expect`` of its own, on plain float64 numbers, in which a defect changes the switches, the layer's
arithmetic or what the flags of a call amount to. What a scenario asks starts from the record of the release: a
defect does to its states, outputs, names, counts and errors what it would have done to the program.
"""

import dataclasses
import functools
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np
from support import comparison, releases

from fixtures import expect as expectations
from fixtures import expect_options, expect_situations, installed, layer_by_semantics, record
from fixtures.cases import Case
from fixtures.expect import Mode
from fixtures.images import (
    FAR,
    HIDDEN,
    IMAGES,
    LARGE,
    MASK,
    SHOWN,
    direction,
    parameters,
    published_parameters,
    weights,
)
from fixtures.options import AWAY_FROM_RANK_2
from fixtures.reference import Layer, batch_statistics, moving_average, normalize
from fixtures.reported import MOMENTUM_OF_REPORTS, PLAIN, RATE_OF_REPORTS, ROWS, SEQUENCES, TARGETS_OF_ROWS
from fixtures.semantics import BATCH, MOVING, PHRASES, row
from fixtures.settings import BATCHES, EPSILON, MOMENTUM, NAMES, PARTS, TARGETS

# The newest stable release and the last one of TensorFlow 1: between them every surface.
RELEASES = ("2.21.0", "1.15.5")
PARAMETERS, STATISTICS = NAMES[:2], NAMES[2:]


class Float64(np.ndarray):
    """Plain numbers, where ``fixtures.expect`` speaks of ``Rounded`` ones."""

    error = 0.0

    def __new__(cls, value, error=0.0):
        """The same numbers, without a bound."""
        return np.asarray(value, np.float64).view(cls)

    @property
    def value(self):
        """The numbers."""
        return self

    def moveaxis(self, source, destination):
        """As ``numpy.moveaxis``."""
        return np.moveaxis(self, source, destination)

    def maybe_nan(self):
        """Memory that was never written holds no NaN in most runs."""
        return self


def float32(value):
    """What TensorFlow hands out: numbers in float32; names, counts and errors as they are."""
    if isinstance(value, np.ndarray):
        return np.asarray(value, np.float32)
    if isinstance(value, dict):
        return {name: float32(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [float32(entry) for entry in value]
    return value


# --- the layer, sound and with each way in which its arithmetic can be wrong --------------------


class Sound(Layer):
    """The reference, with momentum rounded to float32 as TensorFlow rounds it."""

    def __init__(self, parameters, momentum=MOMENTUM, epsilon=EPSILON, bessel=False, fused=False, decay=None):
        super().__init__(parameters, float(np.float32(momentum)), epsilon, bessel, fused, decay)


def sound(state):
    """A sound layer at these numbers."""
    return Sound({name: np.float64(value) for name, value in state.items()})


class KeepsMean(Sound):
    """Moves the variance only."""

    def update(self, x):
        """The mean stays."""
        mean = self.state["moving_mean"]
        super().update(x)
        self.state["moving_mean"] = mean


class UpdatesTwice(Sound):
    """Applies each update two times."""

    def update(self, x):
        """And again."""
        super().update(x)
        super().update(x)


class MomentumOfTheBatch(Sound):
    """Weighs the batch with momentum, and the moving statistic with the rest."""

    def __init__(self, parameters, momentum=MOMENTUM, epsilon=EPSILON, bessel=False, fused=False, decay=None):
        super().__init__(parameters, 1 - momentum, epsilon, bessel, fused, decay and 1 - decay)


class Averages(Sound):
    """Averages all batches evenly; the start counts for nothing."""

    updates = 0

    def update(self, x):
        """The n-th batch weighs 1/n."""
        self.updates += 1
        for name, value in zip(STATISTICS, batch_statistics(x), strict=True):
            self.state[name] = moving_average(self.state[name], value, 1 - 1 / self.updates)


class WithoutEpsilon(Sound):
    """Leaves epsilon out."""

    def __init__(self, parameters, momentum=MOMENTUM, epsilon=EPSILON, bessel=False, fused=False, decay=None):
        super().__init__(parameters, momentum, 0.0 * epsilon, bessel, fused, decay)


class WithoutRoot(Sound):
    """Divides by the variance itself."""

    def output(self, x, batch):
        """Without the square root."""
        mean, variance = self.statistics(x, batch)
        return (x - mean) / (variance + self.epsilon) * self.state["gamma"] + self.state["beta"]


class SwapsParameters(Sound):
    """Scales by beta and shifts by gamma."""

    def output(self, x, batch):
        """Each in the other's place."""
        mean, variance = self.statistics(x, batch)
        return (x - mean) / np.sqrt(variance + self.epsilon) * self.state["beta"] + self.state["gamma"]


class AlwaysMoving(Sound):
    """Normalizes with the moving statistics in training too."""

    def statistics(self, x, batch):
        """The moving ones."""
        return super().statistics(x, False)


class AlwaysBatch(Sound):
    """Normalizes with the batch's statistics in inference too."""

    def statistics(self, x, batch):
        """The batch's own."""
        return super().statistics(x, True)


class OnlyScales(Sound):
    """Normalizes with nothing in inference."""

    def statistics(self, x, batch):
        """Mean 0, and 1 under the root."""
        one = np.ones(x.shape[-1])
        return super().statistics(x, batch) if batch else (0 * one, one - self.epsilon)


class StopsGradients(Sound):
    """Takes the batch's statistics for constants when it differentiates."""

    def gradients(self, x, upstream, batch):
        """As if mean and variance did not depend on the image."""
        _, variance = self.statistics(x, batch)
        straight = upstream * (self.state["gamma"] / np.sqrt(variance + self.epsilon))
        return dict(super().gradients(x, upstream, batch), x=straight)


class LosesGradients(Sound):
    """Gives gamma and beta no gradient."""

    def gradients(self, x, upstream, batch):
        """The image alone has one."""
        found = super().gradients(x, upstream, batch)
        return dict(found, gamma=0 * found["gamma"], beta=0 * found["beta"])


# --- what a defect does to what is seen -----------------------------------------------------------

# What the layer does in a scenario, where names alone say it.
FREEZES = {
    "compiling.frozen_training", "compiling.nothing_to_train", "compiling.shared_layer",
    "trainable.frozen_parameters", "trainable.frozen_class_of_compat_v1",
}  # fmt: skip
INFERS = {
    "compiling.evaluation_around_toggles", "trainable.called_with_training_false", "loops.evaluate",
    "learning_phase.fit_after_learning_phase_0", "learning_phase.training_none_with_learning_phase",
    "trainable.training_known_only_in_function",
}  # fmt: skip
RUNS_NO_UPDATES = {"update_ops.runs_without_update_ops", "update_ops.dependencies_around_existing_op"}
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


def inferring(step, *states):
    """A step after which each replica infers with one of the states, on the first part."""
    outputs = [sound({**step["state"], **state}).output(np.float64(PARTS[0]), False) for state in states]
    return {**step, "inferred": [np.float32(output) for output in outputs]}


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


def updates_run_by_themselves(case, seen):
    """Whatever runs, the update ops run too."""
    if case.kind == "graph_layer":
        return dict(seen, drift_without_updates=seen["drift_with_updates"])
    return in_scenarios(states(updated), among=RUNS_NO_UPDATES)(case, seen)


def freezing_hides_nothing(case, seen):
    """Gamma and beta stay on every list."""
    listed = {"trainable_variables": ["batch_normalization/gamma:0", "batch_normalization/beta:0"]}
    if "collections" in seen:
        seen = dict(seen, collections=dict(listed, **seen["collections"]))
    return lists(lambda names: names or list(PARAMETERS), TRAINABLE)(seen)


def frozen_updates_go_on(case, seen):
    """The moving statistics move, and layer.updates lists the ops all the while."""
    seen = by_name(updates_in_graph=lambda seen: {**seen, "frozen": list(STATISTICS)})(case, seen)
    return in_scenarios(states(updated), among=FREEZES)(case, seen)


def phase_is_ignored(case, seen):
    """Keras' learning phase is taken for 0 by layers, and for 1 by training loops."""
    return by_name(
        learning_phase_fed=lambda seen: {**seen, "1": seen["0"]},
        training_none_with_learning_phase=lambda seen: {**seen, "1": seen["0"]},
        predict_after_learning_phase_1=normalized(AlwaysMoving),
        fit_after_learning_phase_0=states(updated),
    )(case, seen)


def without_renorm(seen):
    """Inference, a training step and inference of a plain layer."""
    layer, x, calls = Sound(parameters(3)), np.float64(IMAGES["rank2"]), []
    for call, training in zip(seen["calls"], (False, True, False), strict=True):
        output = layer.output(x, training)
        if training:
            layer.update(x)
        calls.append({"output": output, "state": {**call["state"], **{name: layer.state[name] for name in STATISTICS}}})
    return float32({**seen, "calls": calls})


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


def loaded_wrongly(seen):
    """Unfrozen, with the first layer's numbers everywhere, and the two modes in each other's place."""
    if "error" in seen:
        return seen
    return {
        **seen,
        "is_trainable": dict.fromkeys(seen["is_trainable"], True),
        "frozen_model": {"model_is_trainable": True, "layer_is_trainable": True, "trainable_weights": 2},
        "after": dict.fromkeys(seen["after"], seen["after"]["frozen"]),
        "copy": {"False": seen["copy"]["True"], "True": seen["copy"]["False"]},
    }


def unfrozen_when_loaded(seen):
    """Models that train all that they hold."""
    return {
        frozen: one if "error" in one else {**one, "came": {**one["came"], "flags": {
            "layers": [True, True], "holder": True, "model": True, "trainable_weights": 5,
        }}}
        for frozen, one in seen.items()
    }  # fmt: skip


def frozen_when_loaded(seen):
    """A model of one layer that comes back frozen as a whole."""
    off = {"model_is_trainable": False, "layer_is_trainable": False, "trainable_weights": 0}
    return seen if "error" in seen else {**seen, "frozen_model": off}


def came_as_given(seen):
    """Models that come back with their numbers and flags, and train on as before."""
    return {frozen: one if "error" in one else {**one, "came": one["given"]} for frozen, one in seen.items()}


def taken_as_if_frozen_alike(seen):
    """Copies, each as it would be if what gave the weights had been frozen as it is."""

    def alike(words):
        frozen = words.split(" to ")[1]
        return seen.get("{0} to {0}".format(frozen), seen["layer to layer"])

    return {words: alike(words) for words in seen}


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


def taken_in(start, *batches, momentum=MOMENTUM):
    """The moving statistics after one update per batch, from the start values of a layer."""
    layer = Sound(start, momentum)
    for batch in batches:
        layer.update(np.float64(batch))
    return {name: np.float32(layer.state[name]) for name in STATISTICS}


def evaluation_updates(case, seen):
    """What evaluate() does to the moving statistics is what fit() does to them."""
    evaluates = case.kind == "model_run" and case.method == "evaluate"
    if not evaluates and not (case.kind == "scenario" and case.name == "loops.evaluate"):
        return seen
    return {**seen, "state": {**seen["state"], **taken_in(parameters(3), *BATCHES["same"])}}


def in_the_order_of_calls(seen):
    """A layer that took in its two inputs as they come."""
    return {**seen, "state": {**seen["state"], **taken_in(parameters(3), *BATCHES["same"][:2])}}


def each_step_once(seen):
    """A layer in a cell that took in each step once, whether the loop raised or called the cell once more."""
    steps = np.moveaxis(IMAGES["rank3"], 1, 0)
    after = {**seen.get("after", seen["before"]), **taken_in(seen["before"], *steps)}
    return {**{name: value for name, value in seen.items() if name != "error"}, "after": after}


def computed_again_for_gradients_alone(_):
    """One step of gradient descent on the mean of squares, with one update of the moving statistics."""
    layer, x = Sound(PLAIN, MOMENTUM_OF_REPORTS), np.float64(ROWS)
    by_output = (layer.output(x, True) - TARGETS_OF_ROWS) * 2 / x.size
    found = layer.gradients(x, by_output, True)
    layer.update(x)
    return float32({
        "state": {**layer.state, **{name: layer.state[name] - RATE_OF_REPORTS * found[name] for name in PARAMETERS}}
    })  # fmt: skip


def as_many_steps_as_rows(output):
    """What TimeDistributed makes of sequences whose rows it counts in place of their steps."""
    rows, steps = output.shape[:2]
    return output[:, :rows] if rows <= steps else {"error": "InvalidArgumentError"}


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


def defaults_again(seen):
    """What is made from a config has the default momentum."""
    return {words: {**pair, "made_again": {**pair["made_again"], "momentum": 0.99}} for words, pair in seen.items()}


def default_renorm(seen):
    """Of renorm as well."""
    return {**seen, "renorm_momentum": [seen["renorm_momentum"][0], 0.99]}


def without_statistics(seen):
    """In training the gradient by the image is what it is in inference, with the batch's variance."""
    found = dict(seen)
    for name in [name for name in seen if name.endswith("True") and "error" not in seen[name]]:
        image = IMAGES[name.split()[0]]
        x, upstream = (np.moveaxis(np.float64(values), 1, -1) for values in (image, weights(image.shape)))
        straight = StopsGradients(parameters(x.shape[-1])).gradients(x, upstream, True)["x"]
        found[name] = {**seen[name], "x": np.float32(np.moveaxis(straight, -1, 1))}
    return found


def unchanged(case, seen):
    """Nothing is wrong."""
    return seen


# --- what the flags amount to ---------------------------------------------------------------------

Ask = Callable[[str, bool], Mode]


def as_asked(ask: Ask, training: str, trainable: bool) -> Mode:
    """Nothing is wrong."""
    return ask(training, trainable)


def only_true_trains(ask, training, trainable):
    """Numbers, tensors and placeholders count as False."""
    return ask("True" if training == "True" else "False", trainable)


def trains_unless_told(ask, training, trainable):
    """No training, or None, counts as True."""
    return ask("True" if training in ("omitted", "None") else training, trainable)


def never_updates(ask, training, trainable):
    """No update is registered, none is done."""
    return dataclasses.replace(ask(training, trainable), has_updates=False, moves=False)


def inference_registers_updates(ask, training, trainable):
    """Update ops are there in inference; run, they write what is there already."""
    return dataclasses.replace(ask(training, trainable), has_updates=True)


# --- the defects ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Defect:
    """One way to be wrong.

    Attributes:
        sentence: what such a batch normalization does.
        switches: the switches of ``Semantics`` that differ, on every surface.
        layer: its arithmetic.
        mode: what the flags of a call amount to.
        seen: what it does to an observation, beyond what follows from the others.
    """

    sentence: str
    switches: Mapping = field(default_factory=dict)
    layer: type[Layer] = Sound
    mode: Callable[[Ask, str, bool], Mode] = as_asked
    seen: Seen = unchanged

    def __str__(self):
        return self.sentence


NONE = Defect("nothing is wrong")


def switched(switch, value, **others) -> Defect:
    """The defect to behave as other rows of the semantics table say."""
    return Defect(PHRASES[switch][value], {switch: value}, **others)


FROZEN_OUTPUTS = {"trainable.frozen_class_of_compat_v1", "compiling.frozen_losses", "time_distributed.frozen"}

DEFECTS = [
    # as other releases, other surfaces or nobody's documentation
    switched("frozen_normalizes_with", BATCH,
             seen=in_scenarios(normalized(AlwaysBatch, "test_on_batch"), among=FROZEN_OUTPUTS)),
    switched("frozen_normalizes_with", MOVING, seen=in_scenarios(normalized(AlwaysMoving), among=FROZEN_OUTPUTS)),
    switched("frozen_moves_statistics", True, seen=frozen_updates_go_on),
    switched("frozen_moves_parameters", True),
    switched("inference_moves_statistics", True, seen=in_scenarios(states(updated), among=INFERS)),
    switched("fused_variance", "n"),
    switched("plain_variance", "n-1"),
    switched("trainable_is_read", "step"),
    switched("trainable_is_read", "compile"),
    switched("freezing_recurses", False),
    switched("unfrozen_layer_in_frozen_model_trains", True),
    # arithmetic
    Defect("the moving mean never moves", layer=KeepsMean,
           seen=in_scenarios(back("moving_mean"))),
    Defect("every update is registered, and applied, twice", layer=UpdatesTwice,
           seen=each(everywhere(registered(2)), in_scenarios(states(updated_again)))),
    Defect("momentum weighs the batch", layer=MomentumOfTheBatch),
    Defect("the moving statistics are the plain average of all batches", layer=Averages),
    Defect("epsilon is left out", layer=WithoutEpsilon,
           seen=each(by_name(small_epsilon=divided_by_zero), in_scenarios(normalized(WithoutEpsilon)))),
    Defect("the square root is left out", layer=WithoutRoot, seen=in_scenarios(normalized(WithoutRoot))),
    Defect("gamma and beta stand in each other's place", layer=SwapsParameters,
           seen=in_scenarios(normalized(SwapsParameters), states(swapped))),
    Defect("the moving statistics normalize in training", layer=AlwaysMoving,
           seen=in_scenarios(normalized(AlwaysMoving))),
    Defect("the batch's statistics normalize in inference", layer=AlwaysBatch,
           seen=in_scenarios(normalized(AlwaysBatch))),
    Defect("nothing normalizes in inference", layer=OnlyScales, seen=in_scenarios(normalized(OnlyScales))),
    Defect("no gradient passes through the batch's statistics", layer=StopsGradients,
           seen=by_name(second_derivatives=constant_statistics, gradients_at_axis_1=without_statistics)),
    Defect("second derivatives are exact for images of every rank",
           seen=by_name(second_derivatives=second_derivatives)),
    Defect("renorm is ignored", seen=by_name(renorm=without_renorm)),
    Defect("renorm's own averages move by momentum",
           seen=by_name(renorm=renorm_by_momentum, functional_renorm_defaults=function_renorms_by_momentum,
                        renorm_bounded=bounded_renorms_by_momentum)),
    Defect("no bound holds r and d of renorm", seen=by_name(renorm_bounded=corrected_by_renorm(held_constant))),
    Defect("gradients pass through r and d of renorm",
           seen=by_name(renorm_bounded=corrected_by_renorm(passed_through))),
    Defect("layers that compute in half precision keep their weights in it",
           seen=by_name(float16=half_weights, mixed_float16=half_weights,
                        float16_weights=lambda seen: {"weight_types": dict.fromkeys(NAMES, "float16")})),
    Defect("mixed precision rounds to half precision in the end alone", seen=by_name(mixed_large=half_outputs)),
    Defect("inference multiplies images of rank 4 before it subtracts the mean, and inputs of rank 2 after",
           seen=by_name(inference_far_from_0=digits_by_rank)),
    Defect("compiled steps under mixed precision average the statistics in half precision",
           seen=by_name(loss_scaling=half_statistics)),
    Defect("virtual batches are consecutive rows", seen=by_name(virtual_batches=consecutive_rows)),
    Defect("copies of layers with virtual batches are as good as these",
           seen=by_name(virtual_batches_of_a_config=lambda _: dict.fromkeys(("original", "copy"), IMAGES["rank2"]))),
    Defect("masks of any shape are taken", seen=by_name(mask_of_the_same_rank=masked_right)),
    Defect("masks end at the layer", seen=by_name(mask_behind_the_layer=unmasked)),
    Defect("NaN that a mask hides counts for nothing", seen=by_name(masked_nan=hidden_left_out)),
    Defect("images of integers and of bfloat16 are refused, and those of unknown channels are not",
           seen=by_name(integers=lambda seen: {"error": "TypeError"}, bfloat16=lambda seen: {"error": "TypeError"},
                        unknown_channels=lambda seen: {"error": None})),
    Defect("get_config() leaves each momentum out",
           seen=by_name(config_round_trip=defaults_again, config_of_renorm=default_renorm)),
    Defect("gamma and beta get no gradient", layer=LosesGradients, seen=in_scenarios(back(*PARAMETERS))),
    # flags
    Defect("only the Python value True counts as training", mode=only_true_trains),
    Defect("a call trains unless it is told not to", mode=trains_unless_told),
    Defect("no update is registered, and the moving statistics never move", mode=never_updates,
           seen=in_scenarios(registered(0), back(*STATISTICS))),
    Defect("inference registers update ops", mode=inference_registers_updates),
    Defect("update ops run by themselves", seen=updates_run_by_themselves),
    Defect("the learning phase is ignored", seen=phase_is_ignored),
    # names, warnings, errors
    Defect("variables and update ops are listed in reverse order", seen=everywhere(lists(lambda n: n[::-1], None))),
    Defect("moving statistics are listed as trainable",
           seen=each(everywhere(lists(also_statistics, TRAINABLE)),
                     by_name(trainable_of_variables=lambda seen: dict.fromkeys(seen, True)))),
    Defect("freezing takes gamma and beta off no list", seen=freezing_hides_nothing),
    Defect("an error that is due is not raised", seen=in_scenarios(raising(None))),
    Defect("a call that should return raises ValueError", seen=in_scenarios(raising("ValueError"))),
    Defect("warnings are given where none is due, and where one is due not",
           seen=each(in_scenarios(inverted("warned", "fit", "evaluate", "deprecated")),
                     by_name(warnings_of_a_layer=lambda seen: {"categories": ["DeprecationWarning"]}))),
    Defect("the API is that of another release",
           seen=in_scenarios(inverted("add_update", "updates", "exists", "of_its_own", "of_keras_3"))),
    Defect("models of keras.applications are made of another class",
           seen=by_name(classes_of_an_application=lambda seen: {**seen, "found": []})),
    Defect("the argument synchronized does not exist",
           seen=by_name(signatures=lambda seen: {
               **seen, "class": [argument for argument in seen["class"] if argument[0] != "synchronized"]
           }, config_keys=lambda seen: {name: [key for key in keys if key != "synchronized"]
                                        for name, keys in seen.items()})),
    Defect("epsilon stands before momentum",
           seen=by_name(positional=lambda seen: {
               **seen, "momentum": seen["epsilon"], "epsilon": seen["momentum"]
           })),
    Defect("a tuple is no axis, and a number above 1 or below 0 no momentum",
           seen=by_name(axis_as_tuple=lambda seen: {key: {"error": "TypeError"} for key in seen},
                        momentum_out_of_range=lambda seen: {key: {"error": "ValueError"} for key in seen})),
    Defect("freezing a model leaves out what it keeps in lists and dicts",
           seen=by_name(frozen_in_a_container=lambda seen: {**seen, "frozen": True})),
    Defect("evaluate() updates the moving statistics as fit() does", seen=evaluation_updates),
    Defect("a functional model updates a layer in the order in which it was called",
           seen=by_name(shared_in_fit=in_the_order_of_calls, two_outputs_in_fit=in_the_order_of_calls)),
    Defect("the update ops of a loop may run outside of it",
           seen=by_name(called_in_a_loop=lambda seen: {
               **seen, "dependencies": seen["without"], "group": seen["without"]
           })),
    Defect("a loop calls its cell for each step alone", seen=by_name(looped=each_step_once)),
    Defect("TimeDistributed takes the number of rows for that of steps",
           seen=by_name(predict_over_lengths=lambda seen: {
               "predicted": [one if "error" in one else as_many_steps_as_rows(one) for one in seen["predicted"]]
           }, traced_without_shapes=lambda seen: {"calls": [
               {**call, "output": as_many_steps_as_rows(call["output"])} for call in seen["calls"]
           ]})),
    Defect("what is computed again for gradients updates nothing again",
           seen=by_name(in_scope=computed_again_for_gradients_alone, remat_function=computed_again_for_gradients_alone,
                        recompute_grad=computed_again_for_gradients_alone)),
    Defect("an assignment to trainable of what it is already is dropped",
           seen=by_name(set_again=lambda seen: {name: not value for name, value in seen.items()})),
    Defect("oneDNN's kernel writes nothing where the channels are no multiple of four",
           seen=by_name(onednn=lambda seen: {**seen, "wrong": [n for n in seen["counts"] if n % 4]})),
    Defect("images of another floating type stay what they are",
           seen=by_name(other_float_type=lambda seen: {"output_type": "float64"})),
    Defect("empty batches move nothing, but in a strategy they leave NaN",
           seen=by_name(empty_batch=lambda seen: dict.fromkeys(seen, True),
                        replicas=lambda seen: {**seen, "second_without_rows": lost(seen["second_without_rows"])})),
    Defect("fused=True takes the last axis and no other",
           seen=by_name(fused_on_axes=lambda seen: {"refused": [axis for axis in range(-5, 6) if axis != -1]})),
    Defect("layers of Keras style fill UPDATE_OPS",
           seen=by_name(keras_style=lambda seen: {**seen, "update_ops": list(STATISTICS) * 2})),
    Defect("layer.updates hands out the ops of any graph",
           seen=by_name(called_in_a_branch=lambda seen: {**seen, "updates_outside_the_graph": 2})),
    Defect("regularizers see a partitioned variable as one",
           seen=by_name(partitioned_parameters=lambda seen: {**seen, "losses": [3.0, 6.0]})),
    Defect("variables that are reused are regularized once more",
           seen=by_name(partitioned_parameters_again=lambda seen: {**seen, "losses": sorted(seen["losses"] * 2)})),
    Defect("weights are listed in reverse order once something is frozen",
           seen=by_name(weights_around_freezing=lambda seen: {
               part: {**entry, "after": entry["after"][::-1], "arrived": entry["arrived"][::-1]}
               for part, entry in seen.items()
           })),
    Defect("clones copy the weights and no flag",
           seen=by_name(cloned=lambda seen: {
               part: {"model_is_trainable": True, "layer_is_trainable": True, "state": parameters(3)} for part in seen
           })),
    Defect("clones of frozen models are frozen",
           seen=by_name(cloned=lambda seen: {
               part: {**entry, "model_is_trainable": False, "layer_is_trainable": False}
               for part, entry in seen.items()
           })),
    Defect("clones forget how their layers were called",
           seen=by_name(training_argument_of_a_clone=lambda seen: {
               "True": {**seen["True"], "clone": seen["False"]["clone"]},
               "False": {**seen["False"], "clone": seen["True"]["clone"]},
           })),
    Defect("loaded models are unfrozen, have the start's numbers, and train where they should infer",
           seen=by_name(saved_models=loaded_wrongly, saved_as_hdf5=loaded_wrongly, model_kept=unfrozen_when_loaded)),
    Defect("what is loaded has each number in its place, and is frozen as what was kept",
           seen=by_name(saved_as_hdf5=frozen_when_loaded, model_kept=came_as_given,
                        weights_kept=taken_as_if_frozen_alike, file_read=taken_as_if_frozen_alike)),
    Defect("converters for TensorFlow Lite refuse what trains",
           seen=by_name(converted_for_tflite=lambda seen: {**seen, "True": {"error": "ConverterError"}})),
    Defect("converters for TensorFlow Lite leave out what infers",
           seen=by_name(converted_for_tflite=lambda seen: {**seen, "bare": {"output": BATCHES["same"][0]}})),
    Defect("converters for TensorFlow Lite keep training=True by any route",
           seen=by_name(converted_by_route=lambda seen: {**seen, "True": normalized(AlwaysBatch)(seen["True"])})),
    Defect("an integer is as good a momentum as a float, and 1 moves the statistics",
           seen=by_name(extreme_momentum=lambda seen: {
               **seen, "0": seen["0.0"], "1": seen["1.0"], "1.0": seen["0.0"]
           })),
    Defect("regularizers count where they should not, and else do not",
           seen=by_name(frozen_regularizer=lambda seen: {**seen, "frozen": [] if seen["frozen"] else [1.5]},
                        activity_regularizer=lambda seen: {"losses": seen["losses"] * np.float32(7)})),
    Defect("losses count the batches before, and are told of training in evaluation, too",
           seen=by_name(training_of_the_loss=lambda seen: {name: [True] for name in seen},
                        losses_of_batches=lambda seen: {n: loss + ("after" in n) for n, loss in seen.items()})),
    Defect("the weights of a model are those of its layers",
           seen=by_name(weight_of_the_model=lambda seen: {
               name: [weight for weight in found if weight != "scale"] for name, found in seen.items()
           })),
    Defect("the scope of a strategy is a replica like any other",
           seen=by_name(within_a_strategy=lambda seen: dict.fromkeys(seen, seen["replica"]))),
    Defect("what is returned of replicas, and saved, is the mean where it was the first one's, and the other way round",
           seen=by_name(replicas=otherwise_returned, fit_on_replicas=otherwise_returned)),
    Defect("each replica has the part of the other, and takes another's call for its own",
           seen=by_name(replicas=parts_exchanged,
                        synchronized_replicas=lambda seen: {name: exchanged(step) for name, step in seen.items()},
                        masked_replicas=exchanged)),
    Defect("replicas infer with what is returned, unless they are synchronized",
           seen=by_name(replicas=lambda seen: {**seen, "each": inferring(seen["each"], {}, {})},
                        synchronized_replicas=lambda seen: {
                            **seen, "rank2": inferring(seen["rank2"], {}, parameters(3))
                        })),
    Defect("without a strategy synchronization changes what is normalized with",
           seen=by_name(synchronized_alone=lambda seen: {
               **seen, "rank2": {**seen["rank2"], "synchronized": seen["rank4"]["synchronized"]}
           })),
    Defect("synchronization is forgotten where it is kept, and kept where it is forgotten",
           seen=by_name(synchronized_in_the_config=lambda seen: dict.fromkeys(seen, not seen["copy"]))),
    Defect("freezing puts every kind of layer into inference mode",
           seen=by_name(frozen_dropout=lambda seen: {**seen, "values": [1.0]})),
]  # fmt: skip


# --- the stand-in ---------------------------------------------------------------------------------


def copy_of(module: ModuleType, **instead: object) -> ModuleType:
    """A module of its own, on plain numbers, with some of its names meaning something else."""
    copy = importlib.util.module_from_spec(importlib.util.find_spec(module.__name__))
    copy.__spec__.loader.exec_module(copy)
    vars(copy).update(instead, Rounded=Float64)
    return copy


def expectations_of(defect: Defect) -> ModuleType:
    """A copy of ``fixtures.expect``, and of all that makes expectations for it, with the defect."""
    layer_of = copy_of(layer_by_semantics, Layer=defect.layer).layer_of
    options, situations = (copy_of(one, layer_of=layer_of) for one in (expect_options, expect_situations))
    made = {"option": options.option, "option_step": options.option_step, "situation": situations.situation}
    module = copy_of(expectations, layer_of=layer_of, **made)
    sound = module._mode
    module._mode = lambda training, trainable, semantics: defect.mode(
        lambda *flags: sound(*flags, semantics), training, trainable
    )
    return module


@functools.cache
def recorded(name: str) -> dict:
    """The record of a release."""
    return record.read(releases.calendar()[name].record)


class StandIn:
    """A release without TensorFlow, sound or with a defect; takes the place of the plugin's ``Suite``.

    Args:
        release: one of ``RELEASES``.
        defect: one of ``DEFECTS``, or ``NONE``.
    """

    def __init__(self, release: str, defect: Defect):
        self.release = release
        self.defect = defect
        self.recorded = recorded(release)["observations"]
        self.env = comparison.environment(recorded(release))
        self.expectations = expectations_of(defect)
        self.shows_only = (defect.layer, defect.mode) == (Sound, as_asked)  # its numbers are the sound ones
        self.answers: dict[Case, dict] = {}
        self.checks, self.verdicts = 0, {}  # what ``Check`` notes

    def has(self, case):
        """Whether the release has what the case asks for and, for a scenario, a record of it."""
        return installed.missing(case, self.env) is None and (case.kind != "scenario" or case.id in self.recorded)

    def observe(self, case, decides=None):
        """The observation of a case, as the observer would make it."""
        if case not in self.answers:
            seen = self._observed(case)
            if self.defect is not NONE and _same(seen, stand_in(self.release).observe(case)):
                seen = stand_in(self.release).observe(case)
            self.answers[case] = seen
        return self.answers[case]

    def alters(self, case):
        """Whether the defect shows in a case at all."""
        return self.observe(case) is not stand_in(self.release).observe(case)

    def _observed(self, case):
        sound = stand_in(self.release)
        if case.kind == "scenario":
            seen = sound.observe(case) if self is not sound else record.restore(self.recorded[case.id])
            return seen if "absent" in seen else self.defect.seen(case, seen)
        as_is = row(case.surface, installed.release(case.surface, self.env)).semantics
        semantics = dataclasses.replace(as_is, **self.defect.switches)
        if self is not sound and self.shows_only and semantics == as_is:
            return self.defect.seen(case, sound.observe(case))
        with np.errstate(all="ignore"):  # what a defect divides by is its own affair
            return self.defect.seen(case, float32(getattr(self.expectations, case.kind)(case, semantics)))


def _same(one, other):
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


@functools.cache
def stand_in(release: str, defect: Defect = NONE) -> StandIn:
    """The stand-in for a release, made once."""
    return StandIn(release, defect)
