"""The defects: each is one thing that can go wrong, in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from fixtures.expect import Mode
from fixtures.images import IMAGES, parameters
from fixtures.options import GAMMA_OF_NORM_7
from fixtures.reference import Layer
from fixtures.semantics import BATCH, MOVING, PHRASES
from fixtures.settings import BATCHES, NAMES
from tests.harness.stand_ins.edits import (
    TRAINABLE,
    Seen,
    also_statistics,
    back,
    by_name,
    each,
    everywhere,
    in_scenarios,
    inverted,
    lists,
    normalized,
    raising,
    registered,
    states,
    swapped,
    typed_error,
    unchanged,
    updated,
    updated_again,
)
from tests.harness.stand_ins.keeping import (
    came_as_given,
    default_renorm,
    defaults_again,
    frozen_when_loaded,
    in_reverse,
    last_axis,
    loaded_wrongly,
    taken_as_if_frozen_alike,
    unfrozen_when_loaded,
)
from tests.harness.stand_ins.layers import (
    PARAMETERS,
    STATISTICS,
    AlwaysBatch,
    AlwaysMoving,
    Averages,
    KeepsMean,
    LosesGradients,
    MomentumOfTheBatch,
    OnlyScales,
    Sound,
    StopsGradients,
    SwapsParameters,
    UpdatesTwice,
    WithoutEpsilon,
    WithoutRoot,
)
from tests.harness.stand_ins.modes import (
    Ask,
    as_asked,
    inference_registers_updates,
    never_updates,
    only_true_trains,
    trains_unless_told,
)
from tests.harness.stand_ins.numbers import (
    consecutive_rows,
    constant_statistics,
    digits_by_rank,
    divided_by_zero,
    gradients_of_statistics,
    half_outputs,
    half_statistics,
    half_weights,
    hidden_left_out,
    hidden_taken_in,
    masked_right,
    nan_and_0_exchanged,
    nan_of_one_value,
    second_derivatives,
    trained_digits_by_rank,
    unmasked,
    without_statistics,
)
from tests.harness.stand_ins.renorm import (
    bounded_renorms_by_momentum,
    corrected_by_renorm,
    function_renorms_by_momentum,
    held_constant,
    passed_through,
    read_as_written,
    renorm_by_momentum,
    uncorrected,
    without_renorm,
)
from tests.harness.stand_ins.replicas import exchanged, far_from_0, inferring, lost, otherwise_returned, parts_exchanged
from tests.harness.stand_ins.training import (
    INFERS,
    as_many_steps_as_rows,
    begun_with_the_model,
    computed_again_for_gradients_alone,
    counts_hidden_rows,
    each_step_once,
    evaluation_updates,
    first_step_twice,
    freezing_hides_nothing,
    frozen_updates_go_on,
    in_the_order_of_calls,
    phase_is_ignored,
    updates_run_by_themselves,
)


@dataclass(frozen=True, eq=False)
class Defect:
    """One way to be wrong.

    Attributes:
        sentence: what such a batch normalization does.
        switches: the switches of ``Semantics`` that differ, on every surface.
        layer: its arithmetic.
        mode: what the flags of a call amount to.
        seen: what it does to an observation, beyond what follows from the others.
    """

    sentence: str
    switches: Mapping = field(default_factory=dict)
    layer: type[Layer] = Sound
    mode: Callable[[Ask, str, bool], Mode] = as_asked
    seen: Seen = unchanged

    def __str__(self):
        return self.sentence


NONE = Defect("nothing is wrong")


def switched(switch, value, **others) -> Defect:
    """The defect to behave as other rows of the semantics table say."""
    return Defect(PHRASES[switch][value], {switch: value}, **others)


FROZEN_OUTPUTS = {"trainable.frozen_class_of_compat_v1", "compiling.frozen_losses", "time_distributed.frozen"}
DEFECTS = [
    # as other releases, other surfaces or nobody's documentation
    switched("frozen_normalizes_with", BATCH,
             seen=in_scenarios(normalized(AlwaysBatch, "test_on_batch"), among=FROZEN_OUTPUTS)),
    switched("frozen_normalizes_with", MOVING, seen=in_scenarios(normalized(AlwaysMoving), among=FROZEN_OUTPUTS)),
    switched("frozen_moves_statistics", True, seen=frozen_updates_go_on),
    switched("frozen_moves_parameters", True),
    switched("inference_moves_statistics", True, seen=in_scenarios(states(updated), among=INFERS)),
    switched("fused_variance", "n"),
    switched("plain_variance", "n-1"),
    switched("trainable_is_read", "step"),
    switched("trainable_is_read", "compile"),
    switched("freezing_recurses", False),
    switched("unfrozen_layer_in_frozen_model_trains", True),
    # arithmetic
    Defect("the moving mean never moves", layer=KeepsMean,
           seen=in_scenarios(back("moving_mean"))),
    Defect("every update is registered, and applied, twice", layer=UpdatesTwice,
           seen=each(everywhere(registered(2)), in_scenarios(states(updated_again)))),
    Defect("momentum weighs the batch", layer=MomentumOfTheBatch),
    Defect("the moving statistics are the plain average of all batches", layer=Averages),
    Defect("epsilon is left out", layer=WithoutEpsilon,
           seen=each(by_name(small_epsilon=divided_by_zero), in_scenarios(normalized(WithoutEpsilon)))),
    Defect("the square root is left out", layer=WithoutRoot, seen=in_scenarios(normalized(WithoutRoot))),
    Defect("gamma and beta stand in each other's place", layer=SwapsParameters,
           seen=in_scenarios(normalized(SwapsParameters), states(swapped))),
    Defect("the moving statistics normalize in training", layer=AlwaysMoving,
           seen=in_scenarios(normalized(AlwaysMoving))),
    Defect("the batch's statistics normalize in inference", layer=AlwaysBatch,
           seen=in_scenarios(normalized(AlwaysBatch))),
    Defect("nothing normalizes in inference", layer=OnlyScales, seen=in_scenarios(normalized(OnlyScales))),
    Defect("no gradient passes through the batch's statistics", layer=StopsGradients,
           seen=by_name(second_derivatives=constant_statistics, gradients_at_axis_1=without_statistics)),
    Defect("second derivatives are exact for images of every rank",
           seen=by_name(second_derivatives=second_derivatives)),
    Defect("renorm is ignored, and so is an adjustment",
           seen=by_name(renorm=without_renorm, renorm_without=uncorrected(), adjusted_by_rows=uncorrected(),
                        renorm_from_no_variance=uncorrected(0.25))),
    Defect("a tensor that is fed for training counts as its opposite",
           seen=by_name(told_by_a_tensor=lambda seen: {**seen, "outputs": seen["outputs"][::-1]})),
    Defect("constraints hold nothing",
           seen=by_name(held_gamma=lambda seen: {"gamma": GAMMA_OF_NORM_7},
                        functions_as_constraints=lambda seen: {name: parameters(3)[name] for name in PARAMETERS})),
    Defect("virtual batches and renorm exclude each other",
           seen=by_name(virtual_batches_with_renorm=lambda seen: {"error": "ValueError"})),
    Defect("renorm's own averages move by momentum",
           seen=by_name(renorm=renorm_by_momentum, functional_renorm_defaults=function_renorms_by_momentum,
                        renorm_bounded=bounded_renorms_by_momentum)),
    Defect("no bound holds r and d of renorm", seen=by_name(renorm_bounded=corrected_by_renorm(held_constant))),
    Defect("gradients pass through r and d of renorm",
           seen=by_name(renorm_bounded=corrected_by_renorm(passed_through))),
    Defect("layers that compute in half precision keep their weights in it",
           seen=by_name(float16=half_weights, mixed_float16=half_weights,
                        float16_weights=lambda seen: {"weight_types": dict.fromkeys(NAMES, "float16")})),
    Defect("mixed precision rounds to half precision in the end alone", seen=by_name(mixed_large=half_outputs)),
    Defect("inference multiplies images of rank 4 before it subtracts the mean, and inputs of rank 2 after",
           seen=by_name(inference_far_from_0=digits_by_rank)),
    Defect("compiled steps under mixed precision average the statistics in half precision",
           seen=by_name(loss_scaling=half_statistics)),
    Defect("virtual batches are consecutive rows", seen=by_name(virtual_batches=consecutive_rows)),
    Defect("copies of layers with virtual batches are as good as these",
           seen=by_name(virtual_batches_of_a_config=lambda _: dict.fromkeys(("original", "copy"), IMAGES["rank2"]))),
    Defect("masks of any shape are taken", seen=by_name(mask_of_the_same_rank=masked_right)),
    Defect("masks end at the layer, and Masking leaves what it hides as it is",
           seen=by_name(mask_behind_the_layer=unmasked, mask_behind_a_wrapper=unmasked,
                        zeros_of_masking_layer=unmasked)),
    Defect("a mask is lost where inputs are cast, and one that is given to a call ends there",
           seen=by_name(masked_then_cast=hidden_taken_in, masked_then_cast_in_a_model=hidden_taken_in,
                        masked_then_cast_in_fit=hidden_taken_in, mask_of_a_call_goes_on=hidden_taken_in,
                        mask_of_a_call_goes_on_in_a_model=hidden_taken_in)),
    Defect("batches without rows have gradients of NaN where they are 0, and of 0 where they are NaN",
           seen=by_name(gradients_of_no_rows=nan_and_0_exchanged,
                        gradients_of_a_replica_without_rows=nan_and_0_exchanged)),
    Defect("NaN that a mask hides counts for nothing", seen=by_name(masked_nan=hidden_left_out)),
    Defect("images of integers and of bfloat16 are refused, and so are vectors, and those of unknown channels are not",
           seen=by_name(integers=lambda seen: {"error": "TypeError"}, bfloat16=lambda seen: {"error": "TypeError"},
                        rows_without_an_axis=lambda seen: {"error": "IndexError"},
                        unknown_channels=lambda seen: {"error": None})),
    Defect("a channel of one value has a gradient of NaN, and one with a negative variance has a number",
           seen=by_name(constant_channel=nan_of_one_value,
                        negative_variance=lambda seen: {"output": np.nan_to_num(seen["output"])})),
    Defect("the statistics that the fused kernel returns have the gradients of the formula",
           seen=by_name(gradients_of_fused_statistics=gradients_of_statistics)),
    Defect("a gradient that a loop takes of a layer is 0",
           seen=by_name(gradient_in_a_loop=lambda seen: {"output": BATCHES["same"][0]})),
    Defect("get_config() leaves each momentum out, and holds an axis that JSON does not take, and a copy forgets",
           seen=by_name(config_round_trip=defaults_again, config_of_renorm=default_renorm,
                        axis_of_a_config=last_axis,
                        config_as_json=lambda seen: {"plain": False, "error": "TypeError"})),
    Defect("gamma and beta get no gradient", layer=LosesGradients, seen=in_scenarios(back(*PARAMETERS))),
    # flags
    Defect("only the Python value True counts as training", mode=only_true_trains),
    Defect("a call trains unless it is told not to", mode=trains_unless_told),
    Defect("no update is registered, and the moving statistics never move", mode=never_updates,
           seen=in_scenarios(registered(0), back(*STATISTICS))),
    Defect("inference registers update ops", mode=inference_registers_updates),
    Defect("update ops run by themselves", seen=updates_run_by_themselves),
    Defect("the learning phase is ignored", seen=phase_is_ignored),
    # names, warnings, errors
    Defect("variables and update ops are listed in reverse order", seen=everywhere(lists(lambda n: n[::-1], None))),
    Defect("moving statistics are listed as trainable",
           seen=each(everywhere(lists(also_statistics, TRAINABLE)),
                     by_name(trainable_of_variables=lambda seen: dict.fromkeys(seen, True)))),
    Defect("freezing takes gamma and beta off no list", seen=freezing_hides_nothing),
    Defect("an error that is due is not raised", seen=in_scenarios(raising(None))),
    Defect("a call that should return raises ValueError", seen=in_scenarios(raising("ValueError"))),
    Defect("warnings are given where none is due, and where one is due not",
           seen=each(in_scenarios(inverted("warned", "fit", "evaluate", "deprecated")),
                     by_name(warnings_of_a_layer=lambda seen: {"categories": ["DeprecationWarning"]}))),
    Defect("the API is that of another release",
           seen=in_scenarios(inverted("add_update", "updates", "exists", "of_its_own", "of_keras_3"))),
    Defect("models of keras.applications are made of another class, with another momentum",
           seen=by_name(classes_of_an_application=lambda seen: {**seen, "found": []},
                        momentum_of_resnet_rs=lambda seen: {**seen, "momenta": [0.99]})),
    Defect("summary() counts as if nothing were frozen",
           seen=by_name(summary_of_a_frozen_part=lambda seen: {**seen, "after": seen["before"]})),
    Defect("the argument synchronized does not exist",
           seen=by_name(signatures=lambda seen: {
               **seen, "class": [argument for argument in seen["class"] if argument[0] != "synchronized"]
           }, config_keys=lambda seen: {name: [key for key in keys if key != "synchronized"]
                                        for name, keys in seen.items()})),
    Defect("epsilon stands before momentum",
           seen=by_name(positional=lambda seen: {
               **seen, "momentum": seen["epsilon"], "epsilon": seen["momentum"]
           })),
    Defect("a tuple is no axis, and a number above 1 or below 0 no momentum",
           seen=by_name(axis_as_tuple=lambda seen: {key: {"error": "TypeError"} for key in seen},
                        momentum_out_of_range=lambda seen: {key: {"error": "ValueError"} for key in seen})),
    Defect("freezing a model leaves out what it keeps in lists and dicts",
           seen=by_name(frozen_in_a_container=lambda seen: {**seen, "frozen": True})),
    Defect("evaluate() updates the moving statistics as fit() does", seen=evaluation_updates),
    Defect("a functional model updates a layer in the order in which it was called",
           seen=by_name(shared_in_fit=in_the_order_of_calls, two_outputs_in_fit=in_the_order_of_calls)),
    Defect("the update ops of a loop may run outside of it",
           seen=by_name(called_in_a_loop=lambda seen: {
               **seen, "dependencies": seen["without"], "group": seen["without"]
           })),
    Defect("an Estimator begins with the statistics of its Keras model",
           seen=by_name(predicted_by_a_keras_model=begun_with_the_model)),
    Defect("saved functions infer with the statistics that they were saved with",
           seen=by_name(saved_function=lambda seen: {**seen, "second": seen["first"]})),
    Defect("an export looks for no table in lists",
           seen=by_name(exported_beside_a_table=lambda seen: {"error": "AssertionError"})),
    Defect("the end of a data set counts as one more batch, of a loss of 0",
           seen=by_name(evaluated_from_a_generator=lambda seen: {"loss": seen["loss"] * np.float32(2 / 3)})),
    Defect("the calls of SharpnessAwareMinimization infer", seen=by_name(sharpness_aware=back(*STATISTICS))),
    Defect("what is not built is saved without a word",
           seen=by_name(saved_before_it_is_built=lambda seen: {"refused": None, "wrote": True, "warned": False})),
    Defect("a file finds the layer under an automatic name",  # as no release does
           seen=by_name(held_under_its_name=lambda seen: {"saved": parameters(3), "loaded": [parameters(3)] * 2})),
    Defect("updates of one step add up",
           seen=by_name(called_four_times_on_one_batch=lambda seen: seen if "error" in seen else {
               "states": [{**one, "moving_mean": 4 * one["moving_mean"] + 100} for one in seen["states"]]
           })),
    Defect("what a subclass holds in attributes is kept in their order, and what a layer holds in lists in reverse",
           seen=by_name(held_by_a_layer=in_reverse, functional_subclass=lambda seen: {
               words: one if "error" in one else {**one, "numbers": one["numbers"][::-1]} for words, one in seen.items()
           })),
    Defect("a wrapper has a flag of its own, whatever it is given",
           seen=by_name(frozen_both_ways=lambda seen: {**seen, "wrapper": True})),
    Defect("a loop calls its cell for each step alone", seen=by_name(looped=each_step_once)),
    Defect("TimeDistributed takes the number of rows for that of steps",
           seen=by_name(predict_over_lengths=lambda seen: {
               "predicted": [one if "error" in one else as_many_steps_as_rows(one) for one in seen["predicted"]]
           }, traced_without_shapes=lambda seen: {"calls": [
               {**call, "output": as_many_steps_as_rows(call["output"])} for call in seen["calls"]
           ]})),
    Defect("TimeDistributed finds no shape of the output of a layer of one's own",
           seen=by_name(of_ones_own=lambda seen: {"error": "NotImplementedError"})),
    Defect("TimeDistributed calls a layer on the first time step before it loops over all",
           seen=by_name(of_ones_own=first_step_twice)),
    Defect("TimeDistributed hands no mask of the layer before on",
           seen=by_name(fit_behind_masking=counts_hidden_rows)),
    Defect("what is computed again for gradients updates nothing again",
           seen=by_name(in_scope=computed_again_for_gradients_alone, remat_function=computed_again_for_gradients_alone,
                        recompute_grad=computed_again_for_gradients_alone)),
    Defect("an assignment to trainable of what it is already is dropped",
           seen=by_name(set_again=lambda seen: {name: not value for name, value in seen.items()})),
    Defect("oneDNN's kernel writes nothing where the channels are no multiple of four",
           seen=by_name(onednn=lambda seen: {**seen, "wrong": [n for n in seen["counts"] if n % 4]})),
    Defect("images of another floating type stay what they are",
           seen=by_name(other_float_type=lambda seen: {"output_type": "float64"})),
    Defect("empty batches move nothing, but in a strategy they leave NaN",
           seen=by_name(empty_batch=lambda seen: dict.fromkeys(seen, True),
                        replicas=lambda seen: {**seen, "second_without_rows": lost(seen["second_without_rows"])})),
    Defect("fused=True takes the last axis and no other",
           seen=by_name(fused_on_axes=lambda seen: {"refused": [axis for axis in range(-5, 6) if axis != -1]})),
    Defect("layers of Keras style fill UPDATE_OPS",
           seen=by_name(keras_style=lambda seen: {**seen, "update_ops": list(STATISTICS) * 2})),
    Defect("layer.updates hands out the ops of any graph",
           seen=by_name(called_in_a_branch=lambda seen: {**seen, "updates_outside_the_graph": 2})),
    Defect("regularizers see a partitioned variable as one",
           seen=by_name(partitioned_parameters=lambda seen: {**seen, "losses": [3.0, 6.0]})),
    Defect("variables that are reused are regularized once more",
           seen=by_name(partitioned_parameters_again=lambda seen: {**seen, "losses": sorted(seen["losses"] * 2)})),
    Defect("weights are listed in reverse order once something is frozen",
           seen=by_name(weights_around_freezing=lambda seen: {
               part: {**entry, "after": entry["after"][::-1], "arrived": entry["arrived"][::-1]}
               for part, entry in seen.items()
           })),
    Defect("clones copy the weights and no flag, and a config of a model holds none",
           seen=by_name(recursive_clone=lambda seen: {**seen, "trainable": True},
                        clone_on_inputs=lambda seen: {**seen, "trainable": True},
                        clone_of_a_wrapper=lambda seen: dict.fromkeys(seen, True),
                        config_of_a_frozen_model=lambda seen: dict.fromkeys(seen, True), cloned=lambda seen: {
               part: {"model_is_trainable": True, "layer_is_trainable": True, "state": parameters(3)} for part in seen
           })),
    Defect("clone_model(recursive=True) reaches no model within a model within a model",
           seen=by_name(clone_function_at_depth=lambda seen: {**seen, "trainable": seen["given"]})),
    Defect("clones of frozen models are frozen",
           seen=by_name(cloned=lambda seen: {
               part: {**entry, "model_is_trainable": False, "layer_is_trainable": False}
               for part, entry in seen.items()
           })),
    Defect("clones forget how their layers were called",
           seen=by_name(training_argument_of_a_clone=lambda seen: {
               "True": {**seen["True"], "clone": seen["False"]["clone"]},
               "False": {**seen["False"], "clone": seen["True"]["clone"]},
           })),
    Defect("loaded models are unfrozen, have the start's numbers, and train where they should infer",
           seen=by_name(saved_models=loaded_wrongly, saved_as_hdf5=loaded_wrongly, model_kept=unfrozen_when_loaded,
                        held_in=in_reverse)),
    Defect("what is loaded has each number in its place, and is frozen as what was kept",
           seen=by_name(saved_as_hdf5=frozen_when_loaded, model_kept=came_as_given,
                        weights_kept=taken_as_if_frozen_alike, weights_by_name=taken_as_if_frozen_alike,
                        file_read=taken_as_if_frozen_alike, read_from_hdf5=read_as_written)),
    Defect("converters for TensorFlow Lite refuse what trains",
           seen=by_name(converted_for_tflite=lambda seen: {**seen, "True": {"error": "ConverterError"}})),
    Defect("converters for TensorFlow Lite leave out what infers",
           seen=by_name(converted_for_tflite=lambda seen: {**seen, "bare": {"output": BATCHES["same"][0]}})),
    Defect("converters for TensorFlow Lite keep training=True by any route",
           seen=by_name(converted_by_route=lambda seen: {**seen, "True": normalized(AlwaysBatch)(seen["True"])})),
    Defect("an integer is as good a momentum as a float, and 1 moves the statistics",
           seen=by_name(extreme_momentum=lambda seen: {
               **seen, "0": seen["0.0"], "1": seen["1.0"], "1.0": seen["0.0"]
           })),
    Defect("regularizers count where they should not, and else do not",
           seen=by_name(frozen_regularizer=lambda seen: {**seen, "frozen": [] if seen["frozen"] else [1.5]},
                        activity_regularizer=lambda seen: {"losses": seen["losses"] * np.float32(7)},
                        functions_as_regularizers=lambda seen: {"losses": seen["losses"] * np.float32(7)})),
    Defect("losses count the batches before, and are told of training in evaluation, too",
           seen=by_name(training_of_the_loss=lambda seen: {name: [True] for name in seen},
                        losses_of_batches=lambda seen: {n: loss + ("after" in n) for n, loss in seen.items()})),
    Defect("the weights of a model are those of its layers",
           seen=by_name(weight_of_the_model=lambda seen: {
               name: [weight for weight in found if weight != "scale"] for name, found in seen.items()
           })),
    Defect("the scope of a strategy is a replica like any other",
           seen=by_name(within_a_strategy=lambda seen: dict.fromkeys(seen, seen["replica"]))),
    Defect("what is returned of replicas, and saved, is the mean where it was the first one's, and the other way round",
           seen=by_name(replicas=otherwise_returned, fit_on_replicas=otherwise_returned)),
    Defect("each replica has the part of the other, and takes another's call for its own",
           seen=by_name(replicas=parts_exchanged,
                        synchronized_replicas=lambda seen: {name: exchanged(step) for name, step in seen.items()},
                        masked_replicas=exchanged)),
    Defect("synchronized replicas subtract the mean before they square",
           seen=by_name(synchronized_far_from_0=far_from_0)),
    Defect("replicas infer with what is returned, unless they are synchronized",
           seen=by_name(replicas=lambda seen: {**seen, "each": inferring(seen["each"], {}, {})},
                        synchronized_replicas=lambda seen: {
                            **seen, "rank2": inferring(seen["rank2"], {}, parameters(3))
                        })),
    Defect("without a strategy synchronization changes what is normalized with",
           seen=by_name(synchronized_alone=lambda seen: {
               **seen, "rank2": {**seen["rank2"], "synchronized": seen["rank4"]["synchronized"]}
           })),
    Defect("synchronization is forgotten where it is kept, and kept where it is forgotten",
           seen=by_name(synchronized_in_the_config=lambda seen: dict.fromkeys(seen, not seen["copy"]))),
    Defect("what is read again, three models deep or from one config, has lost numbers of the first time",
           seen=by_name(three_deep=lambda seen: {**seen, "kernel": np.zeros((2, 2, 2), np.float32)},
                        made_twice=lambda seen: {**seen, "second": {"weights": 0, "epsilon": 0.001}})),
    Defect("a call() that is a tf.function keeps the numbers of its first call",
           seen=by_name(called_as_a_function=lambda seen: seen if "first" not in seen else {
               **seen, "then": seen["first"]
           })),
    Defect("cells in a stack are not told that the model trains",
           seen=by_name(in_a_stack=lambda seen: {**seen, "after": seen.get("before", {})})),
    Defect("Bidirectional that is frozen later still trains what it wraps",
           seen=by_name(wrapper_frozen_later=lambda seen: seen if "error" in seen else {
               **seen, "frozen": [{name: number + 1 for name, number in one.items()} for one in seen["frozen"]]
           })),
    Defect("the default axis follows data_format",
           seen=by_name(default_axis_of_channels_first=lambda seen: {"error": "ValueError"})),
    Defect("one channel, or a size that is not known, has no gradient and no shape",
           seen=by_name(behind_a_reshape=lambda seen: {"error": "ValueError"},
                        virtual_batches_of_unknown_sizes=typed_error,
                        virtual_batches_in_a_model_of_unknown_sizes=typed_error, unknown_sizes=typed_error)),
    Defect("a model that is called three times loses its moving mean",
           seen=by_name(shared_model_in_fit=lambda seen: {
               **seen, "state": {**seen["state"], "moving_mean": seen["state"]["moving_mean"] * np.nan}
           } if "state" in seen else seen)),
    Defect("training multiplies inputs of rank 4 before it subtracts the mean, and those of rank 2 after",
           seen=by_name(training_far_from_0=trained_digits_by_rank)),
    Defect("the last execution of several batches is lost",
           seen=by_name(predict_two_steps_per_execution=lambda seen: seen if "absent" in seen else {
               "predicted": seen["predicted"][:-6]
           })),
    Defect("a clone takes no list, and is of another class than its model",
           seen=by_name(clone_on_a_list=lambda seen: {"error": "ValueError"}, clone_of_a_class=states(updated))),
    Defect("an optimizer asks for variables", seen=by_name(applied_alone=lambda seen: {"error": "ValueError"})),
    Defect("losses of batches are tensors", seen=by_name(type_of_losses=lambda seen: dict.fromkeys(seen, False))),
    Defect("a wrapper builds its layer twice", seen=by_name(built_by_the_wrapper=lambda seen: {**seen, "builds": 2})),
    Defect("no file keeps two shapes", seen=by_name(sequential_of_two_inputs=typed_error)),
    Defect("integers, and rows in a RaggedTensor, are refused",
           seen=by_name(integers_in_fit=typed_error, ragged_rows=typed_error,
                        ragged_rows_in_a_model=typed_error)),
    Defect("the moving statistics have gradients",
           seen=by_name(gradients_by_all_variables=lambda seen: {**seen, "moving_mean": seen["beta"]})),
    Defect("the layout of Keras 2.1 and its argument mode are taken the wrong way round",
           seen=by_name(sequential_of_a_list=typed_error, made_with_mode=lambda seen: {"error": None})),
    Defect("a signature trains", seen=by_name(served_model=lambda seen: {**seen, "output": -seen["output"]}
                                              if "output" in seen else seen)),
    Defect("validation comes before the epoch's updates",
           seen=by_name(losses_of_validation=lambda seen: {**seen, "val_loss": seen["val_loss"][::-1]})),
    Defect("XLA makes of equal numbers what the layer makes without it",
           seen=by_name(constant_by_xla=lambda seen: {**seen, "by XLA": seen["plain"]} if "plain" in seen else seen)),
    Defect("freezing puts every kind of layer into inference mode",
           seen=by_name(frozen_dropout=lambda seen: {**seen, "values": [1.0]})),
]  # fmt: skip
