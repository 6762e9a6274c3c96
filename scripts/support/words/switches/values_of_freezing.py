"""Words for each value of the switches that tell when, how far and whether freezing takes effect."""

from typing import Any

from fixtures.semantics import IN_ITS_OWN_FIT
from support.words.switches.value import BETTER, COMPILE_AGAIN, RAISES, Value

_CATCH = "Call compile() with a new optimizer after unfreezing. Code that catches the error must catch this one."
REFUSALS = ("optimizer_refuses_new_variables", "optimizer_refuses_in_fit", "optimizer_refuses_in_function")


def _refused(place: str, error: str) -> Value:
    """What the optimizer does in one place with variables that were frozen when it first stepped."""

    def sentence(words: str) -> str:
        return f"{place}, {words}" if place else words[0].upper() + words[1:]

    if not error:
        return Value(
            sentence("a layer that is unfrozen later trains"),
            sentence("the optimizer takes gamma and beta of a layer that is unfrozen after the first step."),
            "Nothing breaks. A layer that was unfrozen by mistake trains now.", BETTER,
        )  # fmt: skip
    return Value(
        sentence(f"unfreezing after the first step raises {error}"),
        sentence(f"the optimizer raises {error} for gamma and beta of a layer that is unfrozen after the first step."),
        _CATCH, RAISES,
    )  # fmt: skip


def refused_anywhere(error: str) -> Value:
    """Where the optimizer does the same run eagerly, in fit() and in a tf.function."""
    return _refused("", error)


def _refusals(place: str, *errors: str) -> dict[Any, Value]:
    return {error: _refused(place, error) for error in ("", *errors)}


FREEZING_VALUES: dict[str, dict[Any, Value]] = {
    "run_eagerly_rereads": {
        False: Value(
            "run_eagerly does not change when freezing takes effect",
            "A model compiled with run_eagerly=True trains what was trainable when it was compiled, as without.",
            COMPILE_AGAIN,
        ),
        True: Value(
            "With run_eagerly freezing takes effect at the next step",
            "A model compiled with run_eagerly=True reads trainable at every step: what is frozen after a first fit() "
            "stays as it is in the second.",
            "Call compile() after each change of trainable, and expect no model to do the same with and without "
            "run_eagerly.",
        ),
    },
    "optimizer_refuses_new_variables": _refusals("Run eagerly", "KeyError", "ValueError"),
    "optimizer_refuses_in_fit": _refusals("In fit()", "KeyError", "ValueError", "NotImplementedError"),
    "optimizer_refuses_in_function": _refusals(
        "In a tf.function", "KeyError", "StagingError", "ValueError", "NotImplementedError"
    ),
    "unfrozen_layer_in_frozen_model_trains": {
        False: Value(
            "A layer unfrozen inside a frozen model does not train",
            "The trainable weights of a frozen model are an empty list, even if a layer inside is unfrozen.",
            "Unfreeze the model, then freeze each layer in it that shall stay as it is.",
        ),
        True: Value(
            "A layer unfrozen inside a frozen model trains",
            "The trainable weights of a frozen model hold gamma and beta of a layer inside that is unfrozen.",
            "Freeze the layers inside one by one, or set trainable of the model last.",
        ),
    },
    "frozen_direct_call_moves_statistics": {
        False: Value(
            "An eager call of a frozen layer keeps its moving statistics",
            "Called eagerly with training=True, a frozen layer leaves its moving mean and variance as they are.",
            "Nothing: what was set by hand against it can go.", BETTER,
        ),
        True: Value(
            "An eager call of a frozen layer updates its moving statistics",
            "Called eagerly with training=True, a frozen layer updates its moving statistics where the fused kernel "
            "computes them.",
            "Call the frozen layer with training=False.",
        ),
    },
    "made_frozen_is_unwatched": {
        False: Value(
            "A tape watches gamma and beta of a layer that was built frozen",
            "A gradient tape finds gradients by gamma and beta, also of a layer that was frozen when it was built.",
            "Nothing: tape.watch() for them can go.", BETTER,
        ),
        True: Value(
            "A tape does not watch gamma and beta of a layer that was built frozen",
            "A gradient tape gives None for gamma and beta of a layer that was frozen when it was built.",
            "Watch them with tape.watch(), or build the layer before freezing it.",
        ),
    },
    "compile_lists_weights": {
        "never": Value(
            "gamma and beta train when the layer counts as trainable",
            "Whether gamma and beta train is decided together with the rest of trainable, not apart by compile().",
            COMPILE_AGAIN,
        ),
        "always": Value(
            "compile() fixes whether gamma and beta train",
            "compile() fixes whether gamma and beta train, even where the rest of trainable is read later.",
            COMPILE_AGAIN,
        ),
        "unless run_eagerly": Value(
            "compile() fixes whether gamma and beta train, unless the model runs eagerly",
            "compile() fixes whether gamma and beta train, except in a model compiled with run_eagerly=True.",
            COMPILE_AGAIN,
        ),
    },
    "frozen_model_keeps_inner_statistics": {
        False: Value(
            "A layer unfrozen inside a frozen model updates its moving statistics",
            "In training a layer that is unfrozen inside a frozen model updates its moving mean and variance.",
            "Freeze the layer itself to keep its moving statistics.",
        ),
        True: Value(
            "A layer unfrozen inside a frozen model keeps its moving statistics",
            "In training a layer that is unfrozen inside a frozen model leaves its moving mean and variance as they "
            "are.",
            "Unfreeze the model, too, to have them updated.",
        ),
        IN_ITS_OWN_FIT: Value(
            "fit() of a frozen model keeps the moving statistics of a layer unfrozen inside",
            "A layer unfrozen inside a frozen model keeps its moving statistics in fit() of that model, not in "
            "fit() of one around it.",
            "Freeze the layer itself to keep its moving statistics.",
        ),
    },
    "made_frozen_stays_untrainable": {
        False: Value(
            "A layer made frozen can be unfrozen",
            "layer.trainable = True makes gamma and beta of a layer made with trainable=False trainable.",
            "Nothing: a list of variables made for the optimizer by hand can go.", BETTER,
        ),
        True: Value(
            "A layer made frozen stays untrainable",
            "gamma and beta of a layer made with trainable=False never become trainable, not by layer.trainable = True "
            "either.",
            "Make the layer trainable, build it, and freeze it then.",
        ),
    },
    "frozen_before_build_trains": {
        False: Value(
            "A layer frozen before it is built stays as it is",
            "A layer that is frozen before its weights are made keeps gamma and beta in training.",
            "Nothing: building the layer before freezing it is no longer needed.", BETTER,
        ),
        True: Value(
            "A layer frozen before it is built trains",
            "gamma and beta of a layer that is frozen before its weights are made train all the same.",
            "Build the layer, or call the model once, before freezing it.",
        ),
    },
    "compile_waits_for_inputs": {
        False: Value(
            "compile() fixes trainable of every model",
            "compile() fixes trainable, also of a model that has not seen inputs yet.",
            COMPILE_AGAIN,
        ),
        True: Value(
            "A model without inputs fixes trainable at its first batch",
            "A model that has not seen inputs when it is compiled fixes trainable at its first batch.",
            "Freeze before compile(): that is right in every release.",
        ),
    },
    "callback_reaches_eager_steps": {
        True: Value(
            "Run eagerly, freezing in a callback takes effect",
            "In a model compiled with run_eagerly=True a layer that a callback freezes no longer trains in the same "
            "fit().",
            "Do not freeze in callbacks what shall train on: end fit(), call compile(), and call fit() again.",
        ),
        False: Value(
            "Run eagerly, freezing in a callback has no effect",
            "In a model compiled with run_eagerly=True a layer that a callback freezes trains on until fit() ends.",
            "End fit(), freeze, call compile(), and call fit() again.",
        ),
    },
    "freezing_reaches_lists": {
        True: Value(
            "Freezing reaches layers in lists and dicts",
            "Freezing a subclassed model freezes the layers that it keeps in lists and dicts, too.",
            "Set trainable of the layers that shall train after that of the model.",
        ),
        False: Value(
            "Freezing does not reach layers in lists and dicts",
            "Freezing a subclassed model leaves the layers that it keeps in lists and dicts as they are.",
            "Freeze each layer in the list by itself.",
        ),
    },
    "add_to_frozen_model_freezes": {
        False: Value(
            "A layer added to a frozen Sequential stays trainable",
            "add() of a frozen Sequential leaves trainable of the new layer as it is.",
            "Freeze the new layer itself.",
        ),
        True: Value(
            "A layer added to a frozen Sequential is frozen",
            "add() of a frozen Sequential freezes the new layer.",
            "Set trainable of the new layer after adding it, if it shall train.",
        ),
    },
}  # fmt: skip
