"""The repetitions: what differs in each, and that a changed verdict is an alarm."""

import copy
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import repeat
from support import environments, releases, running, standing
from support.client import Failure

from fixtures import cases, record
from fixtures.record import plain, restore

RELEASE = releases.calendar()["2.4.4"]


def test_ten_circumstances_with_names_of_their_own():
    """Threads, oneDNN, order, processes, hash seed, language and time zone, read-only, spaces, no bytecode."""
    assert len({circumstance.name for circumstance in repeat.CIRCUMSTANCES}) == 10
    changed = {name for circumstance in repeat.CIRCUMSTANCES for name in circumstance.variables}
    assert {
        "TF_NUM_INTRAOP_THREADS", "TF_ENABLE_ONEDNN_OPTS", "PYTHONHASHSEED", "TZ", "PYTHONDONTWRITEBYTECODE",
    } <= changed  # fmt: skip


@pytest.mark.parametrize("shuffled", [False, True])
def test_shares_are_a_partition(shuffled):
    """Every case has its turn."""
    subjects = [str(number) for number in range(100)]
    parts = [repeat.share_of(subjects, number, 7, shuffled) for number in range(7)]
    assert sorted(name for part in parts for name in part) == sorted(subjects)
    assert (parts[0] == sorted(parts[0], key=int)) is not shuffled


def test_releases_take_turns_at_the_shares():
    """What three releases leave of thirty parts, together, is nothing."""
    three = list(releases.calendar().values())[:3]
    turns = [repeat.turn(release, number) % 30 for release in three for number in range(10)]
    assert sorted(turns) == list(range(30))


def test_checkouts_of_other_kinds(tmp_path):
    """One with spaces in its path; one that cannot be written."""
    with repeat.checkout("a path with spaces") as folder:
        assert " " in str(folder)
        assert (folder / "conftest.py").is_file()
    try:
        with repeat.checkout("read-only") as folder, pytest.raises(OSError):
            (folder / "new").write_text("x")
    except repeat.Failure as failure:
        assert os.geteuid() == 0
        assert "cannot be made here" in str(failure)


def test_a_killed_run_leaves_no_mount_behind():
    """What it mounted is gone with it, so that its folder can be deleted."""
    program = (
        "import os, signal, repeat\n"
        "repeat.keep_mounts_private()\n"
        "with repeat.checkout('read-only') as folder:\n"
        "    print(folder, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=str(repeat.ROOT / "scripts"), capture_output=True, text=True, check=False
    )
    if "cannot be made here" not in ran.stderr:
        assert ran.returncode == -signal.SIGKILL, ran.stderr
        left = Path(ran.stdout.strip())
        subprocess.run(["chmod", "-R", "u+w", str(left)], check=True)
        shutil.rmtree(left.parent)


@pytest.fixture
def again(monkeypatch):
    """Repeat a release with a run that saw this, and another run after it that fails in these tests."""

    def one(seen, release=RELEASE, number=0, then=(), **failures):
        runs = iter([failures, dict.fromkeys(then, "it differs")])
        monkeypatch.setattr(running, "run", lambda *_, **__: running.Run(record=seen, failures=next(runs)))
        monkeypatch.setattr(environments, "python", lambda target: None)
        return repeat.repeat(release, number, 1, 1.0)

    return one


def test_same_record_is_the_same(again):
    """No alarm, and how much room the tolerance had."""
    told = again(record.read(RELEASE.record))
    assert (told["result"], told["observations_in_other_bits"]) == ("same", 0)
    assert 0 < told["most_of_a_bound_used"] < 1


def test_changed_verdict_is_a_false_alarm(again):
    """By a failed test or by another record."""
    seen = record.read(RELEASE.record)
    assert again(seen, test="it differs")["result"] == "false alarm"
    other, name = copy.deepcopy(seen), cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id
    outputs = restore(other["observations"][name])["outputs"]
    other["observations"][name]["outputs"] = plain([output * 1.0001 for output in outputs])
    told = again(other)
    assert (told["result"], name in told["alarms"][0]) == ("false alarm", True)


def test_patch_without_a_record_is_held_against_the_newest_one(again):
    """2.4.0 against 2.4.4; a difference between the two is an alarm."""
    patch, seen = releases.calendar()["2.4.0"], record.read(RELEASE.record)
    assert (told := again(seen, patch))["result"] == "same"
    assert told["like"] == "2.4.4"
    assert "like" not in again(seen)
    name = "frozen-layer-infers tf.keras tf2-style"
    told = again(dict(seen, verdicts={**seen["verdicts"], name: "refuted"}), patch)
    assert (told["result"], told["alarms"]) == ("false alarm", [f"{name}: verdict was holds, is refuted"])


def test_release_that_cannot_be_built_is_not_judged_and_stops_no_other(monkeypatch, tmp_path, capsys):
    """Each repetition says why, none that was judged runs again, and used environments are dropped when asked."""
    monkeypatch.setattr(repeat, "RESULTS", tmp_path / "repetitions.json")
    monkeypatch.setattr(sys, "argv", ["repeat.py", "2.4.0", "2.4.4", "--ephemeral"])
    ran, dropped = [], []

    def one(release, number, *_):
        ran.append(release.name)
        if release.name == "2.4.0":
            raise Failure("it is not there.")
        return {"result": "same", "share": 1}

    monkeypatch.setattr(repeat, "repeat", one)
    monkeypatch.setattr(environments, "drop", lambda target: dropped.append(target.name))
    assert repeat.main() == 2
    ends = {(name.partition(", ")[0], end["result"], end.get("why")) for name, end in repeat.load().items()}
    assert ends == {("2.4.0", "not judged", "it is not there."), ("2.4.4", "same", None)}
    assert len(repeat.load()) == 20
    assert dropped == ["2.4.0", "2.4.4"]
    assert "10 same, 0 false alarm, 0 true alarm, 0 missed, 10 not judged" in capsys.readouterr().err
    ran.clear()
    assert repeat.main() == 2
    assert ran == ["2.4.0"] * 10
    monkeypatch.setattr(sys, "argv", ["repeat.py", "2.4"])
    assert repeat.main() == 64
    assert "2.4: no such release in the calendar." in capsys.readouterr().err


def test_repetition_of_fewer_cases_gives_way_to_one_of_more(monkeypatch, tmp_path):
    """After a tenth all cases are due; after all cases a tenth is not, and neither are all of them again."""
    monkeypatch.setattr(repeat, "RESULTS", tmp_path / "repetitions.json")
    ran = []

    def one(release, number, share, *_):
        ran.append(share)
        return {"result": "same", "share": share}

    monkeypatch.setattr(repeat, "repeat", one)
    tenth = ["--share", "10"]
    for asked, new in (
        (tenth, [10] * 10), ([], [1] * 10), (tenth, []), ([], []), (["--again", *tenth], [10] * 10),
    ):  # fmt: skip
        monkeypatch.setattr(sys, "argv", ["repeat.py", "2.4.4", *asked])
        ran.clear()
        assert repeat.main() == 0
        assert ran == new


def test_what_was_judged_stays_when_more_cannot_be(monkeypatch, tmp_path, capsys):
    """A full disk, say: this time nothing is judged, and the exit code says so, but the tenth of before is on file."""
    monkeypatch.setattr(repeat, "RESULTS", tmp_path / "repetitions.json")
    monkeypatch.setattr(repeat, "repeat", lambda release, number, share, *_: {"result": "same", "share": share})
    monkeypatch.setattr(sys, "argv", ["repeat.py", "2.4.4", "--share", "10"])
    assert repeat.main() == 0
    before = repeat.load()

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(repeat, "repeat", full)
    monkeypatch.setattr(sys, "argv", ["repeat.py", "2.4.4"])
    assert repeat.main() == 2
    said = capsys.readouterr()
    assert "0 same, 0 false alarm, 0 true alarm, 0 missed, 10 not judged" in said.err
    assert "2.4.4, two threads: not judged: No space left on device" in said.out
    assert repeat.load() == before


def test_alarm_that_the_record_announces_is_true_and_must_come(again):
    """OneDNN breaks 2.5, as its record says: an alarm there is true, and silence is a miss; elsewhere it is false."""
    broken = releases.calendar()["2.5.3"]
    number = next(n for n, c in enumerate(repeat.CIRCUMSTANCES) if c.name == "oneDNN on")
    told = again(standing.read(broken.record), broken, number, test="it differs")
    assert (told["result"], told["because"]) == ("true alarm", ["onednn-computes-the-same"])
    told = again(standing.read(broken.record), broken, number, then=["other"], test="it differs", other="it differs")
    assert (told["result"], told["alarms"]) == ("false alarm", ["other: it differs"])  # it comes without oneDNN, too
    assert again(standing.read(broken.record), broken, number)["result"] == "missed"
    assert again(standing.read(broken.record), broken, 0, test="it differs")["result"] == "false alarm"
    assert again(record.read(RELEASE.record), RELEASE, number, test="it differs")["result"] == "false alarm"
