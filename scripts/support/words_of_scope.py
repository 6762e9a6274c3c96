"""What words in a claim's sentence mean: over which values of which dimensions it then speaks.

A word that is general, "a model", is as wide as ``NEEDS`` says, unless the sentence sets a limit, "of a functional
model". The linter holds it against the scope that the claim's cases give it (``fixtures.claims.scope``).
"""

import re
from typing import NamedTuple

from fixtures.claims import Claim
from fixtures.claims.scope import MODELS, TRAINED_BY, scope


class Need(NamedTuple):
    """What a general word means.

    Attributes:
        words: pattern of the general word.
        limits: pattern of what in the same sentence limits it.
        dimension: of ``scope.TELLS``; empty where no evidence can be wide enough.
        values: what the scope must hold.
        better: how to limit the sentence instead.
    """

    words: str
    limits: str
    dimension: str
    values: tuple[str, ...]
    better: str


# A sentence that names the kind of model, or what stands in a model's place, speaks of that.
KIND_OF_MODEL = (
    r"functional|Sequential|subclassed|custom layer|keras\.applications|RNN|Estimator|model_fn|discriminator|"
    r"MirroredStrategy|strategy|replica|nested|tf\.layers"
)
NEEDS = (
    Need(r"\bmodels?\b", KIND_OF_MODEL, "model", MODELS, '"a functional model"'),
    Need(
        r"\b(compile|fit|train_on_batch|test_on_batch|predict|evaluate|load_model|clone_model|save|save_weights|"
        r"load_weights)\(|\bHDF5\b|\bSavedModel\b|\bTensorFlow Lite\b",
        KIND_OF_MODEL, "model", MODELS, '"fit() of a functional model"',
    ),
    Need(
        r"\btrains?\b(?! op)|\bin training\b|\bthroughout training\b|\bTraining\b|\bfine-tuning\b",
        r"\w\(\)|training=|\bcalls?\b|\bcalled\b|\bsteps?\b|\bloops?\b|\btapes?\b|"
        r"[Ii]n inference and in training|in training and in inference",
        "trained by", TRAINED_BY, '"in fit()", "in a training call"',
    ),
    Need(
        r"\b(any|every|all|whatever) ranks?\b|\bwhatever the rank\b", r"^$", "rank", ("2", "3", "4", "5"),
        '"of rank 2 and 4"',
    ),
    Need(
        r"\b(inputs|images?)\b", r"\branks?\b|\baxis\b|\baxes\b|by inputs|its (own )?inputs|two inputs|\bpixels?\b",
        "rank", ("2", "4"), '"inputs of rank 2"',
    ),
    Need(r"\bwhatever (its|the|their) values\b", r"^$", "values", ("near 0", "far from 0"), '"around 0"'),
    Need(r"\b(every|all|any) releases?\b", r"^$", "", (), "nothing of releases: verdicts tell them"),
)  # fmt: skip


def narrow(claim: Claim) -> list[str]:
    """Where a claim's sentence says more than its cases cover, in sentences; one for each dimension."""
    found = {}
    for need in NEEDS:
        word = re.search(need.words, claim.sentence)
        if word is None or re.search(need.limits, claim.sentence):
            continue
        for surface in dict.fromkeys(surface for surface, _ in claim.places):
            held = scope(claim, surface).get(need.dimension, ())
            lacking = [value for value in need.values if value not in held]
            if lacking or not need.dimension:
                found[need.dimension] = (
                    f'its sentence says "{word[0]}" without a limit, but on {surface} no case runs over '
                    f"{', '.join(lacking) or 'that'}: widen its cases, or say {need.better}"
                )
                break
    return list(found.values())
