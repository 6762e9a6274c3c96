"""The text that names a claim in one place: made and taken apart."""

import pytest

from fixtures import cases
from fixtures.claims import load
from fixtures.subjects import ClaimInPlace, claim_of, parse

WHERE = ClaimInPlace("frozen-layer-infers", cases.TF_KERAS_BUNDLED, cases.TF2_STYLE)


def test_a_subject_survives_its_text():
    """Every claim in every place comes back as it was, and no two have the same text or test."""
    every = [ClaimInPlace(claim.id, *place) for claim in load().values() for place in claim.places]
    assert [parse(str(where)) for where in every] == every
    assert {claim_of(str(where)) for where in every} == set(load())
    assert len({where.test_id for where in every}) == len(every) == len(set(map(str, every)))


def test_the_id_of_a_case_names_no_claim():
    """A case is a subject too, but no claim in a place."""
    assert [case for case in cases.known() if parse(case) is not None] == []


@pytest.mark.parametrize(
    "text, is_meant",
    [
        ("frozen-layer-infers tf.keras tf2-style", True),
        ("frozen-layer-infers-tf.keras-tf2-style", True),
        ("frozen-layer-infers tf.keras", True),
        ("frozen-layer-infers", True),
        ("frozen-layer", False),
        ("frozen-layer-infers tf", False),
        ("frozen-layer-infers keras tf2-style", False),
        ("frozen-layer-infers tf.keras tf2-style and more", False),
    ],
)
def test_a_claim_in_a_place_is_named_in_full_or_from_its_beginning(text, is_meant):
    """The claim alone, the claim with its surface, all of it, or the id of its test; whole words only."""
    assert WHERE.named_by(text) is is_meant
