"""What the flags of a call amount to, if something is wrong."""

import dataclasses
from collections.abc import Callable

from fixtures.expect import Mode

Ask = Callable[[str, bool], Mode]


def as_asked(ask: Ask, training: str, trainable: bool) -> Mode:
    """Nothing is wrong."""
    return ask(training, trainable)


def only_true_trains(ask, training, trainable):
    """Numbers, tensors and placeholders count as False."""
    return ask("True" if training == "True" else "False", trainable)


def trains_unless_told(ask, training, trainable):
    """No training, or None, counts as True."""
    return ask("True" if training in ("omitted", "None") else training, trainable)


def never_updates(ask, training, trainable):
    """No update is registered, none is done."""
    return dataclasses.replace(ask(training, trainable), has_updates=False, moves=False)


def inference_registers_updates(ask, training, trainable):
    """Update ops are there in inference; run, they write what is there already."""
    return dataclasses.replace(ask(training, trainable), has_updates=True)
