"""The faults: which records count as whole after a matrix that was killed."""

import faults
import numpy as np
import pytest
from support import releases

from fixtures import record

NAME = faults.SMALL[0]
SITUATION = "layer_image-keras-tf2-style-training=True-image=rank5"


def stands(seen, folder):
    """What the fault says of a record."""
    record.write(str(folder / f"{NAME}.json"), seen)
    return faults.whole(folder, NAME)


@pytest.fixture
def seen():
    """The committed record."""
    return record.read(releases.calendar()[NAME].record)


@pytest.mark.parametrize(("machine", "stand"), [("another", True), ("the same", False)])
def test_only_another_machine_may_have_other_bits(machine, stand, seen, tmp_path):
    """A last bit that differs is whole with other vector instructions, and is not with the same ones."""
    mean = seen["observations"][SITUATION]["state"]["moving_mean"]["float32"]
    mean[0] = float(np.nextafter(np.float32(mean[0]), np.float32(np.inf)))
    if machine == "another":
        seen["provenance"]["cpu_flags"] = ["sse4_1"]
    assert stands(seen, tmp_path) is stand


def test_another_behaviour_is_not_whole(seen, tmp_path):
    """A number that is off by one part in a thousand is another behaviour, on any machine."""
    seen["provenance"]["cpu_flags"] = ["sse4_1"]
    seen["observations"][SITUATION]["state"]["moving_mean"]["float32"][0] *= 1.001
    assert not stands(seen, tmp_path)


def test_a_claim_less_is_not_whole(tmp_path):
    """The record that the fault starts from lacks a claim."""
    faults.shortened(tmp_path, [NAME])
    assert not faults.whole(tmp_path, NAME)
