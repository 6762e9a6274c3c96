"""What rides along in every run of the gate: reported as planned, unseen by the user, or the run is void."""

import argparse
from xml.etree import ElementTree

import gate
import pytest
from support import environments, running
from support.terminal import NOT_JUDGED

TEST = "tests/canaries.py::test[tf.layers-tf2-style-ends={}-isolated=True]"
SAID = {
    "differently": "mean is [7.17], but should be [7.16]",
    "crashed": "the process died of SIGSEGV [...]",
    "hung": "the process hung: no answer within 2 s [...]",
}


def ran(**said):
    """A run in which the canaries said this; None: it passed, "absent": it did not run."""
    run = running.Run(outcomes={"a": "passed"})
    for ending, words in {**SAID, **said}.items():
        if words != "absent":
            run.outcomes[TEST.format(ending)] = "failed" if words else "passed"
            if words:
                run.failures[TEST.format(ending)] = words
    return run


def test_canaries_as_planned_are_unseen():
    """Neither among the tests nor among the failures."""
    run = ran()
    running._set_aside(run, None)
    assert (run.silent, run.outcomes, run.failures) == ([], {"a": "passed"}, {})


@pytest.mark.parametrize(
    "said, sentence",
    [
        pytest.param({"differently": None}, "ends differently on purpose: passed", id="a difference unnoticed"),
        pytest.param({"crashed": "absent"}, "ends crashed on purpose: not run", id="a case left out"),
        pytest.param({"hung": "it differs"}, "ends hung on purpose: it differs", id="a hang misnamed"),
    ],
)
def test_silent_canary_is_named(said, sentence):
    """With what was reported instead."""
    run = ran(**said)
    running._set_aside(run, None)
    assert len(run.silent) == 1
    assert sentence in run.silent[0]


def test_void_run_cannot_be_judged(tmp_path, monkeypatch, capsys):
    """The gate says so, whatever else was found."""
    monkeypatch.setattr(
        running, "run", lambda *_, **__: running.Run(silent=["the case that ends hung on purpose: passed"])
    )
    monkeypatch.setattr(environments, "python", lambda target: tmp_path)
    given = gate.arguments_of(["2.4.4", "--out", str(tmp_path)])
    assert isinstance(given, argparse.Namespace)
    assert gate.gate(given) == NOT_JUDGED
    told = capsys.readouterr().out.splitlines()[0]
    assert told == ("NOT JUDGED: 2.4.4: the run is void, it did not report the case that ends hung on purpose: passed.")


def test_junit_does_not_show_them(tmp_path):
    """Neither as tests nor in the counts."""
    path = tmp_path / "junit.xml"
    path.write_text(
        '<testsuites><testsuite tests="2" failures="1"><testcase classname="tests.keras_v2.test" name="a"/>'
        '<testcase classname="tests.canaries" name="b"><failure/></testcase></testsuite></testsuites>'
    )
    running._set_aside(ran(), path)
    suite = next(ElementTree.parse(path).iter("testsuite"))
    assert (suite.attrib["tests"], suite.attrib["failures"], len(suite)) == ("1", "0", 1)
