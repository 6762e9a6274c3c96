"""How the search takes a text apart, here and in search.js: both read the one table of rules, ``RULES``.

A rule is a regular expression of Python and what takes its place. search.js gets the same rules as
:func:`in_javascript` writes them, so that a word of a page and the same word of a query are always the same words.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Any

VERSION = r"(?<![\w.])(?:{})[-_ =]*v?(\d+)"  # of a product: tf2, Keras 3, keras==3.4.1
RULES: dict[str, Any] = {
    # Done in this order to the whole text; letters may be large or small.
    "rewritten": [
        (r"(?<=\w)(n['’]t|['’][^\W\d_]{0,2})(?!\w)", ""),  # as in: Keras', layer's, isn't
        # The two names of one API.
        (r"(?<![\w.])tf\.compat\.v1\.layers(?!\w)", "tf.layers"),
        # Alone, a number of one digit says nothing: it stays beside its product.
        *[
            rule for name, words in (("keras", "keras"), ("tensorflow", "tensorflow|tf")) for rule in (
                (VERSION.format(words) + r"(?!\.\d)(?![^\W_])", rf" {name} {name}\1 "),
                (VERSION.format(words) + r"((?:\.\d+)+)(?![^\W_])", rf" {name} {name}\1 \1\2 "),
            )
        ],
    ],
    "word": r"\d+(?:\.\d+)+|[^\W\d]\w*(?:\.[^\W\d]\w*)*|\w+",
    # Done in this order to a word, before it is split at each "_": GradientTape, TPUStrategy. Names of networks and
    # of functions that everybody writes as one word stay whole.
    "joined": [
        (r"NaN", "Nan"), (r"ReLU", "Relu"), (r"TensorFlow", "Tensorflow"),
        (r"Net(\d)", r"Net_\1"),
        (r"([a-z])([A-Z])(?!et(?![a-z]))", r"\1_\2"),
        (r"([A-Z]+)([A-Z][a-z]{2})", r"\1_\2"),
    ],
    "no_part": r"^(?:.?|v?\d+)$",  # what says nothing by itself
}  # fmt: skip


def rewritten(text: str, rules: list[tuple[str, str]], flags: re.RegexFlag = re.NOFLAG) -> str:
    """A text after all of some rules."""
    for pattern, instead in rules:
        text = re.sub(pattern, instead, text, flags=flags)
    return text


def parts(word: str) -> list[str]:
    """What a name is put together of: ``GradientTape`` -> ``gradient``, ``tape``; nothing where it is one word."""
    found = rewritten(word, RULES["joined"]).lower().split("_")
    return [one for one in found if not re.match(RULES["no_part"], one)] if len(found) > 1 else []


def words(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each word of a text, small, and its parts; of a dotted name also each pair of neighbours."""
    for token in re.findall(RULES["word"], rewritten(text, RULES["rewritten"], re.IGNORECASE)):
        names = [token] if token[0].isdecimal() else token.split(".")
        yield from ((name.lower(), parts(name)) for name in names)
        yield from ((f"{one}.{other}".lower(), []) for one, other in itertools.pairwise(names))


def in_javascript(rules: Any = None) -> Any:
    r"""The table of rules as search.js reads it: what ``\w`` and ``\d`` mean to Python is spelled out."""
    rules = RULES if rules is None else rules
    if isinstance(rules, dict):
        return {name: in_javascript(value) for name, value in rules.items()}
    if isinstance(rules, list):
        return [[in_javascript(pattern), re.sub(r"\\(\d)", r"$\1", instead)] for pattern, instead in rules]
    letter = r"\p{L}\p{Nl}\p{No}"
    for ours, theirs in (
        (r"[^\W\d_]", f"[{letter}]"), (r"[^\W\d]", f"[{letter}_]"), (r"[^\W_]", r"[\p{L}\p{N}]"),
        (r"[\w.]", r"[\p{L}\p{N}_.]"), (r"\w", r"[\p{L}\p{N}_]"), (r"\d", r"\p{Nd}"),
    ):  # fmt: skip
        rules = rules.replace(ours, theirs)
    return rules
