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
