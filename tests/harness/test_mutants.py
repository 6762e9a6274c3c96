"""Mutants: made as described, imported instead of the installed source, judged by what executes them."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import mutate
import pytest
from support import fresh_mutants, mutants, official_tests, proof
from support.overlays import overlay

from fixtures.claims import load

SOURCE = '''class Layer:
    def call(self, x, training=False):
        """Words."""
        if training and self.trainable:
            y = x * 0.9
            self.updates += 1
        else:
            y = x
        if x is None:
            raise ValueError("no x", 1)
        return y
'''


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Site-packages with one module, and a folder of mutants."""
    (tmp_path / "packages" / "small").mkdir(parents=True)
    (tmp_path / "packages" / "small" / "__init__.py").touch()
    (tmp_path / "packages" / "small" / "layer.py").write_text(SOURCE)
    monkeypatch.setattr(mutants, "FOLDER", tmp_path)
    return tmp_path / "packages"


def write(folder: Path, find="0.9", replace="0.8", function="Layer.call"):
    """One mutant by hand, and one target."""
    (folder / "by_hand.toml").write_text(
        f'[[mutant]]\nid = "less"\nmeans = "m"\nfile = "small/layer.py"\nfunction = "{function}"\n'
        f"find = '''{find}'''\nreplace = '''{replace}'''\nsurfaces = [\"keras\"]\n"
    )
    (folder / "targets.toml").write_text(
        f'[[target]]\nfile = "small/layer.py"\nfunction = "{function}"\nsurfaces = ["keras"]\n'
    )


def test_mutant_by_hand_changes_one_place(packages, tmp_path):
    """And nothing else."""
    write(tmp_path)
    (mutant,) = mutants.by_hand(packages)
    assert (mutant.module, mutant.source) == ("small.layer", SOURCE.replace("0.9", "0.8"))


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"find": "y = x"}, "2 times, not once"),
        ({"find": "nowhere"}, "0 times, not once"),
        ({"function": "Layer.build"}, "has no function Layer.build"),
    ],
)
def test_mutant_that_does_not_fit_is_refused(packages, tmp_path, change, sentence):
    """The sources have changed: the mutant must be looked at again."""
    write(tmp_path, **change)
    with pytest.raises(mutants.NoSuchPlace, match=sentence):
        mutants.by_hand(packages)


def test_machine_makes_the_same_mutants_each_time(packages, tmp_path):
    """They compile, differ from the source and from each other, and leave docstring and errors alone."""
    write(tmp_path)
    made = mutants.by_machine(packages)
    assert made == mutants.by_machine(packages)
    assert len({mutant.source for mutant in made} | {SOURCE}) == len(made) + 1 == mutants.PER_FUNCTION + 1
    for mutant in made:
        ast.parse(mutant.source)
        assert '"""Words."""' in mutant.source
        assert 'raise ValueError("no x", 1)' in mutant.source


@pytest.mark.parametrize(
    "find, replace, lines",
    [
        pytest.param("x * 0.9", "x * 0.8", (5, 5), id="a statement"),
        pytest.param("training and", "training or", (4, 4), id="the head of an if, not its body"),
        pytest.param("training=False", "training=True", (2, 11), id="the head of a function: all of it"),
        pytest.param("            self.updates += 1\n", "", (5, 6), id="a statement that is gone"),
        pytest.param("        return y", "            return y", (2, 11), id="a statement in another block"),
    ],
)
def test_what_must_run_to_tell_a_mutant(find, replace, lines):
    """The innermost statement that changed."""
    found = mutants.touched(SOURCE, SOURCE.replace(find, replace))
    assert found.start <= lines[0] <= lines[1] <= found.stop - 1 or (found.start, found.stop - 1) == lines


def test_operators_do_what_their_examples_say():
    """As Cosmic Ray asks of every operator; ours deletes statements."""
    for example in mutants.DeleteStatement.examples():
        assert mutants.MutationVisitor.mutate_code(example.pre_mutation_code, mutants.DeleteStatement(), 0) == (
            example.post_mutation_code
        )


def test_overlay_is_imported_and_the_environment_stays(packages, tmp_path):
    """The mutant is what runs; the installed file is untouched, and without the overlay it is back."""
    write(tmp_path)
    (mutant,) = mutants.by_hand(packages)
    variables = overlay({mutant.file: mutant.source}, tmp_path)
    code = (
        "import small.layer as m; l = m.Layer(); l.trainable = True; l.updates = 0; print(l.call(10, True), m.__file__)"
    )
    for extra, answer in ((variables, "8.0"), ({}, "9.0")):
        path = os.pathsep.join(filter(None, [extra.get("PYTHONPATH"), str(packages)]))
        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **extra, "PYTHONPATH": path},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.split()[0] == answer
    assert (packages / "small" / "layer.py").read_text() == SOURCE


def test_a_mutant_that_nothing_executes_survives_without_a_run(packages, tmp_path):
    """It can be noticed by no case there is."""
    write(tmp_path)
    (mutant,) = mutants.by_hand(packages)
    assert mutate.judge(mutant, Path("no python"), []) == {"result": mutate.SURVIVED, "subjects": 0, "seconds": 0.0}


def test_unknown_mutant_is_wrong_usage(packages, tmp_path):
    """One sentence."""
    write(tmp_path)
    done = subprocess.run(
        [sys.executable, str(mutate.ROOT / "scripts" / "mutate.py"), "--colour"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == mutate.USAGE
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(
    not any(d.metadata["Name"] == "tensorflow" for d in metadata.distributions()), reason="no TensorFlow here"
)
def test_every_mutant_by_hand_fits_the_installed_sources():
    """And its result on record is of the same source."""
    packages = Path(metadata.distribution("tensorflow").locate_file(""))
    made = mutants.by_hand(packages)
    assert len({mutant.id for mutant in made}) == len(made) > 150


def test_results_on_record_are_of_mutants_that_exist():
    """Every equivalent mutant has survived, and has its argument; what led to a claim is noticed now."""
    results = json.loads(mutate.RESULTS.read_text())["mutants"]
    named = {
        entry["id"] for name in ("by_hand", "fresh_by_hand")
        for entry in tomllib.loads((mutants.FOLDER / f"{name}.toml").read_text())["mutant"]
    }  # fmt: skip
    assert named == {name for name, result in results.items() if result["by_hand"]}
    argued = mutate.equivalents()
    assert all(results[name].get("result") == mutate.SURVIVED and because for name, because in argued.items())
    first, led = proof.led_to_claims()
    assert all(results[name]["result"] == mutate.KILLED and results[name]["draw"] >= first for name in led)
    assert set(led.values()) <= set(load())
    since = fresh_mutants.led_to() | fresh_mutants.led_to("last")
    assert all(results[name]["result"] == mutate.KILLED and results[name]["by"] == by for name, by in since.items())


def test_fresh_mutants_count_by_who_noticed_them_first(monkeypatch):
    """Equivalent ones and those that one suite was not given are left out; the record's are told apart."""
    monkeypatch.setattr(fresh_mutants, "led_to", lambda: {"since": "a claim", "first by the record": "a claim"})
    then = {"as_it_was": {"result": "survived"}, "by_hand": True}
    results = {
        "both": {"as_it_was": {"result": "killed"}, "by_hand": True}, "since": then,
        "first by the record": {**then, "by_record": True}, "by the record": {**then, "by_record": True},
        "unnoticed": then, "equivalent": then, "not then": {"by_hand": False},
    }  # fmt: skip
    ends = dict.fromkeys(results, "killed") | {"unnoticed": "survived", "equivalent": "equivalent"}
    found = fresh_mutants.counted(results, ends)
    assert found == {"given": 5, "then": 1, "now": 1, "by_record": 2, "led": 1, "made": 7, "by_hand": 6,
                     "equivalent": 1, "not_judged": 1}  # fmt: skip


def test_mutants_drawn_last_count_as_they_ended(monkeypatch):
    """Equivalent ones are no chance to notice anything; nothing is said before one is judged."""
    ends = {"a": "killed", "b": "refused", "c": "survived", "d": "equivalent", "e": "not judged", "other": "killed"}
    ends["f"] = "killed"
    results = {name: {"last": name != "other"} for name in ends}
    monkeypatch.setattr(fresh_mutants, "led_to", lambda drawn: {"f": "a claim"})
    assert fresh_mutants.of_last(results, ends) == (
        "Of 4 mutants drawn last, in wrappers, masks, saving and trainers, 2 were noticed; 1 led to what notices them "
        "since. 1 more are equivalent. 1 were not judged."
    )
    monkeypatch.setattr(fresh_mutants, "led_to", lambda drawn: {})
    assert fresh_mutants.of_last(results, dict.fromkeys(ends, "not judged")) == ""


# What is observed and what should be; what is beside the record; what raised; what has no verdict: each with its call.
NAMES_THE_BEHAVIOUR = re.compile(
    r".*[ (](but (should be|was)|is published|was .* is|was: .*; now: |raised \w+|is not decided).*program\]"
)


def test_each_killed_mutant_is_killed_with_a_sentence_that_names_the_behaviour():
    """Not by an error of the suite's own, nor by half a sentence."""
    results = json.loads(mutate.RESULTS.read_text())["mutants"]
    said = {name: result["sentence"] for name, result in results.items() if result.get("result") == mutate.KILLED}
    assert {name: text for name, text in said.items() if not NAMES_THE_BEHAVIOUR.fullmatch(text)} == {}
    assert not NAMES_THE_BEHAVIOUR.fullmatch("KeyError: 'moving_variance'")
    assert not NAMES_THE_BEHAVIOUR.fullmatch("the observation raised ValueError:")


OFFICIAL_TESTS = """from small.layer import Layer

def layer():
    made = Layer()
    made.trainable, made.updates = True, 0
    return made

def test_training():
    assert layer().call(10, True) == 9.0

def test_inference():
    assert layer().call(10) == 10

def test_that_fails_anyway():
    assert layer().call(10, True) == 0
"""


@pytest.fixture
def official(tmp_path, monkeypatch):
    """Mutants of one module, and the official tests beside it."""
    packages, checkout = tmp_path / "site-packages", tmp_path / "checkout"
    for folder in (packages / "small", checkout / "small"):
        folder.mkdir(parents=True)
    (packages / "small" / "__init__.py").touch()
    (packages / "small" / "layer.py").write_text(SOURCE)
    (checkout / "small" / "layer_test.py").write_text(OFFICIAL_TESTS)
    monkeypatch.setattr(mutants, "FOLDER", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(packages))
    monkeypatch.setenv("BATCHNORM_CACHE", str(tmp_path))

    def judge(find, replace):
        write(tmp_path, find, replace)
        (mutant,) = mutants.by_hand(packages)
        tests = official_tests.Official("the release", Path(sys.executable), checkout, ["small/layer.py"])
        tests.packages, tests.beside = packages, tmp_path / "beside"
        return tests.judge(mutant)

    return judge


def test_official_tests_that_execute_a_mutant_judge_it(official):
    """And no others; one that fails without a mutant does not count; what they execute is measured once."""
    told = official("x * 0.9", "x * 0.8")
    assert (told["result"], told["by"], told["tests"]) == ("killed", "layer_test.py::test_training", 1)
    told = official("self.updates += 1", "self.updates += 2")
    assert (told["result"], told["tests"]) == ("survived", 1)
    told = official("            y = x\n", "            y = x + 1\n")
    assert (told["result"], told["by"]) == ("killed", "layer_test.py::test_inference")


def test_official_tests_find_what_they_import_beside_tensorflow(official, tmp_path):
    """Packages in a folder of their own, and the helper of Keras' own conftest.py."""
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "rare_package.py").write_text("FACTOR = 0.9\n")
    path = tmp_path / "checkout" / "small" / "layer_test.py"
    imports = "from conftest import skip_if_backend\nimport rare_package\n"
    path.write_text(imports + OFFICIAL_TESTS.replace("9.0", "10 * rare_package.FACTOR"))
    assert official("x * 0.9", "x * 0.8")["result"] == "killed"


def test_official_tests_that_do_not_run_are_a_failure(official, tmp_path):
    """Nothing is said of a mutant."""
    (tmp_path / "checkout" / "small" / "layer_test.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(mutate.Failure, match=r"layer_test\.py"):
        official("x * 0.9", "x * 0.8")
