"""What a bisection goes through: releases of the calendar, nightlies of the package index, commits of a checkout."""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from packaging.version import Version

from fixtures import record
from support import candidate, environments, releases
from support.client import Failure
from support.environments import NotATarget
from support.git import git, text
from support.questions import NotAnswered
from support.releases import Release

RELEASE, NIGHTLY, COMMIT = "release", "nightly", "commit"
PACKAGES = {"tensorflow": "tf-nightly", "keras": "keras-nightly"}
WORDS = {"tensorflow": releases.NIGHTLY, "keras": releases.KERAS_NIGHTLY}  # the calendar's word for the newest
LINES = {package: line for line, package in PACKAGES.items()}
REPOSITORIES = {
    "tensorflow": "https://github.com/tensorflow/tensorflow",
    "keras": "https://github.com/keras-team/keras",
}
KERAS_OF_TENSORFLOW = {"keras": REPOSITORIES["keras"], "tf_keras": "https://github.com/keras-team/tf-keras"}
SOURCES = ("keras/src/version.py", "keras/api/__init__.py")  # what a commit needs to be imported as it is


@dataclass(frozen=True)
class Step:
    """One thing that can be asked.

    Attributes:
        kind: ``RELEASE``, ``NIGHTLY`` or ``COMMIT``.
        line: ``"tensorflow"`` or ``"keras"``.
        version: of the package; of a commit, as its source says.
        release: what its environment holds; of a nightly or commit of Keras, what it is put on.
        commit: hash of a commit.
        title: of a commit, with its day.
    """

    kind: str
    line: str
    version: Version
    release: Release
    commit: str = ""
    title: str = ""

    @property
    def name(self) -> str:
        """How people call it."""
        if self.kind == COMMIT:
            return f"commit {self.commit[:10]}"
        return f"{PACKAGES[self.line]} {self.version}" if self.kind == NIGHTLY else self.release.name

    @property
    def key(self) -> str:
        """Name of its files."""
        return self.name.replace(" ", "-")

    @property
    def full_name(self) -> str:
        """Its name, and of a commit what it is about."""
        return f"{self.name} {self.title}".strip()


@functools.cache
def offered(package: str) -> dict[Version, str]:
    """The versions of a package that the index has, and the newest Python of each; looked up once.

    Raises:
        Failure: the index cannot be asked.
    """
    return releases.published(package)


@functools.cache
def recorded_nightly(line: str) -> Version | None:
    """The version of the nightly on record; None where there is none."""
    path = releases.calendar()[WORDS[line]].record
    return candidate.version(record.read(path)["provenance"], line) if path.is_file() else None


def built_at(version: Version) -> datetime | None:
    """When a nightly was built, as its version says: the day, and the hour where it has one; UTC."""
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(\d{2})?", str(version.dev or ""))
    if not found:
        return None
    return datetime(*(int(part or 0) for part in found.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]


def nightly(line: str, version: Version, python: str, ground: Release | None = None) -> Step:
    """A nightly of a package; one of Keras on a released TensorFlow."""
    known = releases.calendar()
    if line == "keras":
        return Step(NIGHTLY, line, version, ground or known[releases.recorded("keras")[0].name])
    name = f"tf-nightly-{version}"
    return Step(NIGHTLY, line, version, Release(name, line, None, python, [f"tf-nightly=={version}"]))


def end(said: str) -> Step:
    """The step that a user names.

    Raises:
        NotATarget: it is neither a release nor a nightly.
        Failure: it was never released, or is gone.
    """
    known = releases.calendar()
    name = releases.spelled(said)
    package, _, wanted = said.partition("==")
    bare = re.fullmatch(r"([23])\.\d+\.\d+[.-]?dev\d+", said)
    if bare:
        package, wanted = ("keras-nightly" if bare[1] == "3" else "tf-nightly"), said
    if name in releases.NIGHTLIES:
        line = known[name].line
        version = recorded_nightly(line)
        if version is not None:
            return nightly(line, version, known[name].python)
        have = offered(PACKAGES[line])
        return nightly(line, max(have), have[max(have)])
    if package in LINES and wanted:
        return nightly(LINES[package], releases.parse(wanted), known["nightly"].python)
    target = environments.resolve(said)
    if target.wheel or target.release is None or target.release.version is None:
        raise NotATarget(f"{said!r}: give a release or a nightly.")
    return Step(RELEASE, target.line, target.release.number, target.release)


def between(old: Step, new: Step) -> list[Step]:
    """The releases between two steps, by version, with the two at the ends."""
    found = [
        Step(RELEASE, old.line, release.number, release) for release in releases.calendar().values()
        if release.line == old.line and release.version and old.version < release.number < new.version
    ]  # fmt: skip
    return [old, *sorted(found, key=lambda step: step.version), new]


def nightlies(old: Step, new: Step) -> list[Step]:
    """The nightlies that the package index has between two steps, by day, with the two at the ends.

    A release was branched off before it was released: the nightlies of its own minor release count, too.

    Raises:
        Failure: the index cannot be asked.
    """
    oldest = old.version if old.kind == NIGHTLY else Version(f"{old.version.major}.{old.version.minor}.0.dev0")
    ground = new.release if new.line == "keras" else None
    found = [
        nightly(old.line, version, python, ground)
        for version, python in offered(PACKAGES[old.line]).items()
        if oldest < version < new.version and built_at(version)
    ]
    return [old, *sorted(found, key=lambda step: built_at(step.version) or datetime.min.replace(tzinfo=UTC)), new]


def gone(step: Step) -> NotAnswered:
    """That a nightly is not to be had any more, and which are."""
    package = PACKAGES[step.line]
    have = [version for version in offered(package) if built_at(version)]
    held = f"of its nightlies it has {len(have)}, from {min(have)} to {max(have)}" if have else "it has none"
    return NotAnswered(f"{package} {step.version} is not in the package index: {held}.")


# --- commits ------------------------------------------------------------------------------------


def commit_of(checkout: Path, said: str) -> str:
    """The commit that a user's word names in a checkout: a revision, a release, or the day of a nightly.

    Raises:
        Failure: the checkout has none, or ends before the nightly was built.
    """
    if said == releases.KERAS_NIGHTLY:
        said = str(end(said).version)
    version = re.search(r"(\d+\.\d+\.\d+(\.dev\d+)?)$", said.removeprefix("v"))
    for revision in (said, f"v{version[1]}" if version else said):
        try:
            return git(checkout, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
        except Failure:
            continue
    when = built_at(Version(version[1])) if version else None
    if when is None:
        raise NotATarget(f"{checkout}: it has no commit, tag or branch {said!r}.")
    newest = datetime.fromisoformat(git(checkout, "log", "-1", "--format=%cI", "HEAD").strip())
    if newest < when - timedelta(days=3):
        raise Failure(f"{checkout}: its newest commit is of {newest:%Y-%m-%d}, before {said}: fetch, then run again.")
    found = git(checkout, "rev-list", "-1", "--first-parent", f"--before={when.isoformat()}", "HEAD").strip()
    if not found:
        raise Failure(f"{checkout}: it has no commit as old as {said}: its history may have been cut off.")
    return found


def commit(checkout: Path, name: str, ground: Release | None = None) -> Step:
    """A commit of Keras that can be imported as it is.

    Raises:
        NotAnswered: it cannot: its sources are not where a package has them.
    """
    for file in SOURCES:
        if text(checkout, name, file) is None:
            raise NotAnswered(f"commit {name[:10]} has no {file}: Keras cannot be imported from it without a build.")
    found = re.search(r'__version__ = "([^"]+)"', text(checkout, name, SOURCES[0]) or "")
    if not found:
        raise NotAnswered(f"commit {name[:10]} does not say its version.")
    version = Version(found[1])
    title = git(checkout, "log", "-1", "--format=%cs %s", name).strip()
    return Step(COMMIT, "keras", version, ground or ground_of(version), name, title)


def ground_of(version: Version) -> Release:
    """The release of Keras whose environment a commit is put in: of the same minor release, else the newest."""
    of_keras = releases.recorded("keras")
    return next((one for one in of_keras if one.number.release[:2] == version.release[:2]), of_keras[0])


def commits(checkout: Path, old: str, new: str) -> list[str]:
    """The commits that change Keras between two, the older first, with the two at the ends.

    Where ``old`` is on a branch of its own, as a release is, the commit where it left stands for it.

    Raises:
        Failure: git cannot tell.
    """
    start = git(checkout, "merge-base", old, new).strip()
    path = git(
        checkout, "rev-list", "--first-parent", "--reverse", f"{start}..{new}", "--", "keras"
    ).split()  # fmt: skip
    return [start, *path] if path and path[-1] == new else [start, *path, new]


def upstream(old: Step, new: Step, built_from: dict[str, str]) -> str:
    """Where the commits between two steps stand.

    Args:
        old: the one.
        new: the other.
        built_from: name of a step -> what its TensorFlow says of the commit it was built from.
    """
    site = REPOSITORIES[old.line]
    if old.kind == new.kind == COMMIT:
        return f"{site}/commit/{new.commit}" if new.commit else site
    if old.line == "tensorflow":
        hashes = [re.search(r"-g([0-9a-f]{7,40})$", built_from.get(step.name, "")) for step in (old, new)]
        released = [f"v{step.version}" if step.kind == RELEASE else "" for step in (old, new)]
        ends = [tag or (found[1] if found else "") for tag, found in zip(released, hashes)]
        return f"{site}/compare/{ends[0]}...{ends[1]}" if all(ends) else site
    if old.kind == new.kind == RELEASE:
        return f"{site}/compare/v{old.version}...v{new.version}"
    days = [built_at(step.version) for step in (old, new)]
    since = (days[0] - timedelta(days=1)).date() if days[0] else old.release.date
    until = days[1].date() if days[1] else new.release.date
    return f"{site}/commits/master/?since={since}&until={until}"


def upstream_of_keras(old: dict, new: dict) -> list[str]:
    """Where the commits of the Keras and the tf-keras that two steps of TensorFlow carry stand, where these differ.

    Args:
        old: provenance of the one.
        new: of the other.
    """
    found = []
    for name, site in KERAS_OF_TENSORFLOW.items():
        one, other = old.get(name), new.get(name)
        if one and other and one != other:
            released = "dev" not in one + other
            found.append(f"{site}/compare/v{one}...v{other}" if released else f"{site} from {one} to {other}")
    return found
