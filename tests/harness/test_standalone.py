"""Programs of their own: every observation can be told as one, and it shows what is on record."""

import ast
import re
import subprocess
import sys
from importlib import metadata

import pytest
import reproduce
from support import comparison, releases, specialised, standalone
from support.standalone_end import alike, flat, print_beside_record
from support.terminal import NOT_JUDGED, UNCHANGED, USAGE

from fixtures import cases, record, sources
from fixtures.claims import load

GRAPH = cases.graph_layer(cases.TF1_STYLE, "placeholder-fed-True", True)
FIT = cases.compiled_model(cases.KERAS3, "frozen", "after_first_step")
ONEDNN = cases.scenario("fused_kernel.onednn", cases.TF_LAYERS)
HERE = "2.21.0"
DRIFT = comparison.SCENARIO_DRIFT


@pytest.fixture(scope="module")
def program():
    """A function: the program of a case, with what is on record of a release."""
    seen = record.read(releases.calendar()[HERE].record)
    return lambda case: standalone.script(case, comparison.environment(seen), seen["observations"].get(case.id), HERE)


def run(*arguments):
    """The command as users start it."""
    return subprocess.run(
        [sys.executable, releases.ROOT / "scripts" / "reproduce.py", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def one_of_each():
    """A case of each observing function and API."""
    found = {}
    for case in comparison.known_cases().values():
        found.setdefault((sources.observer_of(case.id), case.surface, case.program), case)
    return [case for case in found.values() if case != ONEDNN]


@pytest.mark.slow
def test_every_observation_is_a_whole_program(tmp_path, program, monkeypatch):
    """No name is undefined, nothing imported is idle, and Python 3.7 can read it."""
    monkeypatch.setattr(standalone, "formatted", str)
    chosen = one_of_each()
    assert len(chosen) > 400
    for case in chosen:
        text = program(case)
        ast.parse(text, feature_version=(3, 7))
        assert "fixtures" not in text, case.id
        (tmp_path / standalone.file_name(case)).write_text(text)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821,F401,F811,E9", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_branches_of_other_flags_are_left_out(program):
    """The program of fit() has no GradientTape in it, and no other toggle."""
    text = program(FIT)
    assert "model.fit(" in text
    assert "train_on_batch" not in text
    assert "GradientTape()" not in text
    assert "layer.trainable = False" in text
    assert "if number == 1:" in text


def test_helpers_are_specialised_to_what_they_are_given(program):
    """The functional form has no class in it, and the placeholder is fed."""
    text = program(GRAPH)
    assert "layers.BatchNormalization" not in text
    assert "return (placeholder, {placeholder: True})" in text
    assert "constant(" not in text.replace("constant_initializer(", "").replace("constant(start", "")


def test_only_the_image_that_is_used_is_written(program):
    """Of a table, the entries that the program reads."""
    text = program(GRAPH)
    assert "rank4" in text
    assert "rank5" not in text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x = case.loop\n    return x", "return 'fit'"),
        ("if case.loop == 'fit':\n        return 1\n    return 2", "return 1"),
        ("a, _, b = 'p-True'.partition('-')\n    return b", "return 'True'"),
        ("n = 0\n    for i in range(3):\n        n += i\n    return n", None),
        ("n = None\n    if tf:\n        n = 1\n    return n", None),
        ("n = 1\n    f = lambda: n\n    n = 2\n    return f", None),
        ("n = 1\n    return [n for n in tf]", None),
        ("n = 1 if tf else 2\n    return n", None),
        ("keras = tf.keras\n    return 3", "return 3"),
    ],
)  # fmt: skip
def test_what_is_known_is_decided_and_nothing_else(body, expected):
    """Names that a loop, a branch or an inner function changes stay names."""
    function = ast.parse(f"def f(tf, case):\n    {body}").body[0]
    found = specialised.specialised(FIT, "fixtures.observer.keras", function, {})
    assert ast.unparse(found) == f"def f(tf):\n    {expected or body}"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return a + b", {"a": 1}),
        ("while b:\n        a += 1\n    return a", {}),
        ("if b:\n        a = 2\n    return a", {}),
        ("a = a + 1\n    return a", {"a": 1}),
    ],
)
def test_only_arguments_that_stay_are_known(body, told):
    """One that a loop or a branch may change is handed over as before."""
    caller, function = ast.parse(f"def g(x):\n    return f(1, x)\ndef f(a, b):\n    {body}").body
    found = specialised.known_arguments(caller, "f", function)
    assert {name: ast.literal_eval(value) for name, value in found.items()} == told
    assert ast.unparse(caller.body[0]) == ("return f(x)" if told else "return f(1, x)")


def test_two_definitions_of_one_name_get_two_names(program):
    """``short`` of the graph's observer and ``short`` of Keras' are both in it."""
    text = program(cases.scenario("update_ops.called_twice", cases.TF_LAYERS, cases.TF1_STYLE))
    assert text.count("def short(") == text.count("def keras_short(") == 1
    assert text.count("keras_short(") > 1


def test_another_number_is_told_with_both(capsys):
    """What differs has a mark; what is missing is nothing."""
    assert (
        print_beside_record(
            {"state": {"beta": [1.0, 2.0]}, "names": ["a"]}, {"state beta": [1.0, 2.0], "names": ["a"]}, "2.4.4", DRIFT
        )
        == 0
    )
    assert capsys.readouterr().out.splitlines()[-1] == "the same as 2.4.4"
    assert (
        print_beside_record({"state": {"beta": [1.0, 2.5]}}, {"state beta": [1.0, 2.0], "names": ["a"]}, "2.4.4", DRIFT)
        == 2
    )
    assert capsys.readouterr().out.splitlines() == [
        "! state beta: [1. , 2.5], but [1., 2.] in 2.4.4",
        "! names: nothing, but ['a'] in 2.4.4",
        "2 of 2 differ from 2.4.4",
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1.0, 1000.0], [1.01, 1000.0], True),  # the bits of builds, against the largest
        ([1.0, 1000.0], [1.1, 1000.0], False),
        ([1.0], [1.0, 1.0], False),
        ([float("nan")], [float("nan")], True),
        ([float("nan")], [1.0], False),
        ([], [], True),
        (None, 1.0, False),
        (None, None, True),
        ("frozen", "frozen", True),
        (True, False, False),
    ],
)
def test_alike_is_the_same_but_for_builds(one, other, expected):
    """Words are equal, numbers near."""
    assert alike(one, other, DRIFT) is expected


def test_places_of_an_observation():
    """Lists of lists are places, lists of words are one."""
    assert flat({"a": [{"b": 1}, {"b": 2}], "c": ["x", "y"]}) == [("a 1 b", 1), ("a 2 b", 2), ("c", ["x", "y"])]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["no-such-case"], USAGE, "no-such-case: no such case or claim."),
        (["frozen-layer-infer"], USAGE, "the nearest is frozen-layer-infers"),
        (["frozen-gamma-has-a-gradient"], USAGE, "is 4 programs; give --out FOLDER"),
        (["frozen-layer-infers", "--release", "9.9.9"], USAGE, "--release 9.9.9: no such release"),
        ([FIT.id, "--release", "1.15.5"], USAGE, "no record of 1.15.5 holds it"),
        ([ONEDNN.id], NOT_JUDGED, "python -m fixtures.observer.program_with_onednn"),
        ([], USAGE, "required: subject"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(arguments, code, words):
    """And its own exit code."""
    done = run(*arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    "subject",
    [
        "frozen-gamma-has-a-gradient keras tf2-style",
        "tests/keras_v2/test_claims.py::test_verdict[frozen-gamma-has-a-gradient-keras-tf2-style]",
        cases.layer_call(cases.KERAS3, "True", "after_build-False").id,
        str(cases.layer_call(cases.KERAS3, "True", "after_build-False")),
    ],
)
def test_subject_is_named_as_messages_name_it(subject):
    """By the id, by the name of the test, by claim and place."""
    assert [case.id for case in reproduce.named(subject)] == [
        cases.layer_call(cases.KERAS3, "True", "after_build-False").id
    ]


@pytest.mark.slow
def test_files_of_a_claim(tmp_path):
    """One for each case that decides it, in each place."""
    claim = load()["frozen-layer-infers"]
    done = run("frozen-layer-infers", "--out", tmp_path / "out")
    assert done.returncode == UNCHANGED
    assert sorted(done.stdout.split()) == sorted(map(str, (tmp_path / "out").iterdir()))
    assert len(done.stdout.split()) == len({case.id for place in claim.places for case in claim.cases(*place)})


@pytest.mark.slow
@pytest.mark.skipif(
    not any(d.metadata["Name"] == "tensorflow" for d in metadata.distributions()), reason="no TensorFlow here"
)
@pytest.mark.parametrize("case", [GRAPH, FIT])
def test_program_shows_what_is_on_record(tmp_path, case):
    """On a real TensorFlow: the same as recorded; and where the record says otherwise, both."""
    done = run(case.id)
    assert done.returncode == UNCHANGED, done.stderr
    other = re.sub(r'("\w.* moving_mean": \[)', r"\g<1>7", done.stdout, count=1)
    assert other != done.stdout
    for text, code, words in ((done.stdout, 0, "the same as"), (other, 1, "! ")):
        (tmp_path / "program.py").write_text(text)
        ran = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert words in ran.stdout
