"""Wherever the layer sits, however it is called, whenever it is frozen: two steps, to the value."""
import pytest

from fixtures.cases import SITUATIONS


@pytest.mark.claim("frozen-layer-infers", "trainable-of-a-model-reaches-every-layer", "fit-updates-once-per-batch")
@pytest.mark.cases(SITUATIONS)
def test_two_steps_of_a_situation(check, case):
    """The error that ends it, all numbers after each step, and what comes out."""
    check(case, "raised", "states", "outputs")
