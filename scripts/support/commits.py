"""Commits of Keras and tf-keras that were chosen to be judged, and the changes that Keras' release notes name."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "backtest"
UNRELEASED = (999,)


@dataclass(frozen=True)
class Commit:
    """One commit that was chosen; see ``scripts/backtest/commits.toml``.

    Attributes:
        commit: its hash.
        parent: hash of its first parent.
        repository: its name on GitHub.
        date: of the commit, ISO.
        since: first release that contains it; empty when none does.
        title: what it changed.
        reason: why it was chosen.
        files: sources that it changed.
        led_to: id of the claim that was written because nothing noticed it; empty where there is none.
    """

    commit: str
    parent: str
    repository: str
    date: str
    since: str
    title: str
    reason: str
    files: tuple[str, ...]
    led_to: str = ""

    @property
    def package(self) -> str:
        """The package that it is part of: ``keras`` or ``tf_keras``."""
        return self.repository.partition("/")[2].replace("-", "_")

    @property
    def version(self) -> tuple[int, ...]:
        """``since`` as numbers; above all releases when none contains it."""
        return tuple(int(part) for part in self.since.split(".")) if self.since else UNRELEASED


def chosen() -> list[Commit]:
    """All commits that were chosen, in the order of the file."""
    entries = tomllib.loads((FOLDER / "commits.toml").read_text())["commit"]
    return [Commit(**{**entry, "files": tuple(entry["files"])}) for entry in entries]


def release_notes() -> list[dict[str, Any]]:
    """Changes that Keras names between neighbouring releases; ``scripts/backtest/release_notes.toml``."""
    return tomllib.loads((FOLDER / "release_notes.toml").read_text())["change"]
