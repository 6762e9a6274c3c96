"""Every combination of form, training, trainable and fused, in both program styles."""
import pytest

from fixtures import cases
from fixtures.cases import GRAPH_LAYERS

CLASS_FORM = [case for case in GRAPH_LAYERS if case.form == "class"]


@pytest.mark.claim("tf-layers-frozen-uses-batch-statistics", "training-none-follows-the-learning-phase")
@pytest.mark.cases(GRAPH_LAYERS)
def test_every_run_outputs_what_its_statistics_predict(check, case):
    """The output, in each of three runs, is normalized with the statistics that the flags choose."""
    check(case, "outputs_with_updates", "outputs_without_updates")


@pytest.mark.claim("training-call-adds-two-update-ops", "inference-call-adds-no-update-ops")
@pytest.mark.cases(GRAPH_LAYERS)
def test_update_ops_write_the_moving_statistics(check, case):
    """UPDATE_OPS holds one op for the moving mean and one for the variance, or nothing; none twice."""
    check(case, "update_ops", "update_ops_are_distinct")


@pytest.mark.claim("layer-updates-follows-trainable")
@pytest.mark.cases(CLASS_FORM)
def test_layer_updates_are_the_update_ops(check, case):
    """layer.updates names the same variables as UPDATE_OPS."""
    check(case, "layer_updates")


@pytest.mark.claim("training-call-adds-two-update-ops")
@pytest.mark.cases(GRAPH_LAYERS)
def test_each_update_op_alone_moves_its_own_variable(check, case):
    """Running one update op moves the variable it writes, to the predicted value, and no other."""
    check(case, "each_update_op_alone")


@pytest.mark.claim("example-moving-statistics", "update-ops-change-nothing-when-fed-false")
@pytest.mark.cases(GRAPH_LAYERS)
def test_statistics_drift_when_update_ops_run(check, case):
    """After 1, 2, 10 and 100 runs with the update ops the moving statistics are as predicted."""
    check(case, "drift_with_updates")


@pytest.mark.claim("update-ops-do-not-run-by-themselves")
@pytest.mark.cases(GRAPH_LAYERS)
def test_statistics_stay_when_update_ops_do_not_run(check, case):
    """After 1, 2, 10 and 100 runs without the update ops nothing has moved."""
    check(case, "drift_without_updates")


@pytest.mark.claim("trainable-decides-whether-gamma-and-beta-train", "trainable-makes-all-variables-trainable")
@pytest.mark.cases(GRAPH_LAYERS)
def test_collections_hold_the_variables_in_order(check, case):
    """All four variables are global; gamma and beta are trainable only when the layer is."""
    check(case, "collections")


@pytest.mark.claim("frozen-gamma-has-a-gradient", "gradients-pass-through-batch-statistics")
@pytest.mark.cases(GRAPH_LAYERS)
def test_gradients_are_those_of_the_reference(check, case):
    """Gradients by image, gamma and beta exist and pass through the batch statistics where those normalize."""
    check(case, "gradients")


@pytest.mark.claim("group-and-control-dependencies-agree")
@pytest.mark.cases(GRAPH_LAYERS)
def test_training_step_under_control_dependencies(check, case):
    """Two steps of an optimizer that depends on the update ops move what the flags allow, to the value."""
    check(case, "step_control_dependencies")


@pytest.mark.claim("group-and-control-dependencies-agree")
@pytest.mark.cases(GRAPH_LAYERS)
def test_training_step_grouped_with_the_update_ops(check, case):
    """Two steps of tf.group(optimizer, update ops) move what the flags allow, to the value."""
    check(case, "step_group")


@pytest.mark.claim("update-ops-change-nothing-when-fed-false")
@pytest.mark.cases(cases.GRAPH_SEQUENCES)
def test_training_and_inference_alternate_through_one_placeholder(check, case):
    """Training runs move the statistics, inference runs use what they find and move nothing."""
    check(case, "outputs", "states")


@pytest.mark.claim("rank-5-updates-the-moving-variance-as-rank-4-does", "one-value-per-channel-has-variance-0")
@pytest.mark.cases(cases.GRAPH_IMAGES)
def test_one_update_on_images_of_every_rank(check, case):
    """Ranks 2 to 5, odd batches and one value per channel: output and moving statistics after one run."""
    check(case, "output", "state")
