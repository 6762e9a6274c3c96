"""Releases that behave alike are folded, and no range promises more than was measured."""

import pytest
from support.ranges import fold, minor

NAMES = ["1.13.2", "1.14.0", "1.15.4", "1.15.5", "2.0.4", "2.22.0rc0", "nightly"]


@pytest.mark.parametrize(
    "values, folded",
    [
        pytest.param("aaaaaaa", ["1.13–nightly"], id="all alike"),
        pytest.param("abbbccc", ["1.13", "1.14–1.15", "2.0–nightly"], id="minor releases"),
        pytest.param("aaabbbb", ["1.13–1.15.4", "1.15.5–nightly"], id="a change within a minor release"),
        pytest.param("abababa", ["1.13", "1.14", "1.15.4", "1.15.5", "2.0", "2.22rc", "nightly"], id="no two alike"),
    ],
)
def test_neighbours_with_one_value_are_one_range(values, folded):
    """A minor release is named without its patch only when all its measured patches agree."""
    assert [name for name, _, _ in fold(zip(NAMES, values, strict=True))] == folded


def test_nothing_is_lost():
    """Every release is in exactly one range."""
    assert [name for _, _, run in fold(zip(NAMES, "aabbbca", strict=True)) for name in run] == NAMES


@pytest.mark.parametrize("name, short", [("keras-3.0.5", "3.0"), ("keras-nightly", "nightly"), ("2.10.1", "2.10")])
def test_a_minor_release_is_named(name, short):
    """Of either line."""
    assert minor(name) == short
