"""The pytest plugin: what fails, what is refused, and with which exit code."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import types
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fixtures import cases, installed, observing
from fixtures.claims import load
from fixtures.plugin.checks import Check
from fixtures.plugin.items import cases_of
from fixtures.plugin.run import Run

ROOT = Path(__file__).resolve().parents[2]

FAKE = """
    import os, sys, time
    __version__ = {version!r}
    class version:
        GIT_VERSION = "fake"
    class logging:
        ERROR = 40
        set_verbosity = staticmethod(lambda level: None)
    class v1:
        logging = logging
        disable_v2_behavior = staticmethod(lambda: None)
        class layers:
            pass
    class compat:
        v1 = v1
    executing_eagerly = lambda: {eager}
    class Graph:
        def __init__(self):
            {action}
"""


# Whatever this Python holds, the run sees the stand-in alone; sitecustomize reaches xdist's workers too.
HIDE = """
    from importlib import metadata
    version = metadata.version
    def visible(name):
        if name in {hidden!r}:
            raise metadata.PackageNotFoundError(name)
        return version(name)
    metadata.version = visible
"""


@pytest.fixture
def checkout(tmp_path):
    """A copy of what runs inside, with one test module of our own, and a stand-in for TensorFlow."""
    folder = tmp_path / "a check out"
    shutil.copytree(ROOT / "fixtures", folder / "fixtures", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "tests" / "tf1_compat").mkdir(parents=True)
    (folder / "tests" / "keras_v2").mkdir()

    def run(test, *options, version="2.15.1", action="raise TypeError", body=None, eager=True, cwd=folder):
        site = tmp_path / "site"
        shutil.rmtree(site, ignore_errors=True)
        if version:
            (site / "tensorflow").mkdir(parents=True)
            code = textwrap.dedent(FAKE).format(version=version, action=action, eager=eager) if body is None else body
            (site / "tensorflow" / "__init__.py").write_text(code)
            metadata = site / f"tensorflow-{version}.dist-info"
            metadata.mkdir()
            (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tensorflow\nVersion: {version}\n")
        (folder / "tests" / "tf1_compat" / "test_it.py").write_text(textwrap.dedent(test))
        site.mkdir(exist_ok=True)
        hidden = ["tf-keras", "keras", "tf-nightly"] + ([] if version else ["tensorflow"])
        (site / "sitecustomize.py").write_text(textwrap.dedent(HIDE).format(hidden=hidden))
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "TF_"))}
        environment["PYTHONPATH"] = os.pathsep.join([str(site), str(folder)])
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
            cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


CASE = """
    import pytest
    from fixtures import cases
    @pytest.mark.cases(cases.GRAPH_IMAGES[:2])
    def test_it(check, case):
        "It."
        check(case, "output")
"""


def test_no_tensorflow_is_one_sentence_and_exit_code_4(checkout):
    """Nothing to judge is a usage error, not a failure, and no traceback."""
    done = checkout(CASE, version=None)
    assert done.returncode == 4
    assert "No TensorFlow is installed in this environment" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "version, body, words",
    [
        ("1.12.0", "", "TensorFlow 1.12.0 is too old"),
        ("2.15.1", "raise ImportError('libcuda.so.1 is missing')", "import tensorflow failed: ImportError: libcuda"),
        ("2.15.1", "import os; os.abort()", "import tensorflow crashed: it died of SIGABRT"),
    ],
)
@pytest.mark.parametrize(
    "options", [pytest.param((), id="one process"), pytest.param(("-n", "2"), id="xdist", marks=pytest.mark.slow)]
)
def test_unusable_tensorflow_is_one_sentence_and_exit_code_4(checkout, version, body, words, options):
    """Too old, broken, crashing on import; with and without xdist."""
    done = checkout(CASE, *options, version=version, body=body)
    assert done.returncode == 4
    assert words in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_eager_mode_decided_the_other_way_is_refused(checkout):
    """A TF2-style program in which eager execution is off cannot be judged."""
    done = checkout(CASE, eager=False)
    assert done.returncode == 4
    assert "eager execution is off in a tf2-style program" in done.stdout


@pytest.mark.parametrize(
    "action, words",
    [
        ("os.kill(os.getpid(), 11)", "the process died of SIGSEGV"),
        pytest.param("time.sleep(60)", "the process hung: no answer within 2 s", marks=pytest.mark.slow),
        ("raise TypeError", "the observation raised TypeError [tf.compat.v1.layers.batch_normalization("),
        ("raise TypeError('no\\n  kernel')", "the observation raised TypeError: no kernel [tf.compat.v1.layers"),
    ],
)
def test_a_case_that_ends_badly_is_reported_by_its_id_and_takes_no_other_along(checkout, action, words):
    """Crash, hang, exception: each case has its own failure, and the run goes on to its end."""
    done = checkout(CASE, "--case-timeout", "2", action=action)
    assert done.returncode == 1
    assert "2 failed" in done.stdout
    assert words in done.stdout
    assert "[tf.layers-tf2-style-form=functional-training=True-fused=None-image=rank2]" in done.stdout


@pytest.mark.parametrize(
    "body, words",
    [
        ("pass", "nothing was asserted in this test"),
        ("pytest.skip('not today')", "skipped with a reason that is not on the list: 'not today'"),
        ("pytest.xfail('known')", "xfail is not used here"),
    ],
)
def test_a_test_that_tests_nothing_fails(checkout, body, words):
    """No assertion, an unlisted skip, an xfail."""
    done = checkout(f"import pytest\ndef test_it(check):\n    'It.'\n    {body}\n")
    assert done.returncode == 1
    assert words in done.stdout


def test_fewer_cases_than_expected_fail_the_run(checkout, tmp_path):
    """A complete run that lost cases is not green, though nothing in it failed."""
    done = checkout("def test_it(check):\n    'It.'\n    assert 1 == 1\n")
    assert " cases ran, but " not in done.stdout, "one folder of two is no complete run"
    (tmp_path / "a check out" / "tests" / "keras_v2" / "test_other.py").write_text(
        "def test_other(check):\n    assert 1 == 1\n"
    )
    counts = tmp_path / "a check out" / "fixtures" / "case_counts.json"
    counts.write_text(json.dumps({"tf.layers": 7}))
    done = checkout(CASE.replace('check(case, "output")', "assert case"))
    assert done.returncode == 1
    assert "tf.layers: 2 cases ran, but 7 are the least" in done.stdout


@pytest.mark.parametrize(
    "option", ["-x", "--maxfail=1", pytest.param("-x -n 1", marks=pytest.mark.slow), "--ignore=tests/elsewhere"]
)
def test_a_run_that_was_told_to_stop_or_to_leave_out_counts_nothing(checkout, tmp_path, option):
    """It is red by what failed; that it has not run everything is what was asked of it."""
    (tmp_path / "a check out" / "tests" / "keras_v2" / "test_other.py").write_text(
        "def test_other(check):\n    assert 1 == 1\n"
    )
    (tmp_path / "a check out" / "fixtures" / "case_counts.json").write_text(json.dumps({"tf.layers": 7}))
    record = tmp_path / "record.json"
    done = checkout(CASE, *option.split(), f"--record={record}")
    assert "the observation raised TypeError" in done.stdout
    assert " cases ran, but " not in done.stdout
    assert json.loads(record.read_text())["provenance"]["complete"] is False


def test_a_file_beside_both_folders_leaves_nothing_out(checkout, tmp_path):
    """The gate names its canaries so, and its record is that of a complete run; a file of a folder is a part of it."""
    tests, record = tmp_path / "a check out" / "tests", tmp_path / "record.json"
    shutil.copy(ROOT / "tests" / "canaries.py", tests)
    (tests / "keras_v2" / "test_other.py").write_text("def test_other(check):\n    assert 1 == 1\n")
    folders, complete = ("tests/tf1_compat", "tests/keras_v2"), []
    for given in ((*folders, "tests/canaries.py"), ("tests/tf1_compat/test_it.py", folders[1])):
        checkout(CASE, *given, f"--record={record}", action="pass")
        complete.append(json.loads(record.read_text())["provenance"]["complete"])
    assert complete == [True, False]


CELLS = """
    import pytest
    from fixtures import cases, summary
    @pytest.mark.cases([summary.case_of(cases.TF_LAYERS, *row) for row in summary.ROWS[1:2]])
    def test_it(check, case):
        "It."
        check(case, "output")
"""


def test_a_narrowed_run_shows_what_it_looked_at_of_the_table(checkout):
    """No wall of "not observed": rows and columns that were asked for, and a line that says how to get the others."""
    done = checkout(CELLS)
    shown = done.stdout.partition("as observed")[2].splitlines()
    assert [line.split("|")[0].strip() for line in shown if "|" in line] == ["training", "False"]
    assert any(line.split() == ["False", "|", "False", "|", "not", "observed"] for line in shown), (
        "it crashed: it is told"
    )
    assert "This run looked at 1 of 18 cells; a whole one, python -m pytest, shows all of them." in shown
    done = checkout(CASE, "-k", "test_it")
    assert "not observed" not in done.stdout
    assert "This run looked at 0 of 18 cells" in done.stdout


@pytest.mark.parametrize(
    "place, arguments",
    [
        ("a check out", ["--only={elsewhere}/chosen"]),
        ("a check out", ["--only=../elsewhere/chosen"]),
        pytest.param("a check out", ["--only={elsewhere}/chosen", "-n", "2"], marks=pytest.mark.slow),
        ("a check out", ["tests/tf1_compat", "--only", "{elsewhere}/chosen"]),
        ("elsewhere", ["--only=chosen", "{checkout}"]),
        ("elsewhere", ["--only={elsewhere}/chosen", "{checkout}/tests/tf1_compat"]),
    ],
)
def test_what_to_run_may_be_listed_anywhere(checkout, tmp_path, place, arguments):
    """A list outside of the checkout, named in full or from the working directory, from the checkout or elsewhere."""
    names = {"elsewhere": tmp_path / "elsewhere", "checkout": tmp_path / "a check out"}
    names["elsewhere"].mkdir()
    second = cases.GRAPH_IMAGES[1]
    (names["elsewhere"] / "chosen").write_text(f"{second.id}\n")
    done = checkout(
        CASE.replace('check(case, "output")', "assert case"), "-rA", *(word.format(**names) for word in arguments),
        cwd=tmp_path / place,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert re.findall(r"PASSED .*\[(.*)\]", done.stdout) == [str(second)]


@pytest.mark.parametrize("options", [(), pytest.param(("-n", "1"), id="xdist", marks=pytest.mark.slow)])
def test_junit_names_claims_and_tells_what_a_failure_stands_on(checkout, tmp_path, options):
    """A claim by its name and sentence, not by that of a test function; a crash with the last that was printed."""
    claims = (ROOT / "tests" / "keras_v2" / "test_claims.py").read_text()
    (tmp_path / "a check out" / "tests" / "keras_v2" / "test_claims.py").write_text(claims)
    claim, subject = load()["frozen-layer-infers"], "frozen-layer-infers tf.keras tf2-style"
    case = cases.GRAPH_IMAGES[0]
    (tmp_path / "only").write_text(f"{subject}\n{case.id}\n")
    printing = "print('no kernel\\x1b[0m', flush=True), os.kill(os.getpid(), 11)"
    done = checkout(
        CASE, f"--only={tmp_path / 'only'}", f"--junitxml={tmp_path / 'junit.xml'}", *options, action=printing
    )
    assert done.returncode == 1
    found = {test.attrib["name"]: test for test in ElementTree.parse(tmp_path / "junit.xml").iter("testcase")}
    assert set(found) == {subject, f"test_it[{case}]"}
    told = [(one.attrib["name"], one.attrib["value"]) for one in found[subject].iterfind("properties/property")]
    assert ("claim", claim.sentence) in told
    assert {value for name, value in told if name == "source"} == set(claim.sources)
    said = found[subject].findtext("system-out")
    assert f'uv run scripts/reproduce.py "{subject}"' in said
    assert claim.sentence in said
    said = found[f"test_it[{case}]"].findtext("system-out")
    assert "the last that TensorFlow printed:\nno kernel?[0m" in said
    assert f'observed, {case.id}:\n{{"ended": "the process died of SIGSEGV"}}' in said


def test_cases_that_decide_claims_are_planned():
    """A program ends when its plan is done: a case outside of the plan would start one for itself alone."""
    env = installed.Environment("2.4.4", None, None)
    case = cases.layer_call(cases.TF_KERAS_BUNDLED, "True")

    def planned(**params):
        return cases_of(types.SimpleNamespace(callspec=types.SimpleNamespace(params=params)), env)

    assert planned(case=case) == [case]
    claim = load()["onednn-computes-the-same"]
    place = {"surface": cases.TF_LAYERS, "program": cases.TF2_STYLE}
    assert planned(claim=claim, **place) == claim.cases(**place) != []
    assert planned(claim=load()["frozen-layer-infers"], surface=cases.KERAS3, program=cases.TF2_STYLE) == []
    assert cases_of(types.SimpleNamespace(), env) == []


def claimed(observe, claim="numpy-arrays-are-inputs"):
    """What the test of a claim says, word for word, when its observation is this one; and what is on record then."""
    run = Run.__new__(Run)
    run.env, run.checks = installed.Environment("2.4.4", None, None), 0
    run.observations, run.verdicts, run.tell = {}, {}, lambda event, **words: None
    run.observer = types.SimpleNamespace(observe=observe, processor={})
    with pytest.raises(pytest.fail.Exception) as failed:
        Check(run).claim(load()[claim], cases.TF_KERAS_BUNDLED, cases.TF2_STYLE)
    assert run.checks == len(load()[claim].cases(cases.TF_KERAS_BUNDLED, cases.TF2_STYLE))
    assert run.verdicts == {}
    return failed.value.msg.splitlines()[0], run.observations


CLAIM = (
    "claim numpy-arrays-are-inputs (A layer accepts a NumPy array of rank 2 as it accepts a tensor.) is not decided: "
)


def test_a_claim_that_finds_no_name_it_looks_for_is_not_decided():
    """What lacks is said, and what there is, instead of an error of ours."""
    seen = {"state": {"gamma": [1.0]}}
    said, _ = claimed(lambda case: seen)
    assert said == (
        f"{CLAIM}it looks for what was not observed (KeyError: 'calls'); observed: state: "
        "gamma: [1.0] [tf.keras, 2.4.4, tf2-style program]"
    )


def test_a_claim_whose_observation_raised_is_not_decided():
    """The claim, the error, and the call that raised it; the record keeps the error's type alone."""

    def observe(case):
        raise observing.NotObserved("the observation raised ValueError: no kernel", "ValueError", "Traceback ...")

    said, kept = claimed(observe)
    assert said == (
        f"{CLAIM}the observation raised ValueError: no kernel "
        "[tf.keras.layers.BatchNormalization(name=inputs.array_of_numpy, image=rank2), TensorFlow 2.4.4, tf2-style "
        "program]"
    )
    assert list(kept.values()) == [{"ended": "raised ValueError", "error": "ValueError"}]


def test_a_claim_observes_all_of_its_cases_though_the_first_gives_none():
    """A case that is missing on record would leave nothing to judge."""
    claim = next(entry for entry in load().values() if len(entry.cases(cases.TF_KERAS_BUNDLED, cases.TF2_STYLE)) > 1)
    deciding = claim.cases(cases.TF_KERAS_BUNDLED, cases.TF2_STYLE)

    def observe(case):
        raise observing.NotObserved(f"the observation raised ValueError: case {deciding.index(case)}", "ValueError")

    said, kept = claimed(observe, claim.id)
    assert "the observation raised ValueError: case 0 [" in said
    assert list(kept) == [case.id for case in deciding]
