"""One planned difference, one crash and one hang; pytest collects this file only by name, as the gate names it."""
import pytest

from fixtures.cases import CANARIES


@pytest.mark.quick
@pytest.mark.cases(CANARIES, surfaces=1)
def test_what_goes_wrong_on_purpose_is_reported(check, case):
    """This test fails: by a sentence on the mean, by a crash, by a hang."""
    check(case, "mean")
