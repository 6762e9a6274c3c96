"""Commits of Keras and tf-keras, and what a release would be without one of them.

A commit is taken out of a release by a three-way merge of each file that it changed: the release's text, with what
leads from the commit back to its parent. So a whole release runs, and nothing differs but the commit. Where later
changes stand in the same lines the merge has a conflict, and another release is tried, in the end the last one without
the commit, which takes it. If none is left, the file as it was before the commit, and as it was after it, stand in the
place of the release's own.
"""

import difflib
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from support import mutants
from support.client import Failure
from support.commits import Commit
from support.git import git, text


class NotApart(Failure):
    """A commit cannot be taken out of a release, or put on it."""


def holds(checkout: Path, commit: Commit) -> bool:
    """Whether a checkout has a commit and its parent.

    Raises:
        Failure: the folder is no checkout.
    """
    try:
        git(checkout, "rev-parse", "--git-dir")
    except (Failure, OSError):
        raise Failure(f"{checkout}: no checkout: it is not the folder of a git repository.") from None
    try:
        for name in (commit.commit, commit.parent):
            git(checkout, "cat-file", "-e", f"{name}^{{commit}}")
    except Failure:
        return False
    return True


def packaged(commit: Commit, file: str) -> str:
    """Where a file of the repository lies below site-packages: the sources of a released package are in ``src``."""
    first, _, rest = file.partition("/")
    return f"{commit.package}/src/{rest.removeprefix('src/')}" if first in ("keras", "tf_keras") else file


def as_packaged(commit: Commit, source: str | None) -> str | None:
    """A source with its imports as a released package has them."""
    if source is None:
        return None
    return re.sub(r"(?m)^(\s*)(from|import) (?:tf_)?keras(?:\.src)?(?=[. ])", rf"\1\2 {commit.package}.src", source)


def merged(ours: str, base: str, theirs: str) -> str | None:
    """``ours`` with what leads from ``base`` to ``theirs``; None when both changed the same lines."""
    with tempfile.TemporaryDirectory(prefix="batchnorm-merge-") as name:
        paths = [Path(name) / part for part in ("ours", "base", "theirs")]
        for path, content in zip(paths, (ours, base, theirs), strict=True):
            path.write_text(content)
        done = subprocess.run(
            ["git", "merge-file", "-p", *map(str, paths)], capture_output=True, text=True, check=False
        )
    return done.stdout if done.returncode == 0 else None


@dataclass(frozen=True)
class Exchange:
    """Sources that stand before those of a release, by file relative to site-packages; what is not in it stays.

    Attributes:
        parent: makes the release what it would be with the commit's parent.
        commit: makes it what it would be with the commit; empty when the release is that already.
    """

    parent: dict[str, str]
    commit: dict[str, str]

    @property
    def differ(self) -> list[str]:
        """Files in which the two differ."""
        return sorted({*self.parent, *self.commit})


def exchange(commit: Commit, checkout: Path, packages: Path, backwards: bool, whole: bool = False) -> Exchange:
    """What takes a commit out of a release (``backwards``), or puts it on the release.

    Args:
        commit: the commit.
        checkout: has its sources.
        packages: site-packages of the release.
        backwards: whether the release contains the commit.
        whole: where later changes stand in the same lines, put in the whole file, as it was before and after.

    Raises:
        NotApart: later changes stand in the same lines, the release lacks a file, or nothing is left to exchange.
    """
    parent: dict[str, str] = {}
    after: dict[str, str] = {}
    for file in commit.files:
        place = packaged(commit, file)
        old, new = (as_packaged(commit, text(checkout, r, file)) for r in (commit.parent, commit.commit))
        installed = (packages / place).read_text() if (packages / place).exists() else None
        base, wanted = (new, old) if backwards else (old, new)
        if wanted is None:
            continue  # a file that nothing imports then
        if installed is None and base is not None:
            raise NotApart(f"the release has no {place}")
        result = wanted if installed is None or base is None else merged(installed, base, wanted)
        if result is not None:
            if result != installed:
                (parent if backwards else after)[place] = result
        elif whole and old is not None and new is not None:
            parent[place], after[place] = old, new
        else:
            raise NotApart(f"later changes of {place} stand in the same lines")
    if not parent and not after:
        raise NotApart("nothing of it is left in the release")
    return Exchange(parent, after)


def changed_lines(installed: str, other: str) -> set[int]:
    """Lines of an installed source of which one must run before it can be told from another.

    Each place where they differ counts by itself, as one mutant does.
    """
    one, two = installed.splitlines(keepends=True), other.splitlines(keepends=True)
    lines: set[int] = set()
    for kind, first, last, start, end in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal" or not "".join(one[first:last] + two[start:end]).strip():
            continue
        lines.update(mutants.touched(installed, "".join([*one[:first], *two[start:end], *one[last:]])))
    return lines


def counterparts(source: str, other: str) -> dict[int, int]:
    """Line -> the line of another version of the source that reads the same, in the same order."""
    one, two = source.splitlines(), other.splitlines()
    blocks = difflib.SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return {block.a + n + 1: block.b + n + 1 for block in blocks for n in range(block.size)}
