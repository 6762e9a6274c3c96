"""Each argument of both forms at values that are no defaults, in each kernel and both programs."""
import pytest

from fixtures.cases import GRAPH_OPTIONS

MADE = [case for case in GRAPH_OPTIONS if case.kind == "option"]
HELD = [case for case in GRAPH_OPTIONS if case.kind == "option_step"]


@pytest.mark.claim("training-call-adds-two-update-ops")
@pytest.mark.cases(MADE)
def test_options_change_outputs_gradients_and_statistics(check, case):
    """Inference and a run of training are those of the formula with the same arguments, and so are their gradients."""
    check(case, "raised", "outputs", "gradients", "state")


@pytest.mark.claim("training-call-adds-two-update-ops")
@pytest.mark.cases(HELD)
def test_regularizers_and_constraints_of_gamma_and_beta(check, case):
    """What REGULARIZATION_LOSSES holds, and what a step of gradient descent leaves."""
    check(case, "penalties", "state")
