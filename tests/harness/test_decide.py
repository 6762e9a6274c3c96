"""What decide.py asks of an environment."""

import pytest

from fixtures import cases, deciding
from fixtures.claims import load
from fixtures.installed import Environment

TENSORFLOW_2_15 = Environment("2.15.1", None, None)


def test_a_claim_is_asked_in_every_place_that_is_installed():
    """A bare id means all places; tf_keras and keras are absent here."""
    asked = [name for name, _, _ in deciding.asked(["frozen-layer-infers"], TENSORFLOW_2_15)]
    assert asked == ["frozen-layer-infers tf.keras tf2-style", "frozen-layer-infers tf.compat.v1.keras tf2-style"]


@pytest.mark.parametrize("place", ["tf.keras", "tf.keras tf2-style"])
def test_a_place_narrows_a_claim(place):
    """By surface, and by surface and program."""
    (found,) = deciding.asked([f"frozen-layer-infers {place}"], TENSORFLOW_2_15)
    assert found[0] == "frozen-layer-infers tf.keras tf2-style"
    assert found[2] == load()["frozen-layer-infers"].cases("tf.keras", "tf2-style")


def test_a_case_is_asked_where_its_api_exists():
    """The same words in a release without the surface ask nothing."""
    case = cases.layer_call("tf.keras", "True")
    assert deciding.asked([case.id], TENSORFLOW_2_15) == [(case.id, None, [case])]
    assert deciding.asked([case.id], Environment("2.16.2", None, "3.3.3")) == []


def test_every_matrix_case_is_known_once():
    """Canaries are nobody's to ask for."""
    assert len(cases.known()) > 1000
    assert not [name for name in cases.known() if name.startswith("canary")]
