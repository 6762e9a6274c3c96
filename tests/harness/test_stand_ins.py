"""Batch normalizations that are wrong in one named way: none passes, and every claim and test notices one."""

import importlib.util
import itertools
import random
import re
from pathlib import Path

import pytest

from fixtures import cases, judging
from fixtures.claims import Claim, load
from fixtures.plugin.checks import Check
from tests.harness.stand_ins import DEFECTS, NONE, RELEASES, Defect, stand_in

pytestmark = pytest.mark.slow  # every claim and test, against every defect
ROOT = Path(__file__).resolve().parents[2]
ENOUGH = 16  # cases of a test of the matrix that are tried, of each surface


def module(path: Path):
    """A file of the suite as a module of its own."""
    spec = importlib.util.spec_from_file_location("judged_" + path.parent.name + "_" + path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


# Each test of the matrix with its cases: the very functions that judge a release.
MATRIX = {
    f"{folder}: {name}": (test, mark.args[0])
    for folder in ("tf1_compat", "keras_v2")
    for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
    for name, test in vars(module(path)).items()
    if name.startswith("test_")
    for mark in getattr(test, "pytestmark", ())
    if mark.name == "cases"
}


def sentence(judge, release, defect, *subject):
    """What a test of the suite says of a stand-in: its failure, or None."""
    try:
        judge(Check(stand_in(release, defect)), *subject)
    except pytest.fail.Exception as failure:
        assert "is not decided" not in str(failure), f"{defect} leaves what a claim cannot read: {failure}"
        return str(failure)
    return None


def places(claim):
    """Where a claim is put to the test: release, surface, program."""
    return [
        (release, surface, program)
        for release, (surface, program) in itertools.product(RELEASES, claim.places)
        if all(map(stand_in(release).has, claim.cases(surface, program)))
    ]


def claim_kills(claim, defects=DEFECTS):
    """The defects that change the verdict on a claim, each with the sentence that says so."""
    here = places(claim)
    for defect in defects:
        for release, surface, program in here:
            # The same observations give the same verdict.
            if any(map(stand_in(release, defect).alters, claim.cases(surface, program))):
                found = sentence(Check.claim, release, defect, claim, surface, program)
                if found:
                    yield defect, found


def sample(chosen, release):
    """Some of the cases that a release has, in each run the same.

    Of each surface as many: a switch may be another one on one surface alone.
    """
    there = {}
    for case in chosen:
        if stand_in(release).has(case):
            there.setdefault(case.surface, []).append(case)
    draw = random.Random(0)
    return [case for some in there.values() for case in draw.sample(some, min(ENOUGH, len(some)))]


def matrix_kills(name, defects=DEFECTS):
    """The defects that a test of the matrix notices, each with its sentence."""
    test, chosen = MATRIX[name]
    here = [(release, case) for release in RELEASES for case in sample(chosen, release)]
    for defect in defects:
        for release, case in here:
            if stand_in(release, defect).alters(case):
                found = sentence(test, release, defect, case)
                if found:
                    yield defect, found
                    break


def assert_kills(claim):
    """Fail for a claim that no defect touches."""
    if not places(claim):
        pytest.fail(f"claim {claim.id}: neither {' nor '.join(RELEASES)} has a record of its cases", pytrace=False)
    if next(claim_kills(claim), None) is None:
        pytest.fail(
            f"claim {claim.id} kills no stand-in: nothing that could go wrong would change its verdict", pytrace=False
        )


# --- the stand-in stands --------------------------------------------------------------------------


@pytest.mark.parametrize("release", RELEASES)
def test_sound_stand_in_has_every_verdict_on_record(release):
    """Without a defect each claim, in each place, is as true as it was observed to be."""
    judged = [(claim, place) for claim in load().values() for place in places(claim) if place[0] == release]
    wrong = [sentence(Check.claim, release, NONE, claim, *place[1:]) for claim, place in judged]
    assert list(filter(None, wrong)) == []
    assert judged


@pytest.mark.parametrize("name", MATRIX)
def test_sound_stand_in_passes_every_test_of_the_matrix(name):
    """Without a defect nothing is noticed."""
    test, chosen = MATRIX[name]
    seen = [sentence(test, release, NONE, case) for release in RELEASES for case in sample(chosen, release)]
    assert seen
    assert set(seen) == {None}


# --- nothing that is wrong passes -----------------------------------------------------------------


@pytest.mark.parametrize("name", load())
def test_claim_kills_a_stand_in(name):
    """Something that could go wrong changes the verdict."""
    assert_kills(load()[name])


@pytest.mark.parametrize("name", MATRIX)
def test_test_of_the_matrix_kills_a_stand_in(name):
    """And the sentence says what was seen, what should have been, and by which call."""
    defect, found = next(matrix_kills(name), (None, ""))
    assert defect, f"{name} kills no stand-in: nothing that could go wrong would fail it"
    assert re.search("but should be|is published", found)
    assert any(call in found for call in judging.CALLS.values())


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_defect_is_killed(defect):
    """By a claim or a test of the matrix, which names what it observed."""
    by_claims = ((claim.id, found) for claim in load().values() for _, found in claim_kills(claim, [defect]))
    by_matrix = (("but should be", found) for name in MATRIX for _, found in matrix_kills(name, [defect]))
    words, found = next(itertools.chain(by_claims, by_matrix), ("", None))
    assert found, f"a batch normalization passes although {defect}"
    assert words in found


@pytest.mark.parametrize("defect", [defect for defect in DEFECTS if defect.switches], ids=str)
def test_known_semantics_are_recognized(defect):
    """A defect that is a switch of the semantics table is named in the sentence of the test that notices it."""
    sentences = (found for name in MATRIX for _, found in matrix_kills(name, [defect]))
    assert any(str(defect) in found for found in sentences)


# --- and the tests above can fail -----------------------------------------------------------------


def made_up(decide):
    """A claim on calls of the layer, in both releases."""
    return Claim(
        "a-made-up-claim", "It is so.", ("https://example.org",),
        tuple((surface, cases.TF2_STYLE) for surface in (cases.KERAS3, cases.TF_KERAS_BUNDLED)),
        lambda surface, program: [cases.layer_call(surface, "True", "after_build-False")], decide, {}, "published",
    )  # fmt: skip


def test_claim_that_is_always_true_is_reported():
    """It would stay true whatever went wrong."""
    vacuous = made_up(lambda seen: True)
    assert {release for release, *_ in places(vacuous)} == set(RELEASES)
    with pytest.raises(pytest.fail.Exception, match="claim a-made-up-claim kills no stand-in: nothing that could"):
        assert_kills(vacuous)


def test_claim_without_a_record_is_reported():
    """Where nothing was observed nothing can be noticed."""
    claim = made_up(lambda seen: True)._replace(
        cases=lambda surface, program: [cases.scenario("group.nobody_ran_it", surface, program)]
    )
    with pytest.raises(pytest.fail.Exception, match=r"nor 1\.15\.5 has a record"):
        assert_kills(claim)


def test_claim_that_asks_is_not_reported():
    """The same claim, with a question."""
    assert_kills(made_up(lambda seen: seen["trainable_weights"] == []))


def test_defect_that_does_nothing_is_reported():
    """It changes no observation, so nobody could notice it."""
    idle = Defect("it does nothing")
    with pytest.raises(AssertionError, match="passes although it does nothing"):
        test_defect_is_killed(idle)


def test_defects_are_few_and_each_says_something_else():
    """One sentence each, in words of the field, far fewer than the claims that they serve."""
    assert len(DEFECTS) < len(load()) / 2
    assert len({str(defect) for defect in DEFECTS}) == len(DEFECTS)
