"""The registry of claims and the tests are in step, and the linter notices when they are not."""

import dataclasses

import pytest
from support import former_ids

from fixtures import cases
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED, Because, Claim, load
from scripts import lint_claims

WORDS = {
    "title": "A frozen layer in fit()", "sentence": "A frozen layer normalizes with its moving statistics.",
    "matters": "Outputs differ from those of training.", "advice": "Call compile() after a change.",
    "search": ("freeze", "val_accuracy"),
}  # fmt: skip


def sound(**changes):
    """A claim without fault, then changed in one way."""
    fields = {
        **WORDS, "id": "a-claim", "sources": ("https://example.org/it",),
        "places": ((cases.KERAS3, cases.TF2_STYLE),), "decide": lambda seen: seen["so"],
        "cases": lambda surface, program: [cases.scenario("group.name", surface, program)],
        "verdicts": {cases.KERAS3: [("3.0", HOLDS), ("3.1", REFUTED)]}, "group": "published",
    }  # fmt: skip
    return Claim(**dict(fields, **changes))


def test_registry_is_in_step():
    """Every claim is sound, has landed, and nothing that landed is gone."""
    landed = lint_claims.IDS.read_text().split()
    assert lint_claims.problems(load(), landed, []) == []


@pytest.mark.parametrize("path", lint_claims.TESTS, ids=lambda path: path.name)
def test_every_test_says_and_names_what_it_claims(path):
    """Each has a docstring and a marker, and the registry knows every claim it names."""
    lacking, named = lint_claims.test_problems(path, path.read_text())
    assert lacking == []
    assert named <= set(load())


@pytest.mark.parametrize(
    "source, words",
    [
        ("@pytest.mark.claim('a-claim')\ndef test_it(check):\n    pass\n", "has no docstring"),
        ("def test_it(check):\n    'It.'\n", "names no claim"),
        ("@pytest.mark.claim()\ndef test_it(check):\n    'It.'\n", "names no claim"),
    ],
)
def test_linter_notices_a_test_without_docstring_or_claim(source, words):
    """One sentence each."""
    ((problem,), _) = lint_claims.test_problems(lint_claims.IDS, source)
    assert words in problem


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"id": "Claim One"}, "not words joined by hyphens"),
        ({"sentence": "So it is"}, "full stop"),
        ({"sentence": "So it is. " + "So " * 31 + "it is."}, "its sentence has 33 words"),
        ({"sources": ()}, "lacks a source"),
        ({"sources": ("http://example.org",)}, "https address"),
        ({"places": ()}, "observed nowhere"),
        ({"places": (("torch", cases.TF2_STYLE),)}, "unknown place"),
        ({"cases": lambda surface, program: []}, "no case decides it"),
        ({"verdicts": {cases.TF_LAYERS: [("1.13", HOLDS)]}}, "where it is not observed"),
        ({"verdicts": {cases.KERAS3: [("3.10", HOLDS), ("3.9", REFUTED)]}}, "ascending order"),
        ({"verdicts": {cases.KERAS3: [("3.0", "maybe")]}}, "none of holds"),
        ({"verdicts": {cases.KERAS3: [("3.0", HOLDS), ("3.1", HOLDS)]}}, "repeat themselves"),
    ],
)
def test_linter_names_what_is_wrong(changes, words):
    """A claim that is wrong in one way gives one sentence that says which."""
    claim = sound(**changes)
    assert any(words in problem for problem in lint_claims.problems({claim.id: claim}, [claim.id], []))


def because(text="TensorFlow 2.0 changed the rule.", source="https://example.org/why"):
    """A history with a reason for its second verdict."""
    return {"verdicts": {cases.KERAS3: [("3.0", HOLDS), ("3.1", REFUTED, Because(text, source))]}}


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"title": None}, "it has no title"),
        ({"title": "What a frozen layer does in fit() and in evaluate()"}, "at most 8 words"),
        ({"title": "Frozen layers hold still: refuted"}, 'its title says "refuted"'),
        ({"title": "What a layer moves"}, 'its title says "moves"'),
        ({"sentence": "The moving mean is moved by a batch."}, "statistics do not move"),
        ({"sentence": "A layer takes in a batch."}, 'says "takes in"'),
        ({"sentence": "No layer updates without training."}, "negates twice"),
        ({"sentence": "A layer is frozen. It infers."}, 'begins a sentence with "It"'),
        ({"matters": None}, "does not say why it matters"),
        ({"matters": "This is bad."}, 'begins a sentence with "This"'),
        ({"matters": "One." + " Two." * 30}, "not said in 30 words"),
        ({"advice": "Call " + "compile() " * 31 + "again."}, "its advice has 33 words"),
        ({"advice": "Call compile()"}, "its advice does not end with a full stop"),
        ({"search": ()}, "no words to be found by"),
        ({"search": ("GAN", "GAN")}, "or one twice"),
        ({"sources": ("https://github.com/keras-team/keras",)}, "speaks of no claim in particular"),
        (because(text="Changed in 2.0"), "its reason for 3.1 does not end with a full stop"),
        (because(source="normalization.py"), "its source normalization.py is no https address"),
    ],
)
def test_linter_reads_the_words_of_a_claim(changes, words):
    """Words that are wrong in one way give one sentence that says which."""
    claim = sound(**changes)
    (problem,) = lint_claims.problems({claim.id: claim}, [claim.id], [])
    assert words in problem
    assert lint_claims.problems({claim.id: sound(**because())}, [claim.id], []) == []


# What people type, and a claim that is an answer to it.
SYMPTOMS = {
    "val_accuracy": "update-ops-do-not-run-by-themselves",
    "chance": "update-ops-do-not-run-by-themselves",
    "GAN": "discriminator-compiled-before-freezing-trains",
    "fine-tuning": "frozen-application-infers",
    "base_model(x, training=False)": "base-called-with-training-false-keeps-inferring",
    "moving_mean does not change": "model-called-under-a-tape-infers",
    "Estimator": "keras-layer-leaves-update-ops-empty",
    "checkpoint": "saver-of-trainable-variables-loses-statistics",
    "mixed_float16": "mixed-precision-computes-in-float32",
    "import tensorflow.compat.v1 as tf": "compat-v1-keras-frozen-uses-batch-statistics",
    "padding": "masked-entries-stay-out-of-statistics",
    "batch size 1": "one-value-per-channel-has-variance-0",
    "momentum=1": "momentum-1-keeps-the-statistics",
    "set_learning_phase(0)": "learning-phase-0-stops-updates",
}


@pytest.mark.parametrize("words", SYMPTOMS)
def test_claims_are_found_by_the_words_of_a_symptom(words):
    """What people type leads to the claim that answers them, and to few others."""
    found = [claim.id for claim in load().values() if words.lower() in map(str.lower, claim.search)]
    assert SYMPTOMS[words] in found
    assert len(found) <= 30


def test_a_reason_leaves_the_verdict_as_it_is():
    """Pairs and triples are read alike, and a history tells why."""
    place = (cases.KERAS3, cases.TF2_STYLE)
    with_reason, without = sound(**because()), sound()
    assert [with_reason.expected(*place, release) for release in ("3.0", "3.1")] == [HOLDS, REFUTED]
    assert [one[:2] for one in with_reason.history(*place)] == [one[:2] for one in without.history(*place)]
    assert [one.because and one.because.source for one in with_reason.history(*place)] == [
        None, "https://example.org/why"
    ]  # fmt: skip
    assert sound(verdicts={}).history(*place) == [("0", HOLDS, None)]


def test_linter_notices_ids_that_come_and_go():
    """New, gone, unknown to the registry, and said twice."""
    registry = {"a-claim": sound(), "a-second": sound(id="a-second")}
    found = " ".join(lint_claims.problems(registry, ["a-claim", "an-old-one"], ["a-stranger"]))
    for words in (
        "an-old-one: landed before",
        "a-second: is new",
        "a-stranger: a test names it",
        "says the same as",
        "has the title of",
    ):
        assert words in found
    assert not lint_claims.problems({"a-claim": sound()}, ["a-claim"], ["a-claim"])


def test_linter_notices_former_ids_that_are_used_anew_or_lead_nowhere():
    """An old id is given to no other claim, and leads to a claim that exists, or to none at all."""
    assert former_ids.problems({"an-old-id": "an-id", "a-dropped-id": ""}, ["an-id"]) == []
    found = former_ids.problems({"an-old-id": "an-id", "older": "gone"}, ["an-id", "an-old-id"])
    assert [problem.partition(":")[0] for problem in found] == ["claim an-old-id", "former id older"]


@pytest.mark.parametrize(
    "release, verdict", [("3.0.5", HOLDS), ("3.1.0", REFUTED), ("3.15.1", REFUTED), ("2.9", HOLDS)]
)
def test_verdict_on_record_is_that_of_the_interval(release, verdict):
    """The newest pair not after the release; a release before all pairs is like the first."""
    assert sound().expected(cases.KERAS3, cases.TF2_STYLE, release) == verdict


@pytest.mark.parametrize(
    "observations, verdict",
    [([{"so": True}], HOLDS), ([{"so": False}], REFUTED), ([{"absent": "the API"}], NOT_APPLICABLE)],
)
def test_verdict_is_read_off_the_observations(observations, verdict):
    """Holds, refuted, or not applicable where the release lacks the API."""
    assert sound().verdict(observations) == verdict


def test_claims_are_values():
    """Two loads give the same registry."""
    assert load() is load()
    assert not dataclasses.is_dataclass(Claim)


def test_scenarios_have_the_name_of_their_claims():
    """One topic, one file on each side: a file of scenarios has claims of the same name, and decides some of them."""
    folder = lint_claims.ROOT / "fixtures" / "observer" / "scenarios"
    topics = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    decided = {
        case.name.partition(".")[0]
        for claim in load().values()
        for place in claim.places
        for case in claim.cases(*place)
        if case.kind == "scenario" and case.name.startswith(claim.group + ".")
    }
    assert topics == decided
