"""``layer.trainable`` set before the call, after the call, and back."""
import pytest

from fixtures.cases import GRAPH_FREEZES


@pytest.mark.claim("update-ops-stay-after-freezing")
@pytest.mark.cases(GRAPH_FREEZES)
def test_update_ops_are_decided_by_the_call(check, case):
    """Freezing before the call keeps UPDATE_OPS empty; freezing after it leaves the ops in place."""
    check(case, "update_ops")


@pytest.mark.claim("layer-updates-follows-trainable")
@pytest.mark.cases(GRAPH_FREEZES)
def test_layer_updates_follow_the_attribute(check, case):
    """layer.updates is empty while the layer is frozen, whatever UPDATE_OPS holds."""
    check(case, "layer_updates")


@pytest.mark.claim("trainable-decides-whether-gamma-and-beta-train")
@pytest.mark.cases(GRAPH_FREEZES)
def test_trainable_collection_is_decided_by_the_call(check, case):
    """TRAINABLE_VARIABLES keeps what the call put there; later changes of the attribute do not show."""
    check(case, "trainable_collection")


@pytest.mark.claim("layer-made-frozen-can-be-unfrozen")
@pytest.mark.cases(GRAPH_FREEZES)
def test_layer_trainable_variables_follow_the_attribute(check, case):
    """layer.trainable_variables is empty while the layer is frozen."""
    check(case, "layer_trainable_variables")


@pytest.mark.claim("update-ops-stay-after-freezing")
@pytest.mark.cases(GRAPH_FREEZES)
def test_run_does_what_the_call_decided(check, case):
    """Output and moving statistics after one run are those of the flags at the time of the call."""
    check(case, "output", "state")
