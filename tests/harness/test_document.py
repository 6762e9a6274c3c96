"""The pages: made from the records, and a difference is noticed."""

import sys

import document
import pytest
from support import proof
from support.terminal import CHANGED, UNCHANGED


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """The two pages, short, in a folder of their own."""
    monkeypatch.setattr(document, "ROOT", tmp_path)
    monkeypatch.setattr(document, "OBSERVED", tmp_path / "docs" / "observed.md")
    monkeypatch.setattr(document, "CHANGELOG", tmp_path / "docs" / "changelog.md")
    monkeypatch.setattr(document, "PROOF", tmp_path / "docs" / "proof.md")
    monkeypatch.setattr(document, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text(
        "before\n<!-- figures: written by scripts/document.py -->\n<!-- end of figures -->\n"
    )
    monkeypatch.setattr(document, "observed_behaviour", lambda: "one\ntwo\n")
    monkeypatch.setattr(document, "changelog", lambda: "three\n")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["document.py", *arguments])
        return document.main()

    return run


def test_pages_that_were_written_are_as_they_should_be(pages):
    """Write, then check."""
    assert (pages("--check"), pages(), pages("--check")) == (CHANGED, UNCHANGED, UNCHANGED)


def test_a_page_that_was_edited_is_noticed(pages, capsys):
    """With the lines that differ."""
    pages()
    document.OBSERVED.write_text("one\n2\n")
    assert pages("--check") == CHANGED
    assert "-2" in capsys.readouterr().err


def test_steps_are_told_in_turn():
    """Only where they change."""
    assert document.in_turn(["trains", "frozen", "frozen"]) == "trains, then frozen"


def test_change_log_tells_what_the_releases_are_known_for():
    """From the records: 2.0 for frozen layers, 2.6 for rank 5, Keras 3.2 for layers frozen before they are built."""
    text = document.changelog()
    for words in (
        "a frozen layer normalizes with its moving statistics",
        "images of rank 4 and 5 take the fused kernel",
        "trainable is read at compile()",
        "a layer frozen before it is built keeps gamma and beta",
    ):
        assert words in text


@pytest.mark.parametrize(("shares", "told"), [([30, 30], "1/30"), ([10, 30], "1/30 to 1/10"), ([1], "all")])
def test_figures_say_how_much_a_repetition_ran(shares, told):
    """A repetition of a part of the cases is none of all."""
    assert proof.shares({str(number): {"share": share} for number, share in enumerate(shares)}) == told
