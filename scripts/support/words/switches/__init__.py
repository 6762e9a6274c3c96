"""What a user sees of each switch of ``fixtures/semantics.py``, and what to do when it changes.

The words of each value are in ``values.py``. Where they depend on the value before, ``TURNS`` has them for that turn.
"""

import functools
from dataclasses import replace
from typing import Any, cast

from fixtures.semantics import OWN_CALL, OWN_FIT, PHRASES
from support.words.switches.value import BETTER, GONE, KINDS, RAISES, SILENT, Value
from support.words.switches.values import VALUES
from support.words.switches.values_of_freezing import REFUSALS, refused_anywhere

__all__ = [
    "BETTER",
    "GONE",
    "KINDS",
    "RAISES",
    "REFUSALS",
    "SILENT",
    "TURNS",
    "VALUES",
    "Value",
    "of_phrase",
    "refused_anywhere",
    "turned",
]

_RANK_5 = {
    "do": "Only inputs of rank 5 change: with 8 values per channel their moving variance by an eighth, with 1000 by a "
    "thousandth."
}
# (switch, before, from now on): what replaces the words of the value.
TURNS: dict[tuple[str, Any, Any], dict[str, str]] = {
    ("fused_ranks", (4,), (4, 5)): {"title": "Bessel's correction for inputs of rank 5, too", **_RANK_5},
    ("fused_ranks", (4, 5), (4,)): {"title": "No Bessel's correction for inputs of rank 5", **_RANK_5},
    ("without_training_argument_infers", (OWN_FIT, OWN_CALL), (OWN_FIT,)): {
        "title": "model(x, training=True) reaches layers of a model without a training argument",
        "seen": "model(x, training=True) trains the layers of a model whose call() has no training argument; fit() "
        "leaves them in inference.",
        "do": "Write def call(self, x, training=None), and pass training on to each layer.",
    },
}


def turned(switch: str, was: Any, now: Any) -> Value:
    """The words of a switch that was one value and is another.

    Raises:
        KeyError: the tables know no such switch or value.
    """
    return replace(VALUES[switch][now], **TURNS.get((switch, was, now), {}))


@functools.cache
def _by_phrase() -> dict[str, Value]:
    every = cast(dict[str, dict[Any, str]], PHRASES)
    return {phrase: VALUES[switch][value] for switch, phrases in every.items() for value, phrase in phrases.items()}


def of_phrase(phrase: str) -> Value:
    """The words of the value that a phrase of ``fixtures.semantics.PHRASES`` names, as a failure prints it.

    Raises:
        KeyError: it is no phrase of the table.
    """
    return _by_phrase()[phrase]
