"""What training, evaluation and freezing do otherwise: which updates run, how often and in which order."""

import numpy as np

from fixtures.images import IMAGES, parameters
from fixtures.observer.scenarios.time_distributed import ROWS_BEHIND_MASKING
from fixtures.reported import MOMENTUM_OF_REPORTS, PLAIN, RATE_OF_REPORTS, ROWS, SEQUENCES, TARGETS_OF_ROWS
from fixtures.settings import BATCHES
from tests.harness.stand_ins.edits import TRAINABLE, by_name, in_scenarios, lists, normalized, states, updated
from tests.harness.stand_ins.layers import PARAMETERS, STATISTICS, AlwaysMoving, Sound, float32, taken_in

# What the layer does in a scenario, where names alone say it.
FREEZES = {
    "compiling.frozen_training", "compiling.nothing_to_train", "compiling.shared_layer",
    "trainable.frozen_parameters", "trainable.frozen_class_of_compat_v1", "recurrent.frozen_both_ways",
    "cloning.clone_function_at_depth",
}  # fmt: skip
INFERS = {
    "compiling.evaluation_around_toggles", "training_values.called_with_training_false", "loops.evaluate",
    "learning_phase.fit_after_learning_phase_0", "learning_phase.training_none_with_learning_phase",
    "training_values.training_known_only_in_function",
}  # fmt: skip
RUNS_NO_UPDATES = {"update_ops.runs_without_update_ops", "update_ops.dependencies_around_existing_op"}


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


def evaluation_updates(case, seen):
    """What evaluate() does to the moving statistics is what fit() does to them."""
    evaluates = case.kind == "model_run" and case.method == "evaluate"
    if not evaluates and not (case.kind == "scenario" and case.name == "loops.evaluate"):
        return seen
    return {**seen, "state": {**seen["state"], **taken_in(parameters(3), *BATCHES["same"])}}


def in_the_order_of_calls(seen):
    """A layer that took in its two inputs as they come."""
    return {**seen, "state": {**seen["state"], **taken_in(parameters(3), *BATCHES["same"][:2])}}


def begun_with_the_model(seen):
    """An Estimator whose two steps of training start from the numbers of its Keras model."""
    if "error" in seen:
        return seen
    batch = BATCHES["same"][0]
    state = {**parameters(3), **taken_in(parameters(3), batch, batch, momentum=0.99)}
    return float32({"state": state, "output": Sound(state).output(np.float64(batch), False).sum(1, keepdims=True)})


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


def counts_hidden_rows(seen):
    """The statistics of a layer that took in what Masking hides, too: each of two batches as a whole."""
    batches = ROWS_BEHIND_MASKING[:2], ROWS_BEHIND_MASKING[2:]
    return {"state": {**seen["state"], **taken_in(PLAIN, *batches, momentum=MOMENTUM_OF_REPORTS)}}


def first_step_twice(seen):
    """The statistics of a layer that took in each time step in turn, and the first one before that, too."""
    steps = [SEQUENCES[:, number] for number in (0, *range(SEQUENCES.shape[1]))]
    changed = taken_in(PLAIN, *steps, momentum=MOMENTUM_OF_REPORTS)
    return seen if "error" in seen else {**seen, "after": {**seen["after"], **changed}}


def as_many_steps_as_rows(output):
    """What TimeDistributed makes of sequences whose rows it counts in place of their steps."""
    rows, steps = output.shape[:2]
    return output[:, :rows] if rows <= steps else {"error": "InvalidArgumentError"}
