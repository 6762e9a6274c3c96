"""What a model, a file or a config brings back otherwise."""

import numpy as np

from fixtures.images import IMAGES
from fixtures.reference import batch_statistics
from fixtures.settings import EPSILON


def loaded_wrongly(seen):
    """Unfrozen, with the first layer's numbers everywhere, and the two modes in each other's place."""
    if "error" in seen:
        return seen
    return {
        **seen,
        "is_trainable": dict.fromkeys(seen["is_trainable"], True),
        "frozen_model": {"model_is_trainable": True, "layer_is_trainable": True, "trainable_weights": 2},
        "after": dict.fromkeys(seen["after"], seen["after"]["frozen"]),
        "copy": {"False": seen["copy"]["True"], "True": seen["copy"]["False"]},
    }


def unfrozen_when_loaded(seen):
    """Models that train all that they hold."""
    return {
        frozen: one if "error" in one else {**one, "came": {**one["came"], "flags": {
            "layers": [True, True], "holder": True, "model": True, "trainable_weights": 5,
        }}}
        for frozen, one in seen.items()
    }  # fmt: skip


def frozen_when_loaded(seen):
    """A model of one layer that comes back frozen as a whole."""
    off = {"model_is_trainable": False, "layer_is_trainable": False, "trainable_weights": 0}
    return seen if "error" in seen else {**seen, "frozen_model": off}


def came_as_given(seen):
    """Models that come back with their numbers and flags, and train on as before."""
    return {frozen: one if "error" in one else {**one, "came": one["given"]} for frozen, one in seen.items()}


def taken_as_if_frozen_alike(seen):
    """Copies, each as it would be if what gave the weights had been frozen as it is."""

    def alike(words):
        frozen = words.split(" to ")[1]
        return seen.get("{0} to {0}".format(frozen), seen["layer to layer"])

    return {words: alike(words) for words in seen}


def defaults_again(seen):
    """What is made from a config has the default momentum."""
    return {words: {**pair, "made_again": {**pair["made_again"], "momentum": 0.99}} for words, pair in seen.items()}


def in_reverse(seen):
    """What a list or a dict holds, each with the numbers of another one."""
    return seen if "error" in seen else {**seen, "loaded": seen["loaded"][::-1]}


def last_axis(seen):
    """The output of a new layer on sequences that it normalizes along their last axis."""
    x = np.float64(IMAGES["rank3"])
    mean, variance = batch_statistics(x)
    return {**seen, "output": np.float32((x - mean) / np.sqrt(variance + EPSILON))}


def default_renorm(seen):
    """Of renorm as well."""
    return {**seen, "renorm_momentum": [seen["renorm_momentum"][0], 0.99]}
