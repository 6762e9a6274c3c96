"""Scripts start by themselves: each says what it needs, in the versions of the requirement files."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import suite
from support import development, inline

from fixtures import amounts

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [pytest.param(path, id=path.name) for path in inline.scripts()]
# Without benchmark.py, which needs the TensorFlow that it measures: a gigabyte.
STARTED = [one for one in SCRIPTS if one.id != "benchmark.py"]


@pytest.mark.parametrize("path", SCRIPTS)
def test_what_a_script_needs_is_what_its_requirement_file_pins(path):
    """A new version in requirements/ is a new version in each script: uv run scripts/environments.py inline."""
    text = path.read_text()
    assert inline.renewed(text) == text
    said = inline.metadata(text)
    requirements = ROOT / said["tool"]["batchnorm-spec"]["requirements"]
    assert said["dependencies"] == inline.pins(requirements)
    assert said["requires-python"] == f"=={inline.PYTHON}.*"
    for dependency in said["dependencies"]:
        assert f"\n{dependency} " in "\n" + requirements.read_text(), "word for word, and exact"
        assert "==" in dependency


@pytest.mark.parametrize("path", SCRIPTS)
def test_help_needs_no_library(path, tmp_path):
    """Python alone tells what a script does and takes: -S hides everything that is installed."""
    done = subprocess.run(
        [sys.executable, "-S", path, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"usage: {path.name}" in done.stdout
    assert not done.stderr


def test_wrong_words_beside_help_are_told_by_the_script_itself():
    """With its own exit code, as without --help."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "gate.py", "--case-timeout", "soon", "--help"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 64
    assert done.stderr == "argument --case-timeout: 'soon' is not a number of seconds above 0\n"


@pytest.mark.parametrize("amount", ["0", "-5", "nan", "inf", "1e-400", "many"])
@pytest.mark.parametrize(("kind", "means"), [(amounts.seconds, "seconds above 0"), (amounts.count, "from 1 on")])
def test_amounts_are_above_0(kind, means, amount):
    """With a timeout of 0 each case is hung, with that of nan or inf none ever is."""
    with pytest.raises(argparse.ArgumentTypeError, match=f"'{amount}' is not a .*{means}"):
        kind(amount)
    assert kind("7") == 7


def test_what_is_for_another_python_is_left_out():
    """The scripts run with one Python; what is for another system stays, for uv to decide."""
    text = (
        "# head\n"
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:1\n"
        "numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:2\n"
        "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:3\n"
        "rich==15.0.0 \\\n    --hash=sha256:4\n"
    )
    assert list(inline.pinned(text)) == ["numpy==2.5.5", "colorama==0.4.6 ; sys_platform == 'win32'", "rich==15.0.0"]


@pytest.mark.parametrize(
    "text, words",
    [
        ('"""A script."""\n\nimport os\n', "it has 0 blocks"),
        (inline.block(None) * 2, "it has 2 blocks"),
        ("# /// script\n# dependencies = [\n# ///\n", "is not TOML"),
    ],
)
def test_a_script_that_does_not_say_what_it_needs_is_one_sentence(text, words):
    """None, two, unreadable."""
    with pytest.raises(inline.NoBlock, match=words):
        inline.renewed(text)


def test_a_block_keeps_the_rest_of_its_script():
    """Only the block is written anew."""
    text = '"""A script."""\n\n' + inline.block(None) + "\nimport os\n"
    assert inline.renewed(text) == text
    old = text.replace(f"=={inline.PYTHON}.*", "==3.9.*")
    assert inline.renewed(old) == text


@pytest.mark.slow
@pytest.mark.parametrize("path", STARTED)
def test_script_starts_with_what_it_says_that_it_needs(path):
    """Beyond its help, that is with all its libraries; wrong words are one sentence, with the exit code for them."""
    words = ["tests/none.py", "--no-such-option"] if path.name == "suite.py" else ["--no-such-option"]
    done = subprocess.run(["uv", "run", "--quiet", path, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (64, 1), done.stderr


@pytest.mark.slow
def test_scripts_start_in_an_empty_clone(tmp_path):
    """With uv and nothing else; the project is neither built nor locked, and nothing is left behind."""
    clone = tmp_path / "a clone"
    shutil.copytree(
        ROOT, clone, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache", ".hypothesis", "observed", "docs")
    )
    before = {path for path in clone.rglob("*") if "__pycache__" not in path.parts}
    hidden = ("VIRTUAL_ENV", "PYTHONPATH")
    for command in (["scripts/mutate.py", "--help"], ["scripts/environments.py", "inline", "--check"]):
        done = subprocess.run(
            ["uv", "run", *command], cwd=clone, capture_output=True, text=True, check=False,
            env={name: value for name, value in os.environ.items() if name not in hidden},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "batchnorm-spec" not in done.stderr, "the project was built"
    assert {path for path in clone.rglob("*") if "__pycache__" not in path.parts} == before


@pytest.mark.parametrize(("codes", "code"), [((0, 0), 0), ((1, 0), 1), ((0, 4), 4)])
def test_all_tests_are_two_runs_and_the_first_that_fails_gives_the_exit_code(codes, code, monkeypatch):
    """Together they have every folder of tests, and the suite observes from one import."""
    left, runs = list(codes), []

    def run(*words):
        runs.append(words)
        return subprocess.CompletedProcess(words, left.pop(0))

    monkeypatch.setattr(development, "run", run)
    assert suite.run(["dev"]) == code
    named = {word for words in runs for word in words if word.startswith("tests/")}
    assert named == {f"tests/{path.name}" for path in (ROOT / "tests").iterdir() if any(path.glob("test_*.py"))}
    assert "-n" not in runs[0]
