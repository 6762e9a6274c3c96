"""Freezing through models, and what the methods of a model do to the layer."""
import pytest

from fixtures.cases import MODEL_RUNS, RECURSION


@pytest.mark.claim("trainable-of-a-model-reaches-every-layer")
@pytest.mark.cases(RECURSION)
def test_trainable_reaches_what_a_model_contains(check, case):
    """The attribute on three levels of models and on the layer inside."""
    check(case, "levels_are_trainable", "layer_is_trainable")


@pytest.mark.claim("frozen-model-lists-no-trainable-weights")
@pytest.mark.cases(RECURSION)
def test_weight_lists_of_outer_model_and_layer(check, case):
    """What the frozen container and the layer inside say they would train."""
    check(case, "outer_trainable_weights", "layer_trainable_weights")


@pytest.mark.claim("layer-unfrozen-in-frozen-model-does-not-train", "frozen-model-keeps-gamma-and-beta-inside")
@pytest.mark.cases(RECURSION)
def test_a_step_around_the_container_moves_what_is_trainable(check, case):
    """One training step of a model around the container, to the value."""
    check(case, "state")


@pytest.mark.claim("fit-updates-once-per-batch", "testing-and-validation-leave-moving-statistics")
@pytest.mark.cases(MODEL_RUNS)
def test_only_training_methods_move_statistics(check, case):
    """Fit updates once per batch; evaluate, predict and test_on_batch leave everything alone."""
    check(case, "state")


@pytest.mark.claim("fit-updates-once-per-batch")
@pytest.mark.cases([case for case in MODEL_RUNS if case.method.startswith("predict")])
def test_prediction_normalizes_with_moving_statistics(check, case):
    """The prediction, value by value."""
    check(case, "prediction")
