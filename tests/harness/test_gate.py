"""The gate: its verdicts on records, its exit codes, and a real TensorFlow that is made to misbehave."""

import copy
import json
import os
import subprocess
import sys
from importlib import metadata

import faults
import gate
import numpy as np
import pytest
from support import comparison, environments, gate_files, gate_judgement, gate_report, releases, running
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE

from fixtures import cases, record
from fixtures.record import plain, restore

ROOT = releases.ROOT
BASE = "2.4.4"
CALL = cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id


@pytest.fixture(scope="module")
def base():
    """The record to compare with."""
    return record.read(releases.calendar()[BASE].record)


@pytest.fixture
def seen(base):
    """A candidate's record that is the same, to be changed."""
    return copy.deepcopy(base)


def judged(seen, base, only=None, **failures):
    """The verdict on a candidate."""
    run = running.Run(record=seen, failures=failures, outcomes={"a": "passed"})
    return gate_judgement.judge(run, gate_judgement.findings("candidate", run, BASE, base, only))


def test_the_same_record_is_unchanged(seen, base):
    """Yes."""
    found = judged(seen, base)
    assert (found.code, found.behaviours) == (UNCHANGED, ())
    assert found.headline == "behaves like 2.4.4 in 1 tests."


def test_another_number_is_a_change(seen, base):
    """No, with the behaviour in one sentence."""
    outputs = restore(seen["observations"][CALL])["outputs"]
    seen["observations"][CALL]["outputs"] = plain([output + 1 for output in outputs])
    found = judged(seen, base)
    assert found.code == CHANGED
    assert found.headline == "1 change against 2.4.4."
    told = found.behaviours[0].in_one_line
    assert told.startswith("numbers changed: The layer called by itself")
    assert "(was: output of call 1: " in told


def test_a_change_beside_tensorflow_is_told_with_a_no(seen, base):
    """Nor is one that is missing left out; without a change of behaviour, or a record that tells, nothing is said."""
    base = copy.deepcopy(base)
    base["provenance"]["beside"] = {"gast": "0.3.3", "protobuf": "3.20.3"}
    seen["provenance"].update(numpy="9.9", beside={"gast": "0.7.0", "h5py": "3.16.0"})
    assert judged(seen, base).notes == ()
    outputs = restore(seen["observations"][CALL])["outputs"]
    seen["observations"][CALL]["outputs"] = plain([output + 1 for output in outputs])
    numpy = base["provenance"]["numpy"]
    others = f"numpy {numpy}, now 9.9; gast 0.3.3, now 0.7.0; protobuf 3.20.3, now none"
    said = f"2.4.4 was observed with {others}: a cause beside TensorFlow is possible."
    assert judged(seen, base).notes == (said,)
    del seen["provenance"]["beside"]
    assert judged(seen, base).notes == (said.replace("; gast 0.3.3, now 0.7.0; protobuf 3.20.3, now none", ""),)


def test_what_nothing_explains_is_told_with_the_packages_that_changed():
    """In the terminal, on the page and in the data; and with what was found when each was exchanged."""
    old, new = (record.read(releases.calendar()[name].record) for name in ("2.17.1", "2.18.1"))
    run = running.Run(record=new)
    found = gate_judgement.findings("2.18.1", run, "2.17.1", old, ["tf.layers"])
    report = gate_report.Report(environments.Target("2.18.1"), run, gate_judgement.judge(run, found), "2.17.1")
    said = "numpy 1.26.4 → 2.0.2, which does it alone"
    assert f"\n    also changed {said}\n" in gate_report.as_text(report)
    assert f"| also changed | {said} |\n" in gate_report.as_markdown(report)
    (behaviour,) = gate_report.as_data(report)["behaviours"]
    assert "numpy 1.26.4 → 2.0.2" in behaviour["also_changed"]


def test_scripts_are_those_of_this_run(seen, base, tmp_path):
    """What an earlier run left in the folder is gone, and nothing else; without a change there is none."""
    outputs = restore(seen["observations"][CALL])["outputs"]
    seen["observations"][CALL]["outputs"] = plain([output + 1 for output in outputs])
    found, folder = judged(seen, base), tmp_path / "scripts"
    scripts = gate_files.write_scripts(found, seen, BASE, base, folder)
    assert [f"scripts/{path.name}" for path in folder.iterdir()] == list(scripts.values())
    assert len(scripts) == 1
    (folder / "mine.py").write_text("print()")
    assert not gate_files.write_scripts(judged(base, base), base, BASE, base, folder)
    assert [path.name for path in folder.iterdir()] == ["mine.py"]


def test_a_failed_test_is_a_change_though_both_records_agree(seen, base):
    """The specification counts beside the baseline."""
    found = judged(seen, base, **{CALL: "it differs"})
    assert (found.code, found.behaviours[0].told.now) == (CHANGED, "it differs")


def test_a_missing_case_cannot_be_judged(seen, base):
    """Fewer cases are never a yes."""
    del seen["observations"][CALL]
    found = judged(seen, base)
    assert found.code == NOT_JUDGED
    assert CALL in found.headline


def test_a_case_that_ended_cannot_be_judged(seen, base):
    """A crash is never a no."""
    seen["observations"][CALL] = {"ended": "the process died of SIGSEGV"}
    found = judged(seen, base)
    assert found.code == NOT_JUDGED
    assert found.headline == f"{CALL}: the process died of SIGSEGV."


def test_a_case_that_raises_is_a_change(seen, base):
    """It answered before: a no, told once for each kind of error, in the words of the test that saw it."""
    evaluated = "model_run-tf.keras-tf2-style-method=evaluate-trainable=False"
    seen["observations"][CALL] = seen["observations"][evaluated] = {"ended": "raised ValueError", "error": "ValueError"}
    said = "the observation raised ValueError: no kernel [tf.keras.layers.BatchNormalization(training=True), ...]"
    found = judged(seen, base, **{CALL: said})
    assert (found.code, found.headline) == (CHANGED, f"1 change against {BASE}.")
    told = found.behaviours[0]
    assert (told.told.now, told.danger, told.explained) == (said, comparison.ERROR, False)
    assert {change.subject for change in told.changes} == {CALL, evaluated}
    assert {change.subject: (change.before, change.after) for change in told.changes} == {
        CALL: ("an observation", said), evaluated: ("an observation", "raises ValueError"),
    }  # fmt: skip


def test_a_claim_that_an_error_leaves_undecided_is_told_with_it(seen, base):
    """Not once more by itself; nor is the scenario told but by its claim."""
    claim = "frozen-model-has-one-loss tf.keras tf2-style"
    case = comparison.observed_in(claim)[0].id
    seen["observations"][case] = {"ended": "raised ValueError", "error": "ValueError"}
    del seen["verdicts"][claim]
    found = judged(seen, base, **{claim: "claim frozen-model-has-one-loss is not decided"})
    assert [told.told.now for told in found.behaviours] == ["claim frozen-model-has-one-loss is not decided"]
    assert [change.subject for change in found.behaviours[0].changes] == [case]


def test_what_raises_and_is_not_in_the_baseline_is_no_yes(seen, base):
    """Neither a case nor a claim that an older suite did not ask for."""
    claim = "frozen-model-has-one-loss tf.keras tf2-style"
    scenario = comparison.observed_in(claim)[0].id
    base = copy.deepcopy(base)
    for subject in (CALL, scenario):
        seen["observations"][subject] = {"ended": "raised ValueError", "error": "ValueError"}
        del base["observations"][subject]
    del seen["verdicts"][claim]
    found = judged(seen, base, **{CALL: "the call raised", claim: "the claim is not decided"})
    assert found.code == CHANGED
    assert {told.told.now for told in found.behaviours} == {"the call raised", "the claim is not decided"}


def test_a_surface_that_is_not_installed_cannot_be_judged():
    """Unless the user says what to judge."""
    both = record.read(releases.calendar()["2.21.0"].record)
    one = copy.deepcopy(both)
    one["observations"] = {name: o for name, o in one["observations"].items() if name.split("-")[1] == "keras"}
    one["verdicts"] = {name: v for name, v in one["verdicts"].items() if " keras " in name}
    del one["provenance"]["tf_keras"]
    found = judged(one, both)
    assert found.code == NOT_JUDGED
    assert "surface not installed, but 2.4.4 has it" in found.headline
    assert judged(one, both, only=["keras"]).code == UNCHANGED


def test_a_surface_that_was_given_up_is_a_change():
    """tf.keras of TensorFlow 2.16 is no Keras 2 any more."""
    old, new = (record.read(releases.calendar()[name].record) for name in ("2.15.1", "2.16.2"))
    old["observations"] = {  # what the newer record has not measured yet is no loss of the release
        name: seen for name, seen in old["observations"].items()
        if name in new["observations"] or comparison.known_cases()[name].surface == cases.TF_KERAS_BUNDLED
    }  # fmt: skip
    found = judged(new, old)
    assert found.code == CHANGED
    assert any(b.heading == "Keras 2 in tf.keras is gone" for b in found.behaviours)


@pytest.mark.parametrize(
    "run, how, headline",
    [
        pytest.param({"problem": "the import failed."}, {}, "the import failed.", id="a problem"),
        pytest.param({"silent": ["the crash"]}, {}, "the run is void, it did not report the crash.", id="a void run"),
        pytest.param({}, {"failure": "no such wheel."}, "no such wheel.", id="a failure"),
        pytest.param({}, {"found": None}, "nothing was compared.", id="nothing compared"),
        pytest.param(
            {}, {"unstable": ["a", "b"]}, "unstable: 2 cases give two answers in two runs, first a.", id="unstable"
        ),
        pytest.param(
            {}, {"unwritten": "disk full"},
            "the report could not be written: disk full. What was found: behaves like 2.4.4 in 0 tests.",
            id="unwritten",
        ),
        pytest.param({}, {"found": gate_judgement.Findings(BASE, gaps=("x", "y"))}, "x (and 1 more).", id="gaps"),
    ],
)  # fmt: skip
def test_what_stands_on_too_little_is_not_judged(run, how, headline):
    """Whatever was found beside it; without any of these it would be a yes."""
    found = gate_judgement.Findings(BASE)
    assert gate_judgement.judge(running.Run(), found).code == UNCHANGED
    verdict = gate_judgement.judge(running.Run(**run), **{"found": found, **how})
    assert (verdict.code, verdict.headline) == (NOT_JUDGED, headline)


def test_two_answers_in_two_runs_are_unstable(seen, base):
    """A case that crashes twice, or differs in bits, gives one answer."""
    assert not gate.differs(CALL, base, seen)
    outputs = restore(seen["observations"][CALL])["outputs"]
    seen["observations"][CALL]["outputs"] = plain([np.nextafter(o, np.float32(np.inf)) for o in outputs])
    assert not gate.differs(CALL, base, seen)
    seen["observations"][CALL]["outputs"] = plain([o + 1 for o in outputs])
    assert gate.differs(CALL, base, seen)
    seen["observations"][CALL] = {"ended": "the process died of SIGSEGV"}
    assert gate.differs(CALL, base, seen)
    assert not gate.differs(CALL, seen, seen)


def test_unstable_cases_are_found_by_a_second_run(monkeypatch, seen, base):
    """Only unknown changes are looked at again."""
    outputs = restore(seen["observations"][CALL])["outputs"]
    seen["observations"][CALL]["outputs"] = plain([output + 1 for output in outputs])
    asked = []

    def second(python, case_timeout, only):
        asked.extend(only)
        return running.Run(record=base)

    monkeypatch.setattr(running, "run", second)
    assert gate.unstable("python", judged(seen, base).findings, seen, 1.0) == [CALL]
    assert asked == [CALL]
    assert gate.unstable("python", judged(base, base).findings, base, 1.0) == []


def test_a_scenario_runs_again_in_the_tests_of_its_claims():
    """A test has the name of a claim, not of the scenario that decides it."""
    scenario = cases.scenario("fused_kernel.onednn", cases.TF_LAYERS).id
    assert comparison.runnable([CALL, scenario]) == sorted([CALL, "onednn-computes-the-same tf.layers tf2-style"])


def run(*arguments, cwd=ROOT, timeout=600):
    """The gate as users start it."""
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "gate.py"), *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=timeout,
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param([], "give a target, or --python PATH", id="nothing"),
        pytest.param(["2.15.1", "--python", "x"], "give a target, or --python PATH", id="both"),
        pytest.param(["--python", "/no/such"], "/no/such: no such file", id="no interpreter"),
        pytest.param(["two"], "'two' is not a target", id="not a target"),
        pytest.param(["2.15.1", "--baseline", "first"], "neither a release of the calendar nor", id="no baseline"),
        pytest.param(["2.15.1", "--colour"], "unrecognized arguments", id="unknown option"),
    ],
)
def test_wrong_usage_is_one_sentence(tmp_path, arguments, sentence):
    """Exit code 64, no traceback."""
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text, sentence",
    [("{", "not a whole record"), ('{"schema": 9}', f"schema 9, this suite reads schema {record.SCHEMA}")],
)
def test_broken_baseline_cannot_be_judged(tmp_path, text, sentence):
    """Said before anything is installed."""
    (tmp_path / "base.json").write_text(text)
    done = run("2.15.1", "--baseline", tmp_path / "base.json", cwd=tmp_path)
    assert done.returncode == NOT_JUDGED
    assert done.stdout.startswith("NOT JUDGED: 2.15.1:")
    assert sentence in done.stdout


def test_environment_without_a_tensorflow_cannot_be_judged(tmp_path):
    """Nor one without pytest."""
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    done = run("--python", bare / "bin" / "python", "--baseline", BASE, cwd=tmp_path)
    assert done.returncode == NOT_JUDGED
    assert "No module named pytest" in done.stdout.splitlines()[0]
    assert json.loads((tmp_path / "gate-report" / "gate.json").read_text())["exit_code"] == NOT_JUDGED


def test_interrupted_run_does_not_live_on(tmp_path):
    """A run whose caller is gone ends at its next event."""
    code = "import sys; print('x', file=open(sys.argv[1], 'a'))"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", code, f"/dev/fd/{writer}"], pass_fds=[writer], check=False,
                          capture_output=True, text=True)  # fmt: skip
    os.close(writer)
    assert "BrokenPipeError" in done.stderr or "No such device" in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(
    not any(d.metadata["Name"] == "tensorflow" for d in metadata.distributions()), reason="no TensorFlow here"
)
def test_tensorflow_that_misbehaves_is_told_case_by_case(tmp_path):
    """One that crashes in one case, hangs in another, prints megabytes, and changes a number in a third."""
    # In few cases: each that hangs waits to its end, and after each that crashes a process traces everything anew.
    does = {
        5: f"{faults.PRINTS}\nif not self.scale:\n    {faults.HANGS}", 3: f"if not self.center:\n    {faults.CRASHES}",
    }  # fmt: skip
    python = faults.candidate(tmp_path, sys.executable, does, off=4)
    done = run("--python", python, "--baseline", "2.21.0", "--surface", "keras", "--case-timeout", "10", cwd=tmp_path)
    assert done.returncode == NOT_JUDGED, done.stdout + done.stderr
    told = json.loads((tmp_path / "gate-report" / "gate.json").read_text())
    text = json.dumps(told)
    assert "SIGSEGV" in text
    assert "hung: no answer within 10 s" in text
    assert told["verdict"] == "not judged"
    assert told["tests"]["passed"] > 400
    assert (tmp_path / "gate-report" / "log.txt").stat().st_size < 3e6
    changed = {change["case"] for behaviour in told["behaviours"] for change in behaviour["changes"]}
    assert any("image=published" in name or "layer_published" in name for name in changed)
    shown = next(b["script"] for b in told["behaviours"] if any("layer_published" in c["case"] for c in b["changes"]))
    alone = subprocess.run([python, tmp_path / "gate-report" / shown], capture_output=True, text=True, check=False)
    assert alone.returncode == 1, alone.stderr
    assert "differ from keras@2.21.0" in alone.stdout
    assert shown in (tmp_path / "gate-report" / "summary.md").read_text()
    assert environments.resolve("2.21.0").release is not None
