"""The titles of the threads that claims cite: the list keeps its own rules, and its readers notice when it does not."""

import dataclasses

import pytest

from fixtures.claims import load
from scripts.support import reports, threads

SOUND = threads.Thread("https://example.org/1", "The mean does not change")


def problem(thread, cited=(SOUND.address,), reported=()):
    """The only problem of a thread."""
    (found,) = threads.problems([thread], cited, reported)
    return found


def test_list_keeps_its_rules():
    """Every thread is cited by a claim, and is there once and in no other list."""
    cited = {address for claim in load().values() for address in threads.cited(claim)}
    assert threads.problems(threads.load(), cited, {report.address for report in reports.load()}) == []


def test_sound_thread_has_no_problem():
    """The thread that the next test changes in one way."""
    assert threads.problems([SOUND], [SOUND.address], []) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": " Padded"}, "its title is no line of 200 characters at most"),
        ({"error": "ValueError: in /home/me/train.py"}, "its error names a place on a machine"),
        ({"address": "https://example.org/2"}, "no claim cites it"),
    ],
)
def test_wrong_thread_is_told(change, words):
    """Each rule has a sentence of its own."""
    assert words in problem(dataclasses.replace(SOUND, **change))


def test_thread_of_two_lists_is_told():
    """A thread that is a report has its title there; one that is listed twice is told, too."""
    assert "a report of the list of reports" in problem(SOUND, reported=[SOUND.address])
    assert "it is in the list twice" in threads.problems([SOUND, SOUND], [SOUND.address], [])[0]


def test_file_that_lacks_a_field_is_told(tmp_path):
    """An entry is named by its number, with what it lacks."""
    path = tmp_path / "threads.toml"
    path.write_text('[[thread]]\naddress = "https://example.org/1"\ntitel = "So"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"thread 1: lacks \['title'\], does not know \['titel'\]"):
        threads.load(path)


def test_sources_and_reasons_of_a_claim_are_cited():
    """The issue of virtual batches in inference is the source of a claim, and the reason for its verdict: told once."""
    cited = threads.cited(load()["virtual-batches-need-not-divide-in-inference"])
    assert cited.count("https://github.com/tensorflow/tensorflow/issues/23050") == 1
    titles = [thread.title for thread in threads.of_claim(load()["virtual-batches-need-not-divide-in-inference"])]
    assert any("virtual_batch_size" in title for title in titles)
