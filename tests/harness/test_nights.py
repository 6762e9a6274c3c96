"""From night to night: what is new, what is gone, and in which night a change came in."""

import copy
import json
import subprocess
import sys

import pytest
from support import comparison, gate_judgement, gate_report, known_changes, nights, releases, running
from support.environments import Target
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE

from fixtures import cases, record
from fixtures.record import plain, restore

BASE = "2.4.4"
CALL = cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id
CLAIM = "frozen-layer-infers tf.keras tf2-style"
OUTPUTS = "tf.keras layer_call numbers"
FROZEN = "tf.keras frozen-layer-infers regression"


@pytest.fixture(scope="module")
def base():
    """What both nights are held against; few cases of it, so that a night is judged at once."""
    whole = record.read(releases.calendar()[BASE].record)
    wanted = {CALL, *(case.id for case in comparison.observed_in(CLAIM))}
    observations = {name: entry for name, entry in whole["observations"].items() if name in wanted}
    return {**whole, "observations": observations, "verdicts": {CLAIM: whole["verdicts"][CLAIM]}, "elsewhere": {}}


@pytest.fixture
def night(base, tmp_path):
    """Writes what the gate leaves of one night; returns the folder."""

    def judged(day, moved=False, refuted=False, failures=None, problem=None):
        seen = copy.deepcopy(base)
        seen["provenance"]["tensorflow"] = f"2.5.0-dev202101{day:02}"
        if moved:
            outputs = restore(seen["observations"][CALL])["outputs"]
            seen["observations"][CALL]["outputs"] = plain([output + 1 for output in outputs])
        if refuted:
            seen["verdicts"][CLAIM] = "refuted"
        run = running.Run(record=seen, failures=failures or {}, problem=problem)
        found = gate_judgement.findings("nightly", run, BASE, base)
        report = gate_report.Report(Target("nightly"), run, gate_judgement.judge(run, found), BASE)
        folder = tmp_path / f"report-{day}"
        folder.mkdir(exist_ok=True)
        (folder / "gate.json").write_text(json.dumps(gate_report.as_data(report)))
        (folder / "summary.md").write_text("")
        record.write(folder / "record.json", seen)
        return folder

    return judged


@pytest.fixture
def kept(tmp_path):
    """What stays."""
    return tmp_path / "nights" / "nightly"


def told(folder, kept):
    """The news of a night, which is kept for the next one."""
    found = nights.news(folder, kept)
    nights.keep(found, kept)
    return found


def test_each_change_has_the_night_in_which_it_came(night, kept):
    """It stays the same in all later nights, and what is gone is told once."""
    first = told(night(1, moved=True), kept)
    assert first.since == {OUTPUTS: "TensorFlow 2.5.0-dev20210101 or earlier"}
    assert nights.told(first)[0].startswith("This is the first night")
    assert first.any
    second = told(night(2, moved=True, refuted=True), kept)
    assert (second.new, second.gone, second.any) == ([FROZEN], [], True)
    headline, came, *rest = nights.told(second)
    assert headline == (
        "New in TensorFlow 2.5.0-dev20210102 since TensorFlow 2.5.0-dev20210101: 1 change against 2.4.4 came in."
    )
    assert came.startswith("came in this night: ")
    assert rest == [f"came in with TensorFlow 2.5.0-dev20210101 or earlier: {OUTPUTS}"]
    third = told(night(3, moved=True, refuted=True), kept)
    assert (third.new, third.gone, third.any) == ([], [], False)
    assert nights.told(third)[0] == "Nothing is new in TensorFlow 2.5.0-dev20210103 since TensorFlow 2.5.0-dev20210102."
    assert third.since[FROZEN] == "TensorFlow 2.5.0-dev20210102"
    fourth = told(night(4, refuted=True), kept)
    assert (fourth.new, fourth.gone) == ([], [OUTPUTS])
    assert "1 is gone" in nights.told(fourth)[0]


def test_the_same_nightly_twice_is_no_news(night, kept):
    """And the change keeps its night."""
    told(night(1), kept)
    told(night(2, moved=True), kept)
    again = told(night(2, moved=True), kept)
    assert not again.any
    assert "no newer one was published" in nights.told(again)[0]
    assert again.since == {OUTPUTS: "TensorFlow 2.5.0-dev20210102"}


def test_what_the_record_of_the_night_before_shows_is_not_new(night, kept):
    """Though its night was forgotten, as when the gate compares with a newer release."""
    told(night(1), kept)
    told(night(2, moved=True), kept)
    (kept / "nights.json").unlink()
    third = told(night(3, moved=True), kept)
    assert (third.new, third.any) == ([], False)
    assert third.since == {OUTPUTS: "TensorFlow 2.5.0-dev20210102 or earlier"}


def test_a_number_that_changes_again_is_told(night, kept, base):
    """The change against the release has the same name in both nights; it is another than the night before."""
    told(night(1, moved=True), kept)
    folder = night(2, moved=True)
    seen = record.read(folder / "record.json")
    outputs = restore(seen["observations"][CALL])["outputs"]
    seen["observations"][CALL]["outputs"] = plain([output + 1 for output in outputs])
    record.write(folder / "record.json", seen)
    found = nights.news(folder, kept)
    assert [known_changes.name_of(behaviour) for behaviour in found.differs] == [OUTPUTS]
    assert any(line.startswith("other than TensorFlow 2.5.0-dev20210101: ") for line in nights.told(found))


def test_a_failed_test_is_new_in_one_night_only(night, kept):
    """No record tells of it: the ledger does."""
    told(night(1), kept)
    name = "tf.keras layer_call unspecified"
    failures = {CALL: "it differs"}
    assert told(night(2, failures=failures), kept).new == [name]
    third = told(night(3, failures=failures), kept)
    assert (third.new, third.since) == ([], {name: "TensorFlow 2.5.0-dev20210102"})
    assert told(night(4), kept).gone == [name]


def run(*arguments):
    """As the workflow starts it."""
    return subprocess.run(
        [sys.executable, str(releases.ROOT / "scripts" / "nights.py"), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_news_stand_in_the_report(night, kept):
    """In its summary and as data; the exit code says whether there are any."""
    assert run(night(1), kept).returncode == UNCHANGED
    folder = night(2, moved=True)
    done = run(folder, kept)
    assert (done.returncode, done.stderr) == (CHANGED, "")
    assert done.stdout.splitlines()[0] in (folder / "summary.md").read_text()
    assert json.loads((folder / "nights.json").read_text())["new"] == [OUTPUTS]


def test_a_night_that_was_not_judged_leaves_what_is_kept(night, kept, tmp_path):
    """So that the next one is compared with the last that was; a folder without a report is wrong usage."""
    told(night(1), kept)
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    done = run(night(2, moved=True, problem="the import failed."), kept)
    assert (done.returncode, done.stdout) == (NOT_JUDGED, "")
    assert done.stderr == "not judged: the import failed. What is kept of earlier nights stays as it is.\n"
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    for text in (None, "[]", '{"exit_code": 0, "headline": "", "baseline": "2.4.4"}'):
        if text is not None:
            (tmp_path / "gate.json").write_text(text)
        done = run(tmp_path, kept)
        assert (done.returncode, done.stderr) == (USAGE, f"{tmp_path}: there is no report of gate.py in it.\n")


def test_a_broken_record_of_the_night_before_is_said(night, kept):
    """And tonight's takes its place; the nights of the changes stay."""
    told(night(1), kept)
    told(night(2, moved=True), kept)
    (kept / "record.json").write_text("{")
    found = told(night(3, moved=True), kept)
    assert "cannot be used" in nights.told(found)[0]
    assert found.since == {OUTPUTS: "TensorFlow 2.5.0-dev20210102"}
    assert not told(night(4, moved=True), kept).any
