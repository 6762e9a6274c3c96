"""What people read before they change something is true: paths, commands, the sentence of the example."""

import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import cases, judging
from fixtures.installed import Environment

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ["CONTRIBUTING.md", "docs/architecture.md"]
WORDS = 30  # at most, in one sentence
PLACEHOLDERS = ("TOPIC", "RELEASE", "FILE", "NAME")


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[list[str]]:
    """The words of each command of a page that starts a script, beginning with its path."""
    found = re.findall(r"(?:uv run|suite) (scripts/\w+\.py)([^`\n#)]*)", text)
    return [[script, *rest.split()] for script, rest in found]


@functools.cache
def help_of(script: str) -> str:
    """What a script says that it takes."""
    return subprocess.run(
        [sys.executable, "-S", ROOT / script, "--help"], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("page", GUIDES)
def test_every_path_exists(page):
    """A file or folder in backticks is there, and so is what a link leads to."""
    text = (ROOT / page).read_text()
    named = [
        name for name in re.findall(r"`([\w./*-]+)`", prose(text))
        if "/" in name and not any(word in name for word in PLACEHOLDERS)
    ]  # fmt: skip
    assert named
    assert [name for name in named if not list(ROOT.glob(name.rstrip("/")))] == []
    links = [link.partition("#")[0] for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text)]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", [*GUIDES, "README.md"])
def test_every_command_is_one(page):
    """The script is there, and takes the options that are given to it."""
    for script, *rest in commands((ROOT / page).read_text()):
        for word in rest:
            if script != "scripts/suite.py" and re.match(r"--?[a-z]", word):  # what follows there is for pytest
                assert word.rstrip(".,;:") in help_of(script), f"{script} takes no {word}"


@pytest.mark.parametrize("page", GUIDES)
def test_sentences_are_short(page):
    """No more than thirty words."""
    for paragraph in re.split(r"\n\s*\n|\n(?=[-|#>]|\d+\. )", prose((ROOT / page).read_text())):
        text = " ".join(re.sub(r"[`*]", "", paragraph).split())
        if not text.startswith(">"):  # a quotation
            for cell in text.split("|"):
                for sentence in re.split(r"(?<=[.:;?!])\s", cell):
                    assert len(sentence.split()) <= WORDS, sentence


def test_the_sentence_that_architecture_follows_is_the_one_that_is_said():
    """Word for word."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    told = " ".join(re.sub(r"^>", "", text, flags=re.MULTILINE).split())
    case = cases.graph_layer(cases.TF2_STYLE, "True", False)
    seen = {"update_ops": ["moving_mean", "moving_variance"]}
    assert judging.verdict(case, "update_ops", seen, Environment("2.21.0", "2.21.0", "3.15.1")) in told
    assert f"[{case}]" in told
