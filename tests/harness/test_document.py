"""The pages: made from the records, and a difference is noticed."""

import re
import sys
from xml.etree import ElementTree

import document
import numpy as np
import pytest
from support import picture, proof, ranges
from support.comparison import Side
from support.pages import changelog, flags, topics
from support.pages.common import timeline
from support.site import told as telling
from support.terminal import CHANGED, UNCHANGED
from support.watched_values import Watch

from fixtures import cases, summary
from fixtures.claims import GROUPS, HOLDS, REFUTED, load
from fixtures.compare import words
from fixtures.record import restore


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Two pages, short, in a folder of their own, and the figures of a README."""
    monkeypatch.setattr(document, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text(
        "before\n<!-- figures: written by scripts/document.py -->\n<!-- end of figures -->\n"
    )
    monkeypatch.setattr(document, "pages", lambda: {"one.md": "one\ntwo\n", "flags.svg": "<svg/>\n"})

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["document.py", *arguments])
        return document.main()

    return run


@pytest.fixture(scope="module")
def made():
    """All pages, made of the records."""
    return document.pages()


def test_pages_that_were_written_are_as_they_should_be(pages):
    """Write, then check."""
    assert (pages("--check"), pages(), pages("--check")) == (CHANGED, UNCHANGED, UNCHANGED)


def test_a_page_that_was_edited_is_noticed(pages, capsys, tmp_path):
    """With the lines that differ."""
    pages()
    (tmp_path / "docs" / "one.md").write_text("one\n2\n")
    assert pages("--check") == CHANGED
    assert "-2" in capsys.readouterr().err


def test_steps_are_told_in_turn():
    """Only where they change."""
    assert flags.in_turn(["trains", "frozen", "frozen"]) == "trains, then frozen"


@pytest.mark.slow
def test_change_log_tells_what_the_releases_are_known_for(made):
    """From the records: 2.0 for frozen layers, 2.6 for rank 5, Keras 3.2 for layers frozen before they are built."""
    text = "".join(made[file] for file in changelog.FILES)
    for phrase in (
        "**numbers changed**: A frozen layer infers.",
        "Bessel's correction for inputs of rank 4 and 5",
        "From 2.2 on compile() takes effect at once",
        "A layer frozen before it is built stays as it is",
    ):
        assert phrase in text


@pytest.mark.slow
def test_pages_are_small_and_their_links_lead_somewhere(made):
    """Every page is read in a moment; every anchor that a page names is on the page that it names."""
    assert {file: len(text.encode()) for file, text in made.items() if len(text.encode()) > document.LARGEST} == {}
    there = {file: set(re.findall(r'<a id="([^"]+)">', text)) for file, text in made.items()}
    written = {path.name for path in (document.ROOT / "docs").iterdir()} | set(made)
    for file, text in made.items():
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
            assert target in written, f"{file} links to {target}, which is not there"
            assert not anchor or anchor in there[target], f"{file} links to {target}#{anchor}, which is not there"


@pytest.mark.slow
def test_every_claim_stands_on_one_page(made):
    """With its title, its sentence and its sources; the index has them all."""
    assert {group for topic in topics.TOPICS for group in topic.groups} == set(GROUPS)
    for told in telling.everything().values():
        page = made[topics.PAGE_OF[told.claim.group]]
        assert page.count(f'<a id="{told.claim.id}"></a>') == 1
        assert all(words in page for words in (told.claim.title, told.claim.sentence, *told.claim.sources))
        assert f"[{told.claim.title}]({topics.address(told)})" in made["README.md"]


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([30, 30], "each took 1/30 of the cases"),
        ([1], "each took all cases"),
        ([10, 1, 10], "1 took all cases, 2 took 1/10 of them"),
    ],
)
def test_figures_say_how_much_a_repetition_ran(shares, told):
    """A repetition of a part of the cases is none of all."""
    assert proof.shares({str(number): {"share": share} for number, share in enumerate(shares)}) == told


def test_a_release_ran_all_cases_when_each_circumstance_did():
    """One circumstance with a part of the cases, or with a false alarm, and it did not."""
    results = {
        f"{release}, {circumstance}": {"result": end, "share": share}
        for release, end, share in (("2.4.4", "same", 1), ("2.5.3", "true alarm", 1), ("2.6.5", "same", 1))
        for circumstance in ("two threads", "oneDNN on")
    }
    assert proof.with_all_cases(results) == ["2.4.4", "2.5.3", "2.6.5"]
    results["2.4.4, oneDNN on"]["share"] = 10
    results["2.5.3, two threads"]["result"] = "false alarm"
    assert proof.with_all_cases(results) == ["2.6.5"]


def test_patches_count_as_observed_when_every_part_was_the_same():
    """A part that is missing, or that differs, and the release is not."""

    def ten(release, ends):
        return {
            f"{release}, {number}": {"result": end, "share": 10, "like": "2.4.4"} for number, end in enumerate(ends)
        }

    same = ["same"] * 9
    results = {
        **ten("2.4.0", [*same, "true alarm"]), **ten("2.4.1", same), **ten("2.4.2", [*same, "false alarm", "same"]),
        "2.4.4, 0": {"result": "same", "share": 1},
    }  # fmt: skip
    assert proof.alike(results) == ["2.4.0"]


@pytest.mark.slow
def test_evidence_of_a_refuted_claim_is_what_refutes_it():
    """Keras 3.0 trains the gamma of a layer that was frozen before it was built."""
    claim = load()["frozen-parameters-stay-in-fit"]
    case = claim.cases(cases.KERAS3, cases.TF2_STYLE)[0]
    side = next(side for side in timeline(cases.KERAS3) if side.name == "keras-3.0.5")
    gamma = words(restore(side.record["observations"][case.id])["state"]["gamma"])
    (first, *_) = telling.evidence(claim, cases.KERAS3, cases.TF2_STYLE, "keras-3.0.5")
    assert (first.case, first.values[0]) == (case.id, ("state gamma", gamma))


@pytest.mark.slow
def test_words_and_reasons_stand_with_a_claim():
    """Its title, why it matters, what to do; a reason once, with all places that share it."""
    told = telling.everything()["trainable-is-fixed-at-compile"]
    lines = list(topics.entry(told))
    assert f"### {told.claim.title}" in lines
    assert f"*Why it matters*: {told.claim.matters}" in lines
    assert f"*What to do*: {told.claim.advice}" in lines
    (reason,) = [line for line in lines if line.startswith("- Why (tf.compat.v1.keras, tf.keras, as of 1.13): ")]
    assert reason.endswith("training.py#L327)")


def test_reader_sees_what_is_compared_as_a_whole():
    """An observation that equals another, or not, was read to its end."""
    for other, alike in (({"a": 1, "b": [{"c": 2}]}, True), ({"a": 1, "b": [{"c": 3}]}, False)):
        watch = Watch()
        assert (watch.watched({"a": 1, "b": [{"c": 2}]}, 0) == other) is alike
        assert {place for _, place in watch.seen} == {"a", "b 1 c"}


def test_reader_notes_what_is_taken_out():
    """Of tables and lists, each place once, in the order in which it was last read."""
    watch = Watch()
    seen = watch.watched(
        {"a": np.ones(2), "b": [{"c": 1}, {"c": 2}], "names": ["x", "y"], "unread": 3, "d": {"e": 5, "f": 6}}, 0
    )
    assert "no" not in seen
    assert watch.seen == {}
    assert "a" in seen
    assert [entry["c"] for entry in seen["b"]] == [1, 2]
    assert seen["names"] == ["x", "y"]
    assert dict(seen["d"]) == {"e": 5, "f": 6}
    assert seen.get("no") is None
    assert seen["b"][-1]["c"] == 2
    assert [place for _, place in watch.seen] == ["a", "b 1 c", "names", "d e", "d f", "b 2 c"]
    assert all(number == 0 for number, _ in watch.seen)


def test_words_of_verdicts_by_range():
    """One word where nothing changed."""

    def of(label, verdict):
        return telling.Range(label, verdict, (label,), "")

    assert topics.of_releases((of("1.13–2.15", HOLDS),)) == "as stated in all measured releases"
    assert topics.of_releases((of("1.13", REFUTED), of("1.14–2.15", HOLDS))) == (
        "**otherwise** 1.13; as stated 1.14–2.15"
    )


def boxes(svg):
    """What the boxes of a picture say, each with its fill."""
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    return [(box.find(f"{space}title").text, box.get("fill")) for box in root.iter(f"{space}rect") if len(box)]


def test_bars_are_one_for_neighbours_that_behave_alike():
    """What was not measured yet has a colour of its own, and a value without a colour has the last one's."""
    strip = picture.Strip("line", [("1.13.2", "x"), ("1.14.0", "x"), ("2.0.4", ranges.NOT_YET), ("2.1.4", "z")])
    svg = picture.bars("all", [picture.Panel("title", [strip])], {"x": "#111", "other": "#222"})
    assert boxes(svg)[2:] == [
        ("not measured yet", picture.UNMEASURED),
        ("1.13–1.14: x", "#111"), ("2.0: not measured yet", picture.UNMEASURED), ("2.1: z", "#222"),
    ]  # fmt: skip


@pytest.mark.slow
def test_a_case_that_a_record_lacks_is_not_measured_yet_and_one_that_crashed_is_told():
    """Two things, that a page must not take for one."""
    side = next(side for side in timeline(cases.KERAS3) if side.name == "keras-3.0.5")
    lacks, crashed = summary.case_of(side.surface, "False", True).id, summary.case_of(side.surface, "True", True).id
    seen = {name: entry for name, entry in side.record["observations"].items() if name != lacks}
    seen[crashed] = {"ended": "crashed"}
    found = flags.cells(Side(side.name, side.surface, {**side.record, "observations": seen}))
    assert found[summary.ROWS.index(("False", True))] == ranges.NOT_YET
    assert found[summary.ROWS.index(("True", True))] == "crashed"


def test_what_1_13_does_to_a_frozen_layer_is_told_with_its_limit():
    """In the table and in the picture: eager calls of the fused kernel only."""
    sides = timeline(cases.TF_KERAS_BUNDLED)
    told = [flags.cells(side)[summary.ROWS.index(("True", False))] for side in sides]
    assert told[0] == f"batch statistics, mean and variance are updated, {flags.LIMIT}"
    assert not any(flags.LIMIT in words for words in told[1:])
    assert flags.note_on(sides).startswith("1.13, training=True, trainable=False: ")
    assert flags.note_on(sides) in flags.flags_picture()
    assert flags.note_on(timeline(cases.KERAS3)) == ""


@pytest.mark.slow
def test_picture_shows_every_release():
    """From the records."""
    by_flags = flags.flags_picture()
    assert all(f">{name}<" in by_flags for name in ("1.13", "2.15", "2.21", "3.15", "nightly"))
    assert "<title>1.14–1.15: batch statistics, nothing is updated</title>" in by_flags
