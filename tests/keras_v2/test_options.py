"""Each argument of the constructor at values that are no defaults, in each kernel."""
import pytest

from fixtures.cases import OPTIONS

MADE = [case for case in OPTIONS if case.kind == "option"]
HELD = [case for case in OPTIONS if case.kind == "option_step"]


@pytest.mark.claim("moving-averages-are-exponential", "gradients-pass-through-batch-statistics")
@pytest.mark.cases(MADE)
def test_options_change_outputs_gradients_and_statistics(check, case):
    """Inference and a training call are those of the formula with the same arguments, and so are their gradients."""
    check(case, "raised", "outputs", "gradients", "state")


@pytest.mark.claim("frozen-layer-adds-no-regularization")
@pytest.mark.cases(HELD)
def test_regularizers_and_constraints_of_gamma_and_beta(check, case):
    """What is added to the loss, and what a step of gradient descent leaves."""
    check(case, "penalties", "state")
