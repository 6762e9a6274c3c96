"""Who the candidate is in an environment that exists."""

import json
import subprocess
from pathlib import Path

import gate
import pytest
from support import candidate, environments, gate_judgement, gate_report, releases, running, standing

NONE: dict[str, Path | None] = {"tensorflow": None, "keras": None}
NEWEST = {line: str(releases.recorded(line)[0].version) for line in ("tensorflow", "keras")}


@pytest.mark.parametrize(
    "versions, line",
    [
        ({"tensorflow": NEWEST["tensorflow"], "keras": "3.99.0"}, "keras"),
        ({"tensorflow": "2.99.0", "keras": NEWEST["keras"]}, "tensorflow"),
        ({"tensorflow": "2.99.0-dev20991231", "keras": "3.99.0.dev2099123103"}, "tensorflow"),
        (NEWEST, "tensorflow"),
        ({"tensorflow": "2.15.1", "keras": "2.15.0"}, "tensorflow"),
        ({"tensorflow": "1.15.5"}, "tensorflow"),
    ],
)
def test_the_package_without_a_record_is_the_candidate(versions, line):
    """And TensorFlow, where both are new, or neither is; a Keras of TensorFlow 2 is no candidate of its own."""
    assert candidate.line_of(versions, NONE) == line


def test_a_checkout_is_the_candidate(tmp_path):
    """Though it still calls itself what was released last."""
    assert candidate.line_of(NEWEST, {**NONE, "keras": tmp_path}) == "keras"


@pytest.fixture
def checkout(tmp_path):
    """A checkout of a package, with one commit."""
    folder = tmp_path / "keras"
    folder.mkdir()
    (folder / "file.py").write_text("")
    for command in (
        ["init", "-q"], ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-q", "-m", "first"],
    ):  # fmt: skip
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return folder


def interpreter(folder: Path, origin: dict) -> Path:
    """What answers as the interpreter of an environment whose Keras has such an origin."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\ncase \"$*\" in *keras-nightly*) echo '{json.dumps(origin)}';; esac\n")
    python.chmod(0o755)
    return python


def test_an_editable_checkout_is_named_by_its_commit(tmp_path, checkout):
    """And by whether there is more in it."""
    origin = {"url": checkout.as_uri(), "dir_info": {"editable": True}}
    target = environments.Target("venv/bin/python", python=interpreter(tmp_path, origin))
    known = candidate.recognized(target, NEWEST)
    assert known.line == "keras"
    assert known.commit.startswith("commit ")
    assert len(known.commit.split()[1]) == 10
    (checkout / "file.py").write_text("x = 1\n")
    assert candidate.recognized(target, NEWEST).commit.endswith(" and changes that are not committed")
    run = running.Run(record={"provenance": NEWEST})
    report = gate_report.Report(known, run, gate_judgement.judge(run, None))
    assert report.title == f"Keras {NEWEST['keras']} ({known.commit}) on TensorFlow {NEWEST['tensorflow']}"


def test_a_wheel_that_was_installed_from_a_file_is_no_checkout(tmp_path):
    """Nor is a folder that git does not know."""
    origin = {"url": (tmp_path / "keras.whl").as_uri(), "archive_info": {}}
    target = environments.Target("venv/bin/python", python=interpreter(tmp_path, origin))
    assert (candidate.recognized(target, NEWEST).line, candidate.recognized(target, NEWEST).commit) == (
        "tensorflow", None,
    )  # fmt: skip
    assert candidate.commit(tmp_path) is None


@pytest.mark.parametrize(("commit", "expected"), [("commit 0123456789", 0), (None, 1)])
def test_baseline_is_the_newest_stable_release_of_that_package(commit, expected):
    """Before it; of a checkout that has the number of a release, that release."""
    target = environments.Target("python", line="keras", commit=commit)
    assert gate.baseline(None, target, {"provenance": NEWEST})[0] == releases.recorded("keras")[expected].name


@pytest.mark.slow
def test_what_an_environment_does_not_hold_is_a_note():
    """Where the gate made the environment itself it is a gap: the verdict would stand on too little."""
    base = standing.read(releases.calendar()["2.21.0"].record)
    provenance = {k: v for k, v in base["provenance"].items() if k != "tf_keras"}
    seen = dict(
        base, provenance=provenance,
        observations={name: entry for name, entry in base["observations"].items() if "-keras-" in name},
        verdicts={name: verdict for name, verdict in base["verdicts"].items() if " keras " in name},
    )  # fmt: skip
    run = running.Run(record=seen)
    found = gate_judgement.findings("python", run, "2.21.0", base, as_it_is=True)
    assert found.gaps == ()
    assert "tf_keras is not judged: it is not installed here, and 2.21.0 has it." in found.left_out
    assert any(note.startswith("tf.layers is judged in ") for note in found.left_out)
    judged = gate_judgement.judge(run, found)
    assert (judged.code, judged.notes[: len(found.left_out)]) == (0, found.left_out)
    report = gate_report.Report(environments.Target("python"), run, judged, "2.21.0")
    said = "Judged: keras against the record of 2.21.0. Choose otherwise with --baseline and --surface."
    assert gate_report.as_text(report).splitlines()[1] == said
    assert said in gate_report.as_markdown(report)
    assert gate_judgement.findings("2.21.0", run, "2.21.0", base).gaps
    assert gate_judgement.findings("python", run, "2.21.0", base, ["tf_keras"], as_it_is=True).gaps


def test_an_environment_without_a_candidate_says_so(tmp_path, checkout):
    """Both packages are on record: nothing in it is new. A checkout of either is a candidate."""
    released = interpreter(tmp_path, {"url": (tmp_path / "keras.whl").as_uri(), "archive_info": {}})
    target = environments.Target("venv/bin/python", python=released)
    (remark,) = candidate.remarks(target, NEWEST)
    assert remark.startswith(f"no candidate is installed here: TensorFlow {NEWEST['tensorflow']} and Keras ")
    (remark,) = candidate.remarks(target, {"tensorflow": "2.15.1", "keras": "2.15.0"})
    assert remark.startswith("no candidate is installed here: TensorFlow 2.15.1 is on record already")
    assert candidate.remarks(target, {**NEWEST, "keras": "3.99.0"}) == []
    edited = interpreter(tmp_path, {"url": checkout.as_uri(), "dir_info": {"editable": True}})
    assert candidate.remarks(environments.Target("python", python=edited), NEWEST) == []
    assert candidate.remarks(environments.Target("2.21.0"), NEWEST) == []


def test_a_record_of_no_release_is_called_by_its_version():
    """As the baseline of tomorrow; a Keras 2 has no version of its own."""
    made = {"tensorflow": "2.21.0", "keras": "3.16.0.dev2026102704"}
    assert candidate.called(made, "keras") == "Keras 3.16.0.dev2026102704"
    assert candidate.called(made, "tensorflow") == "TensorFlow 2.21.0"
    assert candidate.called({"tensorflow": "2.15.1", "keras": "2.15.0"}, "keras") == "TensorFlow 2.15.1"
