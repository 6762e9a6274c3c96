"""A layer called directly: every ``training`` × every place where ``trainable`` can be set."""
import numpy as np
import pytest

from fixtures.cases import LAYER_CALLS, LAYER_IMAGES, LAYER_PUBLISHED
from fixtures.images import PUBLISHED_FIGURES, digits


@pytest.mark.claim("frozen-layer-infers", "call-without-training-infers")
@pytest.mark.cases(LAYER_CALLS)
def test_every_call_outputs_what_its_statistics_predict(check, case):
    """The output, in each of three calls, is normalized with the statistics that the flags choose."""
    check(case, "outputs")


@pytest.mark.claim("frozen-layer-keeps-statistics", "moving-averages-are-exponential")
@pytest.mark.cases(LAYER_CALLS)
def test_statistics_drift_with_every_training_call(check, case):
    """After 1, 2, 10 and 100 calls the moving statistics are as predicted, or where they were."""
    check(case, "drift")


@pytest.mark.claim("layer-has-two-and-two-weights")
@pytest.mark.cases(LAYER_CALLS)
def test_weight_lists_hold_what_is_trainable(check, case):
    """weights, trainable_weights and non_trainable_weights, in order, wherever trainable was set."""
    check(case, "weights", "trainable_weights", "non_trainable_weights")


@pytest.mark.claim("frozen-gamma-has-a-gradient", "gradients-pass-through-batch-statistics")
@pytest.mark.cases(LAYER_CALLS)
def test_gradients_are_those_of_the_reference(check, case):
    """Gradients by image, gamma and beta exist, frozen or not, and match the mode of the call."""
    check(case, "gradients")


@pytest.mark.claim("rank-5-updates-the-moving-variance-as-rank-4-does", "one-value-per-channel-has-variance-0")
@pytest.mark.cases(LAYER_IMAGES)
def test_one_call_on_images_of_every_rank(check, case):
    """Ranks 2 to 5, odd batches and one value per channel: output and moving statistics after one call."""
    check(case, "output", "state")


@pytest.mark.claim("example-moving-statistics")
@pytest.mark.cases(LAYER_PUBLISHED)
def test_published_example_runs_as_the_reference_predicts(check, case):
    """Outputs and moving statistics of both calls."""
    check(case, "outputs", "states")


@pytest.mark.claim("example-inference-output", "example-training-output-ignores-trainable")
@pytest.mark.cases([case for case in LAYER_PUBLISHED if case.trainable])
def test_first_pixel_rounds_to_the_published_figures(check, case):
    """The first pixel comes out as [9, 11, 19, 1] in inference and [2, 2, 3, -1] in training."""
    published = PUBLISHED_FIGURES["training_output" if case.training == "True" else "inference_output"]
    for output in check.observe(case)["outputs"]:
        check.figure(case, "the first pixel", tuple(np.round(output[0, 0, 0]).tolist()), published)


@pytest.mark.claim("inference-call-adds-no-update-ops")
@pytest.mark.cases([case for case in LAYER_PUBLISHED if case.training == "False"])
def test_nothing_moves_in_inference(check, case):
    """Moving mean and variance print as they started."""
    for state in check.observe(case)["states"]:
        check.figure(case, "moving_mean", digits(state["moving_mean"]), ("0.",) * 4)
        check.figure(case, "moving_variance", digits(state["moving_variance"]), ("1.",) * 4)
