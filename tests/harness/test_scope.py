"""What a claim's sentence says without a limit, its cases cover; and the linter notices when they do not."""

import pytest

from fixtures import cases
from fixtures.claims import Claim, every, load, scenarios
from fixtures.claims.scope import MODELS, TELLS, of_cases, scope, situations
from fixtures.dimensions import DIMENSIONS, possible
from scripts import lint_claims
from scripts.support.words_of_scope import NEEDS, narrow


def said(sentence, decided_by=None, places=((cases.KERAS3, cases.TF2_STYLE),)):
    """A claim with this sentence."""
    decided_by = decided_by or (lambda surface, program: [cases.scenario("group.name", surface, program)])
    return Claim("a-claim", sentence, ("https://example.org",), places, decided_by, lambda seen: True, {}, "published")


def test_a_scope_is_read_off_flags():
    """Of a matrix, of situations and of what a scenario is given by name; of nothing else."""
    given = scenarios("group")("name", "other", model=MODELS, inputs=("rank2", "rank4"))(cases.KERAS3, cases.TF2_STYLE)
    assert len(given) == 12
    assert of_cases(given) == {"model": MODELS, "rank": ("2", "4"), "values": ("near 0",)}
    compiled = cases.compiled_model(cases.KERAS3, "unfrozen", "never", loop="eager_tape", run_eagerly=True)
    assert of_cases([compiled]) == {
        "model": ("functional",), "trained by": ("own loop",), "compiled with": ("run_eagerly",),
    }  # fmt: skip
    assert of_cases([cases.scenario("group.name", cases.KERAS3)]) == {}


def test_what_a_scenario_is_given_is_in_its_id():
    """Each value is a case of its own, which the function takes by name."""
    case = cases.scenario("cloning.cloned", cases.KERAS3, model="Sequential", isolated=True)
    assert case.given == {"model": "Sequential"}
    assert case.id == "scenario-keras-tf2-style-name=cloning.cloned-model=Sequential-isolated=True"


def test_words_of_the_scope_are_those_of_the_dimensions():
    """A flag that no dimension of situations knows is one of a matrix, or what scenarios are given."""
    for told in TELLS.values():
        for flag, value in told:
            if flag in DIMENSIONS:
                assert value in DIMENSIONS[flag] or flag == "inputs", (flag, value)


def test_situations_of_a_claim_can_occur():
    """Whoever asks for situations gets those that the constraints allow."""
    found = situations(called=("fit", "train_on_batch", "tape", "predict"))(cases.KERAS3, cases.TF2_STYLE)
    assert len(found) == 12 and all(possible(dict(case.flags)) for case in found)
    assert situations()(cases.KERAS3, cases.TF1_STYLE) == []


@pytest.mark.parametrize(
    "sentence, word",
    [
        ("A frozen model keeps its statistics.", "model"),
        ("fit() updates the moving statistics.", "fit("),
        ("An HDF5 file holds gamma.", "HDF5"),
        ("A layer that is unfrozen trains.", "trains"),
        ("A layer normalizes inputs of any rank.", "any rank"),
        ("A layer casts its images.", "images"),
        ("A layer normalizes, whatever the values.", "whatever the values"),
        ("A layer keeps this in every release.", "every release"),
    ],
)
def test_linter_notices_a_general_word(sentence, word):
    """A claim whose one case tells nothing covers none of them."""
    (problem,) = narrow(said(sentence))
    assert f'"{word}" without a limit' in problem
    assert lint_claims.scope_problems([said(sentence)]) == [f"claim a-claim: {problem}."]


@pytest.mark.parametrize(
    "sentence",
    [
        "A frozen functional model keeps its statistics.",
        "In a subclassed model fit() updates the moving statistics.",
        "A layer that is unfrozen trains in a training call.",
        "A layer casts images of rank 4.",
    ],
)
def test_a_limit_is_a_limit(sentence):
    """What is limited needs no more than a case."""
    assert narrow(said(sentence)) == []


def test_every_surface_must_be_covered():
    """A surface whose cases run over less is named, whatever the others do."""
    places = tuple((surface, cases.TF2_STYLE) for surface in (cases.KERAS3, cases.TF_KERAS))

    def decided_by(surface, program):
        return situations(called=("fit",), sits=("functional", "sequential", "subclassed")[: 3 - (surface != "keras")])(
            surface, program
        )

    claim = said("A model keeps them.", decided_by, places)
    assert scope(claim, cases.KERAS3)["model"] == MODELS
    (problem,) = narrow(claim)
    assert "on tf_keras no case runs over subclassed" in problem


def test_every_asks_each_case():
    """One that answers otherwise is enough."""
    decide = every(lambda seen: seen["so"])
    assert decide({"so": True}, {"so": True})
    assert not decide({"so": True}, {"so": False})


def test_no_general_word_is_left_without_evidence():
    """Of all claims."""
    assert lint_claims.scope_problems(load().values()) == []


def test_needs_name_values_of_the_scope():
    """A value that no flag tells could never be covered."""
    for need in NEEDS:
        assert set(need.values) <= set(TELLS.get(need.dimension, {}).values())
