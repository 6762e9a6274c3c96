"""What one observation leaves behind must not reach the next one."""

import os
import subprocess
import sys
import types

import pytest

from fixtures import cases, observer, observing
from fixtures.observer.server import processor, table


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


def test_programs_that_a_case_starts_are_its_cost():
    """A case that imports TensorFlow in a program of its own is not one of the cheapest."""
    began = processor()
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass"], check=True)
    assert processor() - began > 0.25, "what a program of its own took is not counted"


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


class Connection:
    """A worker's end that answers what it is told to."""

    def __init__(self):
        self.closed, self.sent, self.answers = False, [], []

    def close(self):
        """As a connection."""
        self.closed = True

    def send(self, case):
        """As a connection."""
        self.sent.append(case)

    def recv(self):
        """As a connection."""
        return self.answers.pop(0)


@pytest.fixture
def observer_of(monkeypatch):
    """An observer whose workers are stand-ins: they answer one case whenever they are waited for."""

    def made(side_by_side):
        seen = observing.Observer.__new__(observing.Observer)
        seen.packages, seen.timeout, seen.side_by_side, seen.seconds = {}, 120.0, side_by_side, {}
        seen.processor = {}
        seen._answers, seen._planned, seen._workers, seen._ahead = {}, {}, [], False

        def fork(owner, program):
            seen._workers.append(observing.Worker(owner, Connection(), len(seen._workers) + 1))
            return seen._workers[-1]

        monkeypatch.setattr(seen, "_fork", fork)
        return seen

    def wait(open_ones, timeout):
        for one in open_ones:
            one.answers += [
                {"seen": {"of": case.id}, "seconds": 1.0, "processor": 1.0, "memory": 1} for case in one.sent[:1]
            ]
            del one.sent[:1]
        return [one for one in open_ones if one.answers]

    monkeypatch.setattr(observing.connections, "wait", wait)
    return made


def test_isolated_case_ends_its_own_process_and_no_other(observer_of):
    """The program that others share goes on: a new one would convert Keras' source again, and lose what it had."""
    isolated = cases.scenario("compile_warnings.discrepancy_warning", cases.TF_KERAS, isolated=True)
    seen = observer_of(1)
    seen.plan([*cases.LAYER_CALLS[:20], isolated])
    seen.observe(cases.LAYER_CALLS[0])
    assert [worker.owner for worker in seen._workers] == [cases.TF2_STYLE], (
        "an isolated case ran ahead on one processor"
    )
    own = []
    fork = seen._fork
    seen._fork = lambda *place: own.append(fork(*place)) or own[0]
    seen.observe(isolated)
    assert [worker.owner for worker in own] == [isolated]
    assert own[0].connection.closed
    assert [worker.owner for worker in seen._workers] == [cases.TF2_STYLE]
    assert not seen._workers[0].connection.closed


def test_processes_side_by_side_share_the_cases_of_a_program(observer_of):
    """As many as are worth it, each program its share, and an isolated case ahead; each case is observed once."""
    isolated = cases.scenario("compile_warnings.discrepancy_warning", cases.TF_KERAS, isolated=True)
    eager, graph = cases.LAYER_CALLS[:60], [c for c in cases.GRAPH_LAYERS if c.program == cases.TF1_STYLE][:20]
    seen, forked = observer_of(4), []
    fork = seen._fork
    seen._fork = lambda *place: forked.append(place[0]) or fork(*place)
    seen.plan([*eager, *graph, isolated])
    seen.observe(eager[0])
    assert {owner: forked.count(owner) for owner in forked} == {cases.TF2_STYLE: 3, cases.TF1_STYLE: 1, isolated: 1}
    for case in [*eager, *graph, isolated]:
        assert seen.observe(case) == {"of": case.id}
    assert len(forked) == 5, "a process ended before its plan was done"
    seen.observe(eager[0])
    assert seen._workers == [], "processes stay when nothing is left to do"


def test_a_program_takes_over_the_processors_of_one_that_ended(observer_of):
    """Of two, one is its own from the start; the other comes when nothing waits in the program that had it."""
    eager, graph = cases.LAYER_CALLS[:60], [c for c in cases.GRAPH_LAYERS if c.program == cases.TF1_STYLE][:4]
    seen, forked = observer_of(2), []
    fork = seen._fork
    seen._fork = lambda *place: forked.append(place[0]) or fork(*place)
    seen.plan([*eager, *graph])
    seen.observe(eager[0])
    assert forked == [cases.TF2_STYLE, cases.TF1_STYLE]
    for case in graph:
        seen.observe(case)
    seen.observe(eager[20])
    assert forked == [cases.TF2_STYLE, cases.TF1_STYLE, cases.TF2_STYLE]


def test_few_cases_are_not_worth_a_second_process(observer_of):
    """A process of its own would trace and convert Keras' source again for them."""
    seen = observer_of(4)
    seen.plan(cases.LAYER_CALLS[:10])
    seen.observe(cases.LAYER_CALLS[0])
    assert len(seen._workers) == 1


def test_a_hang_is_noticed_while_others_answer(observer_of, monkeypatch):
    """Nobody waits for the end of the run to hear of it; what the process was given beside it is observed elsewhere."""
    seen, killed = observer_of(2), []
    told = types.SimpleNamespace(send=lambda order: None, recv=lambda: 9)
    seen._connection, seen.timeout = told, 0.0
    seen.plan(cases.LAYER_CALLS[:60])
    answering = observing.connections.wait
    monkeypatch.setattr(os, "kill", lambda process, number: killed.append(process))
    monkeypatch.setattr(
        observing.connections, "wait", lambda ends, timeout: answering([e for e in ends if e is not hanging], timeout)
    )
    hanging = None
    seen._give(cases.TF2_STYLE)
    hanging = seen._workers[0].connection
    lost = list(seen._workers[0].given)
    with pytest.raises(observing.NotObserved, match="the process hung: no answer within 0 s"):
        seen.observe(lost[0])
    assert killed == [1]
    assert all(seen.observe(case) == {"of": case.id} for case in lost[1:])


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
def test_machine_that_ran_out_is_no_behaviour(observer_of, error, message, is_so):
    """Told with the error, but as a crash is: it cannot be judged."""
    assert observing.exhausted(error, message) is is_so
    seen, case = observer_of(1), cases.layer_call(cases.TF_KERAS_BUNDLED, "True")
    seen._answers = {case: {"raised": error, "message": message, "traceback": ""}}
    with pytest.raises(observing.NotObserved, match=f"the observation raised {error}") as raised:
        seen.observe(case)
    assert raised.value.error == (None if is_so else error)


@pytest.mark.parametrize("seen", [[], ["gamma"], None, 1.0])
def test_observation_without_names_is_refused_where_it_is_made(seen):
    """A list would only be noticed when the whole record is written, and cost all of it."""
    with pytest.raises(TypeError, match="an observation is a dictionary of named values, not a"):
        table(seen)
    assert table({"names": ["gamma"]}) == {"names": ["gamma"]}
