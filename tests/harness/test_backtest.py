"""Commits of Keras as mutants: what was chosen, taken out of a release, and refused."""

import functools
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import backtest
import pytest
from support import commits, history, mutants, proof
from support.commits import Commit
from support.history import NotApart
from support.terminal import USAGE

from fixtures import record
from fixtures.cases import KERAS3
from fixtures.claims import load

ROOT = Path(__file__).resolve().parents[2]
BEFORE = "from keras import ops\n\n\ndef double(x):\n    return x + x\n\n\ndef same(x):\n    return x\n"
AFTER = BEFORE.replace("x + x", "2 * x")


@pytest.fixture
def checkout(tmp_path):
    """A history of two commits, and the second of them as it would be chosen."""
    folder = tmp_path / "checkout"

    def git(*arguments):
        done = subprocess.run(
            ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=e", *arguments],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    (folder / "keras").mkdir(parents=True)
    git("init", "-q")
    hashes = []
    for source in (BEFORE, AFTER):
        (folder / "keras" / "twice.py").write_text(source)
        git("add", ".")
        git("commit", "-q", "-m", "change")
        hashes.append(git("rev-parse", "HEAD"))
    parent, commit = hashes
    files = ("keras/twice.py",)
    return folder, Commit(commit, parent, "keras-team/keras", "2024-01-01", "3.0.1", "title", "reason", files)


@pytest.fixture
def packages(tmp_path):
    """site-packages of a release that contains the second commit."""
    place = tmp_path / "site-packages" / "keras" / "src" / "twice.py"
    place.parent.mkdir(parents=True)
    place.write_text(history.as_packaged(COMMIT, AFTER) + "\n\ndef later(x):\n    return x\n")
    return tmp_path / "site-packages"


COMMIT = Commit("c", "p", "keras-team/keras", "2024-01-01", "3.0.1", "title", "reason", ())
OF_KERAS_2 = Commit("c", "p", "keras-team/tf-keras", "2022-01-01", "2.15.0", "title", "reason", ())


def test_every_commit_was_chosen_for_a_reason():
    """Each has its hash, its parent, what it changed and why it was chosen, and stands there once."""
    chosen = commits.chosen()
    assert len(chosen) >= 40
    assert len({commit.commit for commit in chosen}) == len(chosen)
    for commit in chosen:
        assert re.fullmatch("[0-9a-f]{40}", commit.commit)
        assert re.fullmatch("[0-9a-f]{40}", commit.parent)
        assert commit.title
        assert commit.reason
        assert commit.files
        assert not commit.led_to or commit.led_to in load()


def test_every_change_that_keras_names_has_claims_or_says_why_not():
    """One of the two is told, and never both."""
    for entry in commits.release_notes():
        assert bool(entry["claims"]) != bool(entry["why"]), entry["change"]


@functools.lru_cache(maxsize=2)
def held(release):
    """What the record of a release of Keras holds, case by case."""
    return record.read(ROOT / "fixtures" / "observed" / f"keras-{release}.json")["observations"]


def tells(name, before, after):
    """Whether a claim tells two releases of Keras apart: by its verdict, or by what one of its cases shows."""
    for surface, program in load()[name].places:
        if surface != KERAS3:
            continue
        if load()[name].expected(surface, program, before) != load()[name].expected(surface, program, after):
            return True
        for case in load()[name].cases(surface, program):
            seen = [held(release).get(case.id) for release in (before, after)]
            if None not in seen and record.plain(seen[0]) != record.plain(seen[1]):
                return True
    return False


@pytest.mark.parametrize("entry", commits.release_notes(), ids=lambda entry: entry["source"].split("/", 4)[-1])
def test_claims_tell_of_the_change_that_keras_names(entry):
    """Each is in the registry, and what it says or sees differs between the two releases."""
    before, after = entry["between"].split(" → ")
    for name in entry["claims"]:
        assert name in load(), f"{name} is no claim"
        assert tells(name, before, after), f"{name} says the same of Keras {before} and {after}"


def test_a_claim_that_sees_the_same_in_both_releases_tells_of_no_change():
    """The check can fail: the mask of a call goes on since 3.11, and no release before or after changed it."""
    assert tells("given-mask-goes-on", "3.10.0", "3.11.3")
    assert not tells("given-mask-goes-on", "3.9.2", "3.10.0")
    assert tells("layer-given-none-by-position-follows-the-model", "3.9.2", "3.10.0")  # by what it sees alone
    assert not tells("masked-nan-stays-out-of-statistics", "3.12.4", "3.13.2")


def test_results_are_those_of_commits_that_were_chosen():
    """A result has one of three words, and says why it judged nothing or what it noticed."""
    chosen = {commit.commit for commit in commits.chosen()}
    for name, result in backtest.load().items():
        assert name in chosen
        assert result["result"] in (backtest.NOTICED, backtest.UNNOTICED, backtest.LEFT)
        assert result["result"] != backtest.NOTICED or result["sentence"]
        assert result["result"] != backtest.LEFT or result["why"]


@pytest.mark.parametrize(("commit", "file", "place"), [
    (COMMIT, "keras/src/layers/layer.py", "keras/src/layers/layer.py"),
    (COMMIT, "keras/layers/layer.py", "keras/src/layers/layer.py"),
    (OF_KERAS_2, "keras/engine/base_layer.py", "tf_keras/src/engine/base_layer.py"),
    (OF_KERAS_2, "tf_keras/engine/base_layer.py", "tf_keras/src/engine/base_layer.py"),
])  # fmt: skip
def test_a_file_of_the_repository_lies_in_src_of_the_package(commit, file, place):
    """A released package has its sources in src, whatever the repository had then."""
    assert history.packaged(commit, file) == place


@pytest.mark.parametrize(("commit", "line", "packaged"), [
    (COMMIT, "from keras import ops", "from keras.src import ops"),
    (COMMIT, "from keras.src import ops", "from keras.src import ops"),
    (OF_KERAS_2, "from keras.engine import base_layer", "from tf_keras.src.engine import base_layer"),
    (OF_KERAS_2, "    import tf_keras.src.backend", "    import tf_keras.src.backend"),
    (OF_KERAS_2, "from kerastuner import x", "from kerastuner import x"),
    (COMMIT, "x = keras.ops", "x = keras.ops"),
])  # fmt: skip
def test_imports_are_those_of_the_package(commit, line, packaged):
    """Imports, and nothing else, name the package that is installed."""
    assert history.as_packaged(commit, line) == packaged


def test_a_commit_is_taken_out_of_a_release(checkout, packages):
    """What came later stays, what it changed is as it was before."""
    folder, commit = checkout
    exchange = history.exchange(commit, folder, packages, backwards=True)
    source = exchange.parent["keras/src/twice.py"]
    assert "x + x" in source
    assert "def later" in source
    assert exchange.commit == {}


def test_a_commit_is_put_on_a_release(checkout, packages):
    """A release that lacks it gets it, and keeps the rest."""
    folder, commit = checkout
    place = packages / "keras" / "src" / "twice.py"
    place.write_text(place.read_text().replace("2 * x", "x + x"))
    exchange = history.exchange(commit, folder, packages, backwards=False)
    assert "2 * x" in exchange.commit["keras/src/twice.py"]
    assert exchange.parent == {}


def test_later_changes_in_the_same_lines_are_no_release_without_it(checkout, packages):
    """A conflict is refused with the file's name; whole files then stand on both sides."""
    folder, commit = checkout
    place = packages / "keras" / "src" / "twice.py"
    place.write_text(place.read_text().replace("2 * x", "x * 2"))
    with pytest.raises(NotApart, match=r"later changes of keras/src/twice\.py stand in the same lines"):
        history.exchange(commit, folder, packages, backwards=True)
    exchange = history.exchange(commit, folder, packages, backwards=True, whole=True)
    assert exchange.parent["keras/src/twice.py"] == history.as_packaged(commit, BEFORE)
    assert exchange.commit["keras/src/twice.py"] == history.as_packaged(commit, AFTER)


def test_a_release_from_which_it_is_gone_is_refused(checkout, packages):
    """Nothing would differ."""
    folder, commit = checkout
    place = packages / "keras" / "src" / "twice.py"
    place.write_text(place.read_text().replace("2 * x", "x + x"))
    with pytest.raises(NotApart, match="nothing of it is left"):
        history.exchange(commit, folder, packages, backwards=True)


def test_changed_lines_are_the_statements_that_differ():
    """One statement here, a whole function where a line was put in."""
    assert history.changed_lines(AFTER, BEFORE) == {5}
    assert history.changed_lines(AFTER, AFTER.replace("    return x\n", "    x = x\n    return x\n")) == {8, 9}


def test_each_claim_comes_before_any_comes_twice():
    """What few others execute is early, and one claim does not push out the others."""
    reach = backtest.Reach.__new__(backtest.Reach)
    reach.lines = {
        "a keras p": {"f": [1]}, "a tf_keras p": {"f": [1]}, "b keras p": {"f": [1]}, "c keras p": {"f": [2]},
        "d keras p": {"f": [1, 3]},
    }  # fmt: skip
    found = reach.subjects({("f", 1), ("f", 3)})
    assert found[0] == "d keras p"
    assert {name.split(" ")[0] for name in found[:3]} == {"a", "b", "d"}
    assert len(found) == 4


@pytest.mark.parametrize(("result", "subjects", "expected"), [
    (None, 80, True),
    ({"result": "noticed", "judged_by": 3, "reached_by": 90}, 80, False),
    ({"result": "not noticed", "judged_by": 80, "reached_by": 90}, 80, False),
    ({"result": "not noticed", "judged_by": 80, "reached_by": 90}, 200, True),
    ({"result": "not noticed", "judged_by": 90, "reached_by": 90}, 200, False),
    ({"result": "not judged", "why": "it does not run"}, 200, False),
])  # fmt: skip
def test_what_more_cases_could_change_is_judged_again(result, subjects, expected):
    """A run that was ended goes on, and asking for more judges the rest."""
    assert backtest.waits(result, subjects) is expected


def test_a_commit_that_comes_out_of_no_release_is_put_on_the_last_one_without_it():
    """Whole files of its day are tried after that alone: they may not fit the release at all."""
    *taken_out, put_on = backtest.homes(replace(COMMIT, since="3.14.0"))
    assert put_on == ("keras-3.13.2", False)
    assert all(backwards for _, backwards in taken_out)
    assert backtest.homes(replace(COMMIT, since=""))[-1][1] is False


def test_a_function_that_was_renamed_counts_as_its_class_or_its_file_does():
    """Or nothing could ever notice a commit of which the measured release knows no name."""
    functions = mutants.functions(
        "class Trainer:\n    def step(self):\n        pass\n    def other(self):\n        pass\ndef walk():\n    pass\n"
    )

    def names(name):
        return [node.name for node in backtest.counterparts((name, False), functions)]

    assert names("Trainer.step") == names("TensorFlowTrainer.step") == ["step"]
    assert names("walk_before") == ["step", "other", "walk"]


def test_a_problem_is_told_without_places_of_this_machine():
    """They tell nobody else anything."""
    assert backtest.without_paths("ImportError: no name 'x' (/here/keras/__init__.py) (a hint)") == (
        "ImportError: no name 'x' (a hint)"
    )


def test_modules_are_imported_from_an_overlay(tmp_path):
    """Several at once, one of them new to the package; what is not in it comes from where it was."""
    package = tmp_path / "site" / "package"
    package.mkdir(parents=True)
    for name in ("__init__", "one", "two"):
        (package / f"{name}.py").write_text(f"SAID = 'installed {name}'\n")
    (tmp_path / "overlay").mkdir()
    variables = backtest.overlay(
        {"package/one.py": "SAID = 'other one'\n", "package/new.py": "SAID = 'new'\n"}, tmp_path / "overlay"
    )
    done = subprocess.run(
        [sys.executable, "-c", "from package import one, two, new; print(one.SAID, two.SAID, new.SAID)"],
        env={**variables, "PYTHONPATH": f"{variables['PYTHONPATH']}:{tmp_path / 'site'}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "other one installed two new\n"


def test_a_folder_that_is_no_checkout_is_refused(tmp_path, monkeypatch, capsys):
    """One sentence, and the exit code of wrong usage."""
    monkeypatch.setattr(sys, "argv", ["backtest.py", str(tmp_path)])
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert backtest.main() == USAGE
    assert "no checkout" in capsys.readouterr().err


def test_a_checkout_of_something_else_is_refused(checkout, monkeypatch, capsys):
    """A repository without the commits is named, and what to give instead."""
    monkeypatch.setattr(sys, "argv", ["backtest.py", str(checkout[0])])
    assert backtest.main() == USAGE
    assert "none of the" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "said"), [([], "give the folder"), (["--only", "zz", "."], "zz: not among")])
def test_wrong_usage_is_said_in_one_sentence(arguments, said, monkeypatch, capsys):
    """No folder, or a commit that was not chosen."""
    monkeypatch.setattr(sys, "argv", ["backtest.py", *arguments])
    assert backtest.main() == USAGE
    assert said in capsys.readouterr().err


def test_the_page_counts_noticed_judged_and_chosen(tmp_path, monkeypatch):
    """Commits without a result are not judged, and say so."""
    first, second, *_ = commits.chosen()
    results = {
        first.commit: {"result": "noticed", "sentence": "mean is 0", "judged_by": 1, "reached_by": 2,
                       "release": "keras-3.1.1", "how": "taken out"},
        second.commit: {"result": "not noticed", "judged_by": 2, "reached_by": 2, "release": "keras-3.1.1",
                        "how": "taken out"},
    }  # fmt: skip
    (tmp_path / "backtest.json").write_text(json.dumps({"commits": results}))
    monkeypatch.setattr(proof, "FOLDER", tmp_path)
    page = "\n".join(proof.of_history())
    assert f"1 noticed of 2 judged of {len(commits.chosen())} chosen" in page
    assert "mean is 0" in page
    assert "it was not run" in page
