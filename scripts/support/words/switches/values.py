"""Words for each value of each switch, told as the value that holds from now on; see ``Value``."""

from typing import Any

from fixtures.semantics import BATCH, FUNCTION_AROUND, MOVING, OWN_CALL, OWN_FIT
from support.words.switches.value import BETTER, COMPILE_AGAIN, RAISES, Value
from support.words.switches.values_of_freezing import FREEZING_VALUES

VALUES: dict[str, dict[Any, Value]] = {
    **FREEZING_VALUES,
    "frozen_normalizes_with": {
        MOVING: Value(
            "A frozen layer infers",
            "A frozen layer normalizes with its moving statistics, even when it is called with training=True.",
            "Expect other outputs while fine-tuning. To go on with batch statistics, leave the layer trainable, set "
            "momentum=1, and keep gamma and beta out of the optimizer's list.",
        ),
        BATCH: Value(
            "A frozen layer normalizes with batch statistics",
            "A frozen layer that is called with training=True normalizes with batch statistics; its moving statistics "
            "stay.",
            "Call the layer with training=False where it shall infer.",
        ),
    },
    "frozen_moves_statistics": {
        False: Value(
            "A frozen layer keeps its moving statistics",
            "The moving mean and variance of a frozen layer stay as they are, whatever training is.",
            "To go on updating them, leave the layer trainable.",
        ),
        True: Value(
            "A frozen layer updates its moving statistics",
            "The moving mean and variance of a frozen layer are updated in training.",
            "Call the frozen layer with training=False to keep them.",
        ),
    },
    "frozen_moves_parameters": {
        False: Value(
            "A frozen layer keeps gamma and beta",
            "A training step leaves gamma and beta of a frozen layer as they are.",
            "To go on training them, leave the layer trainable.",
        ),
        True: Value(
            "A frozen layer trains gamma and beta",
            "A training step changes gamma and beta of a frozen layer.",
            "Keep gamma and beta out of the list of variables that the optimizer gets.",
        ),
    },
    "inference_moves_statistics": {
        False: Value(
            "Inference keeps the moving statistics",
            "A call with training=False leaves the moving mean and variance as they are.",
            "To update them, call the layer with training=True.",
        ),
        True: Value(
            "Inference updates the moving statistics",
            "A call with training=False updates the moving mean and variance.",
            "Save the weights before evaluating, and set them again afterwards.",
        ),
    },
    "fused_variance": {
        "n-1": Value(
            "Bessel's correction where the fused kernel runs",
            "For images the moving variance accumulates the batch variance with Bessel's correction, N/(N-1) of the "
            "biased one; N is the number of values per channel.",
            "With 8 values per channel it is 14 % larger, with 1000 a thousandth: compare numbers with that in mind.",
        ),
        "n": Value(
            "No Bessel's correction where the fused kernel runs",
            "For images the moving variance accumulates the biased batch variance, (N-1)/N of the corrected one; N is "
            "the number of values per channel.",
            "With 8 values per channel it is an eighth smaller, with 1000 a thousandth: compare numbers with that in "
            "mind.",
        ),
    },
    "plain_variance": {
        "n": Value(
            "The biased variance where no fused kernel runs",
            "For inputs other than images the moving variance accumulates the biased batch variance, without Bessel's "
            "correction.",
            "With 8 values per channel it is an eighth smaller: compare numbers with that in mind.",
        ),
        "n-1": Value(
            "Bessel's correction where no fused kernel runs",
            "For inputs other than images, too, the moving variance accumulates the batch variance with Bessel's "
            "correction.",
            "With 8 values per channel it is 14 % larger: compare numbers with that in mind.",
        ),
    },
    "fused_ranks": {
        (4,): Value(
            "Bessel's correction for images of rank 4 only",
            "For inputs of rank 4 the moving variance accumulates N/(N-1) of the biased batch variance, for others the "
            "biased one; N is the number of values per channel.",
            "Inference after few, small batches differs: with 8 values per channel the variance by an eighth, with "
            "1000 by a thousandth.",
        ),
        (4, 5): Value(
            "Bessel's correction for inputs of rank 4 and 5",
            "For inputs of rank 4 and 5 the moving variance accumulates N/(N-1) of the biased batch variance, for "
            "others the biased one; N is the number of values per channel.",
            "Inference after few, small batches differs: with 8 values per channel the variance by an eighth, with "
            "1000 by a thousandth.",
        ),
        (): Value(
            "The moving variance is the biased one",
            "The moving variance accumulates the biased batch variance for inputs of every rank; with N values per "
            "channel that is (N-1)/N of the corrected one.",
            "With 8 values per channel it is an eighth smaller, with 1000 a thousandth. Old checkpoints stay valid; "
            "loosen tests that compare the variance.",
        ),
    },
    "momentum_in_float32": {
        True: Value(
            "1 - momentum is computed in float32 for images",
            "For images 1 - momentum is computed in float32, so that moving statistics may differ in their last "
            "digits.",
            "Compare moving statistics with a relative tolerance of 1e-4, not exactly.",
        ),
        False: Value(
            "1 - momentum is computed in double precision for images",
            "For images 1 - momentum is computed in double precision, so that moving statistics may differ in their "
            "last digits.",
            "Compare moving statistics with a relative tolerance of 1e-4, not exactly.",
        ),
    },
    "trainable_is_read": {
        "compile": Value(
            "Freezing takes effect at compile()",
            "What compile() found trainable trains in fit(), whatever is frozen or unfrozen afterwards, until "
            "compile() is called again.",
            COMPILE_AGAIN,
        ),
        "first_step": Value(
            "Freezing takes effect up to the first step after compile()",
            "What is trainable at the first step after compile() trains; what is frozen or unfrozen later has no "
            "effect until compile() is called again.",
            COMPILE_AGAIN,
        ),
        "trace": Value(
            "Freezing after compile() takes effect",
            "A layer that is frozen or unfrozen after compile() is so at the first step, and at each step that is "
            "traced anew, as for a batch of another size.",
            "Freeze before compile(), and call compile() after each change. A discriminator that is frozen for a "
            "combined model: call its train_on_batch() once before freezing it.",
        ),
        "step": Value(
            "Freezing takes effect at the next step",
            "A layer that is frozen or unfrozen after compile() is so at the very next step.",
            "Do not freeze between compile() and fit() what shall train. Call compile() after each change of "
            "trainable.",
        ),
    },
    "freezing_recurses": {
        True: Value(
            "Freezing a model freezes the layers inside",
            "model.trainable = False sets trainable of every layer inside, at any depth.",
            "Set trainable of the layers that shall train after that of the model, then call compile().",
        ),
        False: Value(
            "Freezing a model leaves trainable of the layers inside",
            "model.trainable = False leaves trainable of the layers inside as it is: they normalize as unfrozen "
            "layers do.",
            "Freeze each layer: for layer in model.layers: layer.trainable = False.",
        ),
    },
    "inference_updates_read_garbage": {
        False: Value(
            "Update ops that run in inference leave the moving statistics alone",
            "Update ops that run while training is fed as False leave the moving mean and variance as they are.",
            "Nothing: guards against NaN around the update ops can go.", BETTER,
        ),
        True: Value(
            "Update ops that run in inference may leave NaN",
            "Update ops that run while training is fed as False add 0 times uninitialized memory: the moving "
            "statistics may become NaN.",
            "Run the update ops in training steps only.",
        ),
    },
    "constant_false_leaves_empty_updates": {
        False: Value(
            "training=tf.constant(False) adds no update ops",
            "Called with training=tf.constant(False), the layer adds nothing to UPDATE_OPS.",
            "Do not count on a fixed number of update ops.",
        ),
        True: Value(
            "training=tf.constant(False) adds update ops that write nothing",
            "Called with training=tf.constant(False), the layer adds update ops that leave the moving statistics as "
            "they are.",
            "Do not count on a fixed number of update ops.",
        ),
    },
    "without_training_argument_infers": {
        (): Value(
            "Training mode reaches layers through any call()",
            "fit() puts all layers into training mode, also in models and layers whose call() has no training "
            "argument.",
            "Nothing, if the layers shall train; where they shall infer, call them with training=False.",
        ),
        (OWN_FIT,): Value(
            "A model whose call() has no training argument infers in fit()",
            "fit() of a subclassed model whose call() has no training argument leaves its layers in inference: moving "
            "statistics normalize and stay.",
            "Write def call(self, x, training=None), and pass training on to each layer.",
        ),
        (OWN_FIT, OWN_CALL): Value(
            "A model whose call() has no training argument always infers",
            "fit() and model(x, training=True) leave the layers of a model whose call() has no training argument in "
            "inference.",
            "Write def call(self, x, training=None), and pass training on to each layer.",
        ),
        (FUNCTION_AROUND,): Value(
            "training=True stops at a call() without a training argument",
            "model(x, training=True) does not reach layers behind a layer or model whose call() has no training "
            "argument.",
            "Write def call(self, x, training=None), and pass training on to each layer.",
        ),
    },
    "without_training_argument_raises": {
        False: Value(
            "A model whose call() has no training argument may be called with training",
            "model(x, training=True) is accepted though the model's call() has no training argument.",
            "Nothing: the TypeError is gone.", BETTER,
        ),
        True: Value(
            "A model whose call() has no training argument refuses training",
            "model(x, training=True) raises TypeError if the model's call() has no training argument.",
            "Write def call(self, x, training=None), and pass training on to each layer.", RAISES,
        ),
    },
    "subclassed_models_run_eagerly": {
        True: Value(
            "A subclassed model may be called before compile()",
            "A subclassed model that was called on tensors can be compiled and trained.",
            "Nothing: the AttributeError is gone.", BETTER,
        ),
        False: Value(
            "compile() refuses a subclassed model that was called",
            "compile() of a subclassed model that was called on tensors before raises AttributeError.",
            "Call compile() before the first call of the model.", RAISES,
        ),
    },
    "fit_traces_each_batch_size": {
        False: Value(
            "fit() traces its step once",
            "fit() traces its step once for batches of all sizes: freezing has no effect at a last, smaller batch.",
            COMPILE_AGAIN,
        ),
        True: Value(
            "fit() traces its step anew for each size of a batch",
            "A batch of another size, as the last of an epoch, traces the step anew, and what was frozen meanwhile "
            "is so from then on.",
            COMPILE_AGAIN,
        ),
    },
    "fused_kernel_takes_axis_1": {
        True: Value(
            "Channels first run on a CPU",
            "Images with channels on axis 1 are normalized on a CPU, in inference and in training.",
            "Nothing: transposing around the layer can go.", BETTER,
        ),
        False: Value(
            "Channels first raise on a CPU",
            "Images with channels on axis 1 raise InternalError on a CPU.",
            "Transpose to channels last around the layer, or pass fused=False.", RAISES,
        ),
    },
    "left_out_belongs_to_a_graph": {
        False: Value(
            "Without gamma or beta a layer runs eagerly wherever it was built",
            "A layer with center=False or scale=False that Keras built in a graph can be called eagerly on images.",
            "Nothing: the error is gone.", BETTER,
        ),
        True: Value(
            "Without gamma or beta a layer that a graph built raises when called eagerly",
            "A layer with center=False or scale=False that Keras built in a graph raises when it is called eagerly on "
            "images.",
            "Keep gamma and beta, or pass fused=False.", RAISES,
        ),
    },
    "optimizer_refuses_nothing": {
        "": Value(
            "A step in which nothing is trainable passes",
            "The optimizer accepts a step of one's own in which everything is frozen.",
            "Nothing: an optimizer call that was skipped for it need not be.", BETTER,
        ),
        "ValueError": Value(
            "A step in which nothing is trainable raises ValueError",
            "In a training loop of one's own the optimizer raises ValueError if everything is frozen.",
            "Call optimizer.apply_gradients() only if model.trainable_variables is not empty.", RAISES,
        ),
    },
}  # fmt: skip
