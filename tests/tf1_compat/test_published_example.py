"""The published example, every figure to the last printed digit."""
import numpy as np
import pytest

from fixtures.cases import GRAPH_PUBLISHED
from fixtures.images import PUBLISHED_FIGURES, digits


@pytest.mark.claim("example-moving-statistics")
@pytest.mark.cases(GRAPH_PUBLISHED)
def test_example_runs_as_the_reference_predicts(check, case):
    """Outputs and moving statistics of both runs."""
    check(case, "outputs", "states")


@pytest.mark.claim("example-inference-output", "example-training-output-ignores-trainable")
@pytest.mark.cases(GRAPH_PUBLISHED)
def test_first_pixel_rounds_to_the_published_figures(check, case):
    """The first pixel comes out as [9, 11, 19, 1] in inference and [2, 2, 3, -1] in training."""
    published = PUBLISHED_FIGURES["training_output" if case.training == "True" else "inference_output"]
    for output in check.observe(case)["outputs"]:
        check.figure(case, "the first pixel", tuple(np.round(output[0, 0, 0]).tolist()), published)


@pytest.mark.claim("example-moving-statistics")
@pytest.mark.cases([case for case in GRAPH_PUBLISHED if case.training == "True" and case.trainable])
def test_moving_averages_print_the_published_digits(check, case):
    """After one run numpy prints moving mean and variance as published."""
    state = check.observe(case)["states"][0]
    for name in ("moving_mean", "moving_variance"):
        check.figure(case, name, digits(state[name]), PUBLISHED_FIGURES[name])


@pytest.mark.claim("example-frozen-training-updates-nothing")
@pytest.mark.cases([case for case in GRAPH_PUBLISHED if case.training == "False" or not case.trainable])
def test_nothing_moves_when_either_flag_is_false(check, case):
    """Moving mean and variance print as they started."""
    for state in check.observe(case)["states"]:
        check.figure(case, "moving_mean", digits(state["moving_mean"]), ("0.",) * 4)
        check.figure(case, "moving_variance", digits(state["moving_variance"]), ("1.",) * 4)
