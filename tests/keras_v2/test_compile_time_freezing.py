"""State at compile() × toggle × loop × run_eagerly × batch shapes: what moves, to which values."""
import pytest

from fixtures.cases import COMPILED


@pytest.mark.claim(
    "trainable-is-fixed-at-compile",
    "trainable-is-fixed-after-first-fit",
    "new-batch-size-does-not-change-what-trains",
    "run-eagerly-does-not-change-what-trains",
    "traced-step-keeps-trainable",
    "freezing-applies-at-once-in-an-eager-loop",
)
@pytest.mark.cases(COMPILED)
def test_each_of_three_steps_moves_what_was_trainable_when_it_was_read(check, case):
    """Gamma, beta, moving statistics and the next layer's kernel after each step, or the error raised."""
    check(case, "steps")
