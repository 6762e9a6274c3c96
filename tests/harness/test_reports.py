"""The list of users' reports keeps its own rules, and the linter notices when one does not."""

import dataclasses

import pytest

from fixtures.claims import load
from scripts.support import proof, reports
from scripts.support.pages import reports as report_pages

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
    """The report that the next test changes in one way, also when all that may be missing is there."""
    assert reports.problems([SOUND], ["a-claim"]) == []
    changed = dataclasses.replace(
        SOUND, drawn="2026-11", title="So", error="ValueError: 'tf/a' is 1/2", differs="Not so.", advice="Do so. Or so."
    )  # fmt: skip
    assert reports.problems([changed], ["a-claim"]) == []


def test_drawn_reports_are_counted_apart():
    """One of three was noticed as it was, one led to a claim, and one about something else does not count."""
    drawn = dataclasses.replace(SOUND, drawn="2026-11")
    since = dataclasses.replace(drawn, noticed=False)
    open_, other = (
        dataclasses.replace(drawn, claims=(), noticed=False, unseen="It needs a GPU.", kind=kind)
        for kind in (reports.KINDS[0], reports.KINDS[-1])
    )
    assert reports.drawn([SOUND, SOUND, drawn, since, open_, other]) == {
        "reports": 3, "noticed": 1, "claims since": 1, "open": 1,
    }  # fmt: skip


def test_pages_tell_how_many_of_the_drawn_were_noticed(monkeypatch):
    """The list and the figures of the proof say it in the same words, and nothing where none were drawn."""
    drawn = dataclasses.replace(SOUND, drawn="2026-11")
    words = "Of 1 reports drawn last, before anyone looked, the suite noticed 1;"
    assert words in report_pages.counts([SOUND, drawn]) and "drawn last" not in report_pages.counts([SOUND])
    for found, told in (([SOUND, drawn], 1), ([SOUND], 0)):
        monkeypatch.setattr(proof.reports, "load", lambda found=found: found)
        assert sum(line.startswith("- " + words) for line in proof.figures()) == told


def test_page_of_documentation_tells_the_title_and_what_differs():
    """The title of the thread stands beside the link, none of its signs is Markdown, and what differs comes first."""
    report = dataclasses.replace(SOUND, title="a|b <c> __init__", differs="Other.", unseen="A GPU.", noticed=False)
    (*_, row) = report_pages.rows([report])
    assert "(https://example.org/1) “a\\|b \\<c\\> \\_\\_init\\_\\_” | It is so. |" in row
    assert row.endswith("| became `a-claim`. Other. A GPU. |")


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
        ({"drawn": "2026"}, "it was not drawn in a month"),
        ({"drawn": "2026-13"}, "it was not drawn in a month"),
        ({"title": "A title\nand more"}, "its title is no line"),
        ({"title": "long " * 50}, "its title is no line"),
        ({"error": "ValueError: one\nand more"}, "its error is no line"),
        ({"error": "ValueError" + ": long" * 40}, "its error is no line"),
        ({"error": "model.py:12: ValueError"}, "its error names a place on a machine"),
        ({"error": "OSError: /home/me/model.h5"}, "its error names a place on a machine"),
        ({"differs": "Another error is seen"}, "its differs does not end"),
        ({"differs": "Another.", "claims": (), "noticed": False, "unseen": "It needs a GPU."}, "no claim has any"),
        ({"advice": "This helps."}, 'its advice begins a sentence with "This"'),
        ({"advice": "so " * 31 + "on."}, "its advice has 32 words"),
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
