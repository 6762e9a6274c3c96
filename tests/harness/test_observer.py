"""What one observation leaves behind must not reach the next one."""

import os
import subprocess
import sys
import types

import pytest

from fixtures import cases, observer, observing
from fixtures.observer.server import table


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
    seen._give = lambda owner: None
    seen._collect = lambda: seen._answers.update({isolated: {"seen": "it"}})
    own = seen._workers[isolated].connection
    assert seen.observe(isolated) == "it"
    assert own.closed
    assert list(seen._workers) == [cases.TF2_STYLE]
    assert not seen._workers[cases.TF2_STYLE].connection.closed


# As TensorFlow 2.4, 2.15 and 2.21 said it of a layer in fit(): raised while it was traced, and while it ran.
TRACED_2_4 = """in user code:

    /x/site-packages/tensorflow/python/keras/engine/training.py:800 train_function  *
        return step_function(self, iterator)
    /x/layer.py:8 call  *
        if MODE == "trace": raise ValueError("no kernel here")

    ValueError: no kernel here
"""
TRACED_2_15 = """in user code:

    File "/x/site-packages/keras/src/engine/training.py", line 1401, in train_function  *
        return step_function(self, iterator)
    File "/x/__autograph_generated_file.py", line 18, in if_body
        raise ag__.converted_call(ag__.ld(ValueError), ('no kernel here',), None, fscope)

    ValueError: Exception encountered when calling layer 'l' (type L).
    
    in user code:
    
        File "/x/layer.py", line 8, in call  *
            if MODE == "trace": raise ValueError("no kernel here")
    
        ValueError: no kernel here
    
    
    Call arguments received by layer 'l' (type L):
      • training=True
"""  # noqa: W293
RAN_2_21 = """Graph execution error:

Detected at node sequential_1/l_1/Assert/Assert defined at (most recent call last):
  File "/x/layer.py", line 15, in <module>

  File "/x/site-packages/keras/src/backend/tensorflow/trainer.py", line 399, in fit

assertion failed: [too small]
\t [[{{node sequential_1/l_1/Assert/Assert}}]] [Op:__inference_multi_step_on_iterator_533]"""


@pytest.mark.parametrize(
    ("error", "message", "line"),
    [
        ("ValueError", TRACED_2_4, "ValueError: no kernel here"),
        (
            "ValueError", TRACED_2_15,
            "ValueError: Exception encountered when calling layer 'l' (type L). ValueError: no kernel here "
            "Call arguments received by layer 'l' (type L): • training=True",
        ),
        (
            "InvalidArgumentError", RAN_2_21,
            "InvalidArgumentError: assertion failed: [too small] [[{{node sequential_1/l_1/Assert/Assert}}]] "
            "[Op:__inference_multi_step_on_iterator_533]",
        ),
        ("ValueError", "Exception.\n\n\x1b[1mNo kernel\x1b[0m", "ValueError: Exception. No kernel"),
        ("KeyError", "'training'", "KeyError: 'training'"),
        ("TypeError", "", "TypeError"),
        ("ValueError", "x" * 500, "ValueError: " + "x" * 187 + "…"),
    ],
    ids=["2.4 traced", "2.15 traced", "2.21 ran", "colours", "plain", "no message", "long"],
)  # fmt: skip
def test_exception_is_told_in_one_line_without_the_stack(error, message, line):
    """The cause, which TensorFlow puts behind its stack, and no path of this machine."""
    assert observing.in_one_line(error, message) == line


@pytest.mark.parametrize(
    ("error", "message", "is_so"),
    [
        ("MemoryError", "", True),
        ("ResourceExhaustedError", "OOM when allocating tensor", True),
        ("OSError", "[Errno 28] Unable to create file (errno = 28, error message = 'No space left on device')", True),
        ("OSError", "[Errno 2] No such file or directory", False),
        ("ValueError", "no kernel", False),
    ],
)
def test_machine_that_ran_out_is_no_behaviour(error, message, is_so):
    """Told with the error, but as a crash is: it cannot be judged."""
    assert observing.exhausted(error, message) is is_so
    seen = observing.Observer.__new__(observing.Observer)
    case = cases.layer_call(cases.TF_KERAS_BUNDLED, "True")
    seen.packages, seen._answers = {}, {case: {"raised": error, "message": message, "traceback": ""}}
    with pytest.raises(observing.NotObserved, match=f"the observation raised {error}") as raised:
        seen.observe(case)
    assert raised.value.error == (None if is_so else error)


@pytest.mark.parametrize("seen", [[], ["gamma"], None, 1.0])
def test_observation_without_names_is_refused_where_it_is_made(seen):
    """A list would only be noticed when the whole record is written, and cost all of it."""
    with pytest.raises(TypeError, match="an observation is a dictionary of named values, not a"):
        table(seen)
    assert table({"names": ["gamma"]}) == {"names": ["gamma"]}
