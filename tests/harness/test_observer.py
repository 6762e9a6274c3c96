"""What one observation leaves behind must not reach the next one."""

import os
import subprocess
import sys
import types

import pytest

from fixtures import cases, observer, observing


@pytest.mark.parametrize("raises", [None, ValueError], ids=["observed", "raised"])
def test_keras_is_cleared_behind_every_case(monkeypatch, raises):
    """Also when the case raised: the next one finds no learning phase, no models and no names."""
    happened = []

    def layer_call(tf, case):
        happened.append("observed")
        if raises:
            raise raises("on purpose")
        return {"output": 1.0}

    backend = types.SimpleNamespace(clear_session=lambda: happened.append("cleared"))
    tf = types.SimpleNamespace(keras=types.SimpleNamespace(backend=backend))
    monkeypatch.setattr("fixtures.observer.keras.layer_call", layer_call)
    case = next(case for case in cases.LAYER_CALLS if case.surface == "tf.keras")
    if raises:
        with pytest.raises(raises):
            observer.observe(tf, case)
    else:
        assert observer.observe(tf, case) == {"output": 1.0}
    assert happened == ["observed", "cleared"], "the Keras of a case was not cleared behind it"


def test_program_of_its_own_ends_with_its_parent(tmp_path):
    """A worker that is killed leaves no process behind: its end of the pipe is closed."""
    (tmp_path / "tensorflow.py").write_text("import time\nprint('imports', flush=True)\ntime.sleep(100)\n")
    program = subprocess.Popen(
        [sys.executable, "-m", "fixtures.observer.program_with_onednn", "1"], cwd=observing.ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert program.stdout.readline() == "imports\n"
    assert program.poll() is None
    program.stdin.close()
    assert program.wait(20) == 1
    program.stdout.close()


def test_isolated_case_ends_its_own_process_and_no_other():
    """The program that others share goes on: a new one would convert Keras' source again, and lose what it had."""

    class Connection:
        closed = False

        def close(self):
            self.closed = True

    isolated = cases.scenario("compiling.discrepancy_warning", cases.TF_KERAS, isolated=True)
    shared = cases.layer_call(cases.TF_KERAS, "True")
    seen = observing.Observer.__new__(observing.Observer)
    seen.packages, seen._answers, seen._planned, seen._ahead = {}, {}, {cases.TF2_STYLE: {shared: None}}, True
    seen._workers = {
        cases.TF2_STYLE: observing.Worker(Connection(), 1), isolated: observing.Worker(Connection(), 2),
    }  # fmt: skip
    seen._workers[isolated].given.append(isolated)
    seen._give = lambda room: None
    seen._collect = lambda: seen._answers.update({isolated: {"seen": "it"}})
    own = seen._workers[isolated].connection
    assert seen.observe(isolated) == "it"
    assert own.closed
    assert list(seen._workers) == [cases.TF2_STYLE]
    assert not seen._workers[cases.TF2_STYLE].connection.closed
