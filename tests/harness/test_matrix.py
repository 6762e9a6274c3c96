"""The matrix: what it runs, what it leaves, and that one bad release does not stop the others."""

import argparse
import contextlib
import io
import json
import subprocess
import sys

import matrix
import pytest
from rich.console import Console
from support import comparison, environments, releases, running
from support.client import Failure
from support.terminal import NOT_JUDGED, UNCHANGED, USAGE

from fixtures import counting, installed, record, sources, subjects
from fixtures.claims import load

KNOWN = releases.calendar()


@pytest.fixture
def seen():
    """A record of a real run that lacks nothing: of those that must have everything, one does."""
    return whole(record.read(KNOWN["2.4.4"].record))


def whole(seen):
    """A record that lacks nothing: what it has not got yet is filled in."""
    env = comparison.environment(seen)
    known = {case.id: case for case in comparison.known_cases().values() if installed.missing(case, env) is None}
    observations = {name: seen["observations"].get(name, {"made": "up"}) for name in known}
    places = [(claim, place) for claim in load().values() for place in claim.places]
    verdicts = {
        str(subjects.ClaimInPlace(claim.id, *place)): "holds" for claim, place in places
        if installed.absent(place[0], env) is None
    }  # fmt: skip
    return dict(
        seen, observations=observations, observers=sources.digests(observations),
        verdicts={**verdicts, **{k: v for k, v in seen["verdicts"].items() if k in verdicts}},
        counts=counting.expected(env), elsewhere={},
    )  # fmt: skip


def arguments(*names, **options):
    """A command line, parsed."""
    return argparse.Namespace(**{
        "releases": list(names), "line": None, "newest_patches": False, "shard": None, **options
    })  # fmt: skip


def test_shards_are_a_partition():
    """Every release is in exactly one of them."""
    parts = [[r.name for r in matrix.chosen(arguments(shard=f"{i}/7"))] for i in range(1, 8)]
    assert sorted(name for part in parts for name in part) == sorted(KNOWN)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_newest_patch_of_each_minor_release():
    """The 27 of TensorFlow, 2.15.1 but not 2.15.0; and 2.1.0, which has a record beside 2.1.4."""
    names = [r.name for r in matrix.chosen(arguments(line="tensorflow", newest_patches=True))]
    assert len(names) == 28
    assert {"1.13.2", "2.1.0", "2.1.4", "2.15.1", "2.22.0rc0", "nightly"} <= set(names)
    assert "2.15.0" not in names


@pytest.mark.parametrize("shard", ["3/2", "0/2", "x", "1/0"])
def test_wrong_shard_is_wrong_usage(shard):
    """One sentence."""
    with pytest.raises(environments.NotATarget, match="give i/n"):
        matrix.chosen(arguments(shard=shard))


def test_only_a_whole_record_of_this_suite_is_kept(tmp_path, seen):
    """Missing, truncated, incomplete, of another suite: run again."""
    release = KNOWN["2.4.4"]
    path = tmp_path / "2.4.4.json"
    assert not matrix.kept(release, tmp_path)
    for change, kept in (({}, True), ({"complete": False}, False), ({"suite": "0.9"}, False)):
        record.write(str(path), dict(seen, provenance=dict(seen["provenance"], **change)))
        assert matrix.kept(release, tmp_path) is kept
    path.write_text(path.read_text()[:1000])
    assert not matrix.kept(release, tmp_path)


def test_a_record_of_other_packages_than_are_pinned_is_not_kept(tmp_path, seen):
    """A requirement file that changed makes the record anew; on what a record is silent is not held against it."""
    release, pins = KNOWN["2.4.4"], releases.pins(KNOWN["2.4.4"])
    for change, kept in (
        ({"numpy": "1.18.5"}, False), ({"beside": {"h5py": "3.8.0"}}, False),
        ({"beside": {"h5py": pins["h5py"], "no-pin-of-it": "1"}}, True),
    ):  # fmt: skip
        record.write(str(tmp_path / "2.4.4.json"), dict(seen, provenance=dict(seen["provenance"], **change)))
        assert matrix.kept(release, tmp_path) is kept, change
    assert releases.of_other_packages(KNOWN["nightly"], {"numpy": "9.9"}) == []  # nothing of it is pinned


def test_a_record_is_completed_by_what_it_lacks(seen, tmp_path, monkeypatch):
    """Only the cases that the suite has got since run, and nothing of what was recorded is lost."""
    whole, asked = dict(seen), []
    claim = "one-value-per-channel-has-variance-0 tf.keras tf2-style"
    (case,) = (case.id for case in comparison.observed_in(claim))
    part = dict(
        seen,
        observations={k: v for k, v in seen["observations"].items() if k != case},
        verdicts={k: v for k, v in seen["verdicts"].items() if k != claim},
        counts=dict(seen["counts"], **{"tf.keras": seen["counts"]["tf.keras"] - 2}),
    )
    record.write(str(tmp_path / "2.4.4.json"), part)
    assert not matrix.kept(KNOWN["2.4.4"], tmp_path)

    def run(python, follow, timeout, only=None, observers=1):
        asked.append(only)
        extra = dict(
            seen, observations={case: seen["observations"][case]}, verdicts={claim: seen["verdicts"][claim]},
            counts={"tf.keras": 2}, observers={"layer_image": seen["observers"]["layer_image"]},
            provenance=dict(seen["provenance"], complete=False),
        )  # fmt: skip
        return running.Run(record=extra)

    monkeypatch.setattr(running, "run", run)
    monkeypatch.setattr(environments, "environment", lambda *_: contextlib.nullcontext(None))
    job = matrix.Job(KNOWN["2.4.4"])
    matrix.judge(job, tmp_path, False, 1.0)
    assert (asked, job.state) == ([[case, claim]], matrix.RECORDED)
    assert record.read(str(tmp_path / "2.4.4.json")) == whole


def test_a_case_that_the_suite_gave_up_leaves_the_record(seen):
    """When it is completed; all else stays, and it counts as a complete run does."""
    old = dict(seen, observations={**seen["observations"], "a-case-of-yesterday": {}}, counts={"tf.keras": 1})
    nothing = dict(seen, observations={}, verdicts={}, counts={})
    assert matrix.joined(old, nothing) == seen


def test_a_verdict_on_a_case_that_was_seen_anew_is_the_new_one(seen):
    """Or none, where the new run could not decide: the old one was about what was seen before."""
    claim = load()["frozen-layer-infers"]
    subject = f"{claim.id} tf.keras tf2-style"
    case = claim.cases("tf.keras", "tf2-style")[0]
    anew = dict(seen, observations={case.id: seen["observations"][case.id]}, verdicts={}, counts={})
    left = matrix.joined(seen, anew)["verdicts"]
    assert subject in seen["verdicts"]
    assert subject not in left
    assert matrix.joined(seen, dict(anew, verdicts={subject: "refuted"}))["verdicts"][subject] == "refuted"


def test_a_record_of_another_environment_is_not_completed(seen):
    """Observations of other packages never stand in one record."""
    for change in ({"numpy": "0"}, {"tf_keras": "2.4.0"}, {"beside": {"h5py": "3.8.0"}}):
        assert matrix.joined(seen, dict(seen, provenance=dict(seen["provenance"], **change))) is None


def test_a_record_of_another_machine_is_completed(tmp_path, seen):
    """It says which cases that one saw, and no other line of it changes."""
    one, *_ = names = sorted(name for name in seen["observations"] if name.startswith("layer_image-"))[:3]
    there = {k: v for k, v in dict(seen["provenance"], cpu_flags=["sse4_1"]).items() if k != "complete"}
    extra = dict(
        seen, verdicts={}, counts={}, observations={name: seen["observations"][name] for name in names},
        observers={"layer_image": seen["observers"]["layer_image"]}, provenance=dict(there, complete=False),
    )  # fmt: skip
    found = matrix.joined(dict(seen, observations={k: v for k, v in seen["observations"].items() if k != one}), extra)
    assert found == dict(seen, elsewhere=dict.fromkeys(names, there))
    before, after = record.serialize(seen).splitlines(), record.serialize(found).splitlines()
    assert set(before) - set(after) == {before[-1]}
    assert len(after) - len(before) < 3 + len(names) + 5
    path = tmp_path / "record.json"
    record.write(str(path), found)
    assert record.read(path) == found
    # Seen here once more, they are this environment's own.
    again = dict(extra, provenance=dict(seen["provenance"], complete=False))
    assert matrix.joined(found, again) == seen


@pytest.mark.parametrize(
    "change, state",
    [
        ({}, matrix.RECORDED),
        ({"failures": {"a": "it differs"}}, matrix.DIFFERS),
        ({"problem": "import tensorflow crashed."}, matrix.UNJUDGED),
    ],
)
def test_end_of_a_run_is_a_verdict(seen, change, state):
    """Recorded, different, or not judged."""
    found, why = matrix.verdict(running.Run(record=seen, **change))
    assert found == state
    assert why in ("", "1 differ, first: it differs", change.get("problem"))


def test_a_case_that_ended_is_not_recorded(seen):
    """A record holds observations only."""
    name = next(iter(seen["observations"]))
    seen["observations"][name] = {"ended": "the process died of SIGSEGV"}
    assert matrix.verdict(running.Run(record=seen, failures={name: "it died"})) == (
        matrix.UNJUDGED, "1 cases gave no observation, first: it died",
    )  # fmt: skip


def test_a_scenario_that_ended_is_told_by_its_claim(seen):
    """No test has the name of a scenario."""
    claim = "frozen-model-has-one-loss tf.keras tf2-style"
    name = comparison.observed_in(claim)[0].id
    seen["observations"][name] = {"ended": "raised ValueError", "error": "ValueError"}
    found = matrix.verdict(running.Run(record=seen, failures={claim: "it is not decided"}))
    assert found == (matrix.UNJUDGED, "1 cases gave no observation, first: it is not decided")


def test_one_bad_release_does_not_stop_the_others(tmp_path, monkeypatch, seen, capsys):
    """It is said which has no record, and why."""
    seen["provenance"]["beside"] = {}  # as of each of the releases, whatever packages are pinned for it

    @contextlib.contextmanager
    def environment(target, ephemeral):
        if target.name == "2.5.3":
            raise Failure("uv pip install failed: no such version")
        yield tmp_path / "python"

    monkeypatch.setattr(environments, "environment", environment)
    monkeypatch.setattr(running, "run", lambda *rest, **more: running.Run(record=seen, seconds=1.0))
    monkeypatch.setattr(sys, "argv", [
        "matrix.py", "2.4.4", "2.5.3", "2.6.5", "--records", str(tmp_path), "--summary", str(tmp_path / "summary"),
    ])  # fmt: skip
    assert matrix.main() == NOT_JUDGED
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["2.4.4.json", "2.6.5.json"]
    assert "2.5.3: not judged: uv pip install failed: no such version" in capsys.readouterr().out
    states = {name: entry["state"] for name, entry in json.loads((tmp_path / "summary").read_text()).items()}
    assert states == {"2.4.4": "recorded", "2.5.3": "not judged", "2.6.5": "recorded"}
    # Started again, only the one without a record is run.
    ran = []
    monkeypatch.setattr(environments, "environment", lambda target, ephemeral: ran.append(target.name) or (
        contextlib.nullcontext(tmp_path)
    ))  # fmt: skip
    assert matrix.main() == UNCHANGED
    assert ran == ["2.5.3"]


def test_full_disk_is_said_and_costs_no_older_record(tmp_path, monkeypatch, seen):
    """The release is not judged; what was there stays."""
    older = tmp_path / "2.4.4.json"
    older.write_text("older")

    def full(path, entry):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(environments, "environment", lambda *rest: contextlib.nullcontext(tmp_path))
    monkeypatch.setattr(running, "run", lambda *rest, **more: running.Run(record=seen))
    monkeypatch.setattr(record, "write", full)
    job = matrix.Job(KNOWN["2.4.4"])
    matrix.judge(job, tmp_path, False, 1.0)
    assert (job.state, older.read_text()) == (matrix.UNJUDGED, "older")
    assert "No space left on device" in job.why


def test_unknown_release_is_wrong_usage():
    """From the command line."""
    done = subprocess.run(
        [sys.executable, str(releases.ROOT / "scripts" / "matrix.py"), "9.9"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.startswith("9.9: not in the calendar")) == (USAGE, True)


def test_where_the_time_went_is_told_by_kind_of_case():
    """Most first, with its share of all."""
    jobs = [
        matrix.Job(KNOWN[name], installing=2.0, importing=3.0, observing={"compiled": 10.0, "graph": 5.0})
        for name in ("2.4.4", "2.5.3")
    ]
    written = io.StringIO()
    Console(file=written, width=80).print(matrix.times(jobs))
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in written.getvalue().splitlines()]
    assert [row for row in rows if "%" in row[-1]] == [
        ["observing compiled", "20", "50 %"], ["observing graph", "10", "25 %"],
        ["importing", "6", "15 %"], ["installing", "4", "10 %"],
    ]  # fmt: skip


def test_named_releases_run_in_their_order_and_the_calendar_from_its_end():
    """CI names the slowest first; what has its record is left out."""
    jobs = [matrix.Job(KNOWN[name]) for name in ("2.15.1", "nightly", "1.15.5")]
    jobs[1].state = matrix.KEPT
    assert [job.release.name for job in matrix.in_turn(jobs, named=True)] == ["2.15.1", "1.15.5"]
    assert [job.release.name for job in matrix.in_turn(jobs, named=False)] == ["1.15.5", "2.15.1"]
