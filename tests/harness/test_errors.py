"""Errors as observations."""

import pytest

from fixtures.observer.errors import caught, or_error


def test_error_is_observed_by_its_name():
    """In place of what would have come; arguments go where they belong."""
    assert or_error(divmod, 7, 2) == (3, 1)
    assert or_error(divmod, 7, 0) == {"error": "ZeroDivisionError"}
    assert or_error(int, "11", base=2) == 3
    assert (caught(lambda: 1), caught(lambda: {}["a"])) == (None, "KeyError")


def test_end_of_the_program_is_no_observation():
    """Somebody who stops the suite is not an error of TensorFlow."""
    with pytest.raises(KeyboardInterrupt):
        or_error(stopped)


def stopped():
    """What an interrupt from the keyboard raises."""
    raise KeyboardInterrupt
