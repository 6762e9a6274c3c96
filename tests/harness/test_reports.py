"""The list of users' reports keeps its own rules, and the linter notices when one does not."""

import dataclasses

import pytest

from fixtures.claims import load
from scripts.support import reports

SOUND = reports.Report(
    address="https://example.org/1", says="It is so.", program=("A layer.",), came="One.", should="Two.",
    versions=("2.1",), kind="defect", claims=("a-claim",), noticed=True,
)  # fmt: skip


def test_users_list_keeps_its_rules():
    """Every address is https and there once, every claim exists, and no sentence is too long."""
    assert reports.problems(reports.load(), load()) == []


def test_counts_add_up():
    """Each report about batch normalization was noticed, became a claim, or is open."""
    counted = reports.counts(reports.load())
    assert counted["noticed"] + counted["claims since"] + counted["open"] == counted["reports"] >= 70


def test_sound_report_has_no_problem():
    """The report that the next test changes in one way."""
    assert reports.problems([SOUND], ["a-claim"]) == []


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"address": "http://example.org/1"}, "not an https address"),
        ({"says": "It is so"}, "says does not end"),
        ({"should": "so " * 31 + "on."}, "should has 32 words"),
        ({"came": "The moving mean moves."}, 'its came says "moves"'),
        ({"says": "There is no output without a mask."}, "its says negates twice"),
        ({"program": ("A layer", "A call.")}, "program does not end"),
        ({"program": ()}, "no program shows it"),
        ({"kind": "rumour"}, "its kind is none of"),
        ({"claims": ("another-claim",)}, "there is no claim another-claim"),
        ({"claims": (), "unseen": "It needs a GPU."}, "no claim says by what"),
        ({"claims": (), "noticed": False}, "does not say what stands in the way"),
        ({"unseen": "It needs a GPU"}, "unseen does not end"),
    ],
)
def test_linter_notices_one_fault(changes, words):
    """One sentence, which begins with the address."""
    changed = dataclasses.replace(SOUND, **changes)
    (problem,) = reports.problems([changed], ["a-claim"])
    assert problem.startswith(changed.address + ": ") and words in problem


def test_linter_notices_an_address_twice():
    """The second one is told."""
    assert reports.problems([SOUND, SOUND], ["a-claim"]) == ["https://example.org/1: it is in the list twice."]


@pytest.mark.parametrize("line, words", [("", r"lacks \['says'\]"), ('says = "It."\nsaid = 1\n', "does not know")])
def test_loader_refuses_other_fields(tmp_path, line, words):
    """A field that is missing, or not known, is an error that names it."""
    path = tmp_path / "users.toml"
    path.write_text(
        '[[report]]\naddress = "https://example.org"\nprogram = []\ncame = ""\nshould = ""\n'
        f'versions = []\nkind = "defect"\nclaims = []\nnoticed = false\n{line}'
    )
    with pytest.raises(ValueError, match=words):
        reports.load(path)
