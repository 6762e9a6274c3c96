"""The release calendar: which releases there are, and what an environment of each must hold.

Two lines are released: TensorFlow (with the tf-keras and Keras that belong to it) and Keras 3 on its
own (each on the newest TensorFlow of its time). An entry has

* ``line``: ``"tensorflow"`` or ``"keras"``;
* ``date``: day of the release, UTC, as the package index tells it; None for a nightly;
* ``python``: the interpreter of its environment;
* ``requires``: its pins; ``overrides``: requirements that replace what packages ask for.

What is released is asked of the package client (pip), the days too (uv): no index is named here.
"""

import functools
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from support.client import Failure, uv

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "fixtures" / "releases"
CALENDAR = FOLDER / "calendar.json"
NIGHTLY, KERAS_NIGHTLY = "nightly", "keras-nightly"
NIGHTLIES = (NIGHTLY, KERAS_NIGHTLY)
PYTHONS = ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
OLDEST, OLDEST_KERAS = Version("1.13.1"), Version("3.0.0")
STALE_DAYS = 7
# A nightly package that would bring a second TensorFlow or Keras with it is kept from doing so.
NO_TF_NIGHTLY, NO_KERAS = "tf-nightly; python_version < '3'", "keras; python_version < '3'"


@dataclass(frozen=True)
class Release:
    """One entry of the calendar; see the module."""

    name: str
    line: str
    date: str | None
    python: str
    requires: list[str]
    overrides: list[str] = field(default_factory=list)

    @property
    def version(self) -> Version | None:
        """Version of the package that is released; None for a nightly."""
        return None if self.name in NIGHTLIES else Version(self.name.removeprefix("keras-"))

    @property
    def number(self) -> Version:
        """The version, where a nightly was left out already."""
        if self.version is None:
            raise TypeError(f"{self.name} has no version")
        return self.version

    @property
    def file(self) -> Path:
        """The hashed requirement file."""
        return FOLDER / f"{self.name}.txt"

    @property
    def record(self) -> Path:
        """The record of what was observed."""
        return ROOT / "fixtures" / "observed" / f"{self.name}.json"


def order(name: str) -> tuple:
    """Sort key: TensorFlow before Keras, older before newer, nightlies last."""
    keras = name.startswith("keras-")
    rest = name.removeprefix("keras-")
    return (keras, rest == "nightly", Version("0") if rest == "nightly" else Version(rest))


def calendar() -> dict[str, Release]:
    """All releases, in order.

    Raises:
        Failure: the file is not what it should be.
    """
    try:
        return dict(_releases_of(CALENDAR, CALENDAR.stat().st_mtime_ns))
    except (OSError, ValueError, TypeError) as error:
        raise Failure(f"{CALENDAR.name} cannot be read: {error}.") from None


@functools.cache
def _releases_of(path: Path, written: int) -> dict[str, Release]:
    """The releases of a file, as it was when it was written last: pages ask ten thousand times."""
    data = json.loads(path.read_text())
    return {name: Release(name, **data[name]) for name in sorted(data, key=order)}


def spelled(text: str) -> str:
    """The calendar's name for what a user wrote: ``keras==3.12.4`` is ``keras-3.12.4``."""
    return text.replace("keras==", "keras-")


def recorded(line: str) -> list[Release]:
    """The stable releases of a line that have a record, the newest first."""
    stable = [
        release for release in calendar().values()
        if release.line == line and release.version and not release.version.is_prerelease and release.record.is_file()
    ]  # fmt: skip
    return sorted(stable, key=lambda release: release.number, reverse=True)


def like(release: Release) -> Release:
    """The release whose record tells how this one should behave: itself, or the newest patch that has a record.

    Raises:
        Failure: no patch of that minor release has one.
    """
    if release.record.is_file():
        return release
    for other in recorded(release.line):
        if release.version and other.number.release[:2] == release.version.release[:2]:
            return other
    raise Failure(f"{release.name} has no record, nor has any other patch of it.")


def mended(release: Release) -> bool:
    """Whether a newer patch of the same minor release has a record too, so that both were worth one."""
    return any(
        release.version and release.version < other.number and release.version.release[:2] == other.number.release[:2]
        for other in recorded(release.line)
    )


def pins(release: Release) -> dict[str, str]:
    """What its requirement file installs: package -> version; nothing where there is none, as for a nightly."""
    if not release.file.is_file():
        return {}
    return dict(re.findall(r"^([\w.-]+)==([^ ;]+)", release.file.read_text(), re.MULTILINE))


def of_other_packages(release: Release, provenance: dict[str, Any]) -> list[str]:
    """Which packages a record was made with that its requirement file, as it is now, does not install.

    Those on which the record is silent are not held against it.
    """
    wanted = pins(release)
    held = {"numpy": provenance["numpy"], **provenance.get("beside", {})}
    return [
        f"{name} {version}, not {wanted[name]}" for name, version in held.items()
        if name in wanted and version != wanted[name]
    ]  # fmt: skip


def save(releases: dict[str, Release]) -> None:
    """Write the calendar, one release to a line."""
    lines = []
    for name in sorted(releases, key=order):
        release = releases[name]
        entry: dict = {"line": release.line, "date": release.date, "python": release.python}
        entry["requires"] = release.requires
        if release.overrides:
            entry["overrides"] = release.overrides
        lines.append(f"  {json.dumps(name)}: {json.dumps(entry)}")
    CALENDAR.write_text("{\n" + ",\n".join(lines) + "\n}\n")


# --- what the package client knows --------------------------------------------------------------


def published(package: str) -> dict[Version, str]:
    """Every version of a package that has wheels for Linux, with the newest Python that can install it.

    Raises:
        Failure: pip cannot be asked.
    """

    def ask(python: str) -> list[str]:
        command = [
            sys.executable, "-m", "pip", "index", "versions", package, "--pre", "--json", "--no-cache-dir",
            "--disable-pip-version-check", "--only-binary=:all:", "--python-version", python,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return json.loads(done.stdout)["versions"]
        if "No matching distribution" in done.stderr or "No version" in done.stderr:
            return []
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise Failure(f"the versions of {package} cannot be looked up: {last}")

    found: dict[Version, str] = {}
    with ThreadPoolExecutor(4) as pool:
        for python, versions in zip(PYTHONS, pool.map(ask, PYTHONS)):
            found.update({Version(version): python for version in versions})
    if not found:
        raise Failure(f"no release of {package} was found: can pip reach its index?")
    return dict(sorted(found.items()))


def day(package: str, version: Version, python: str) -> str:
    """The day a version appeared, by asking uv for it as of a day and halving the interval."""
    low, high = date(2015, 11, 1), datetime.now(UTC).date() + timedelta(1)
    while high - low > timedelta(1):
        middle = low + (high - low) / 2
        try:
            uv(
                "pip", "compile", "--quiet", "--no-deps", "--no-header", "--no-emit-index-url", "--upgrade",
                "--python-version", python, "--exclude-newer", f"{middle}T00:00:00Z", "-",
                stdin=f"{package}=={version}",
            )  # fmt: skip
            high = middle
        except Failure:
            low = middle
    return str(low)


def partner(version: Version, partners: dict[Version, str]) -> Version | None:
    """The tf-keras that belongs to a TensorFlow: same minor release, newest that is not newer in patch."""
    same = [v for v in partners if v.release[:2] == version.release[:2]]
    stable = [v for v in same if not v.is_prerelease]
    if stable:
        return max((v for v in stable if v.release <= version.release), default=min(stable))
    return max(same, default=None) if version.is_prerelease else None


def derived(version: Version, python: str, known: dict[Version, Release], tf_keras: dict[Version, str],
            nightly_tf_keras: dict[Version, str]) -> Release:  # fmt: skip
    """The entry of a TensorFlow release: pins of the nearest release, with its own tf-keras."""
    near = max((v for v in known if v <= version), default=min(known))
    if near.release[:2] != version.release[:2]:
        after = [v for v in known if v.release[:2] == version.release[:2]]
        near = min(after, default=near)
    model = known[near]
    pins = [pin for pin in model.requires if not re.match(r"(tensorflow|tf-keras(-nightly)?)==", pin)]
    requires, overrides = [f"tensorflow=={version}", *pins], []
    if version.release[:2] >= (2, 15):
        own = partner(version, tf_keras)
        if own is not None:
            requires.append(f"tf-keras=={own}")
        elif version.is_prerelease and (own := partner(version, nightly_tf_keras)) is not None:
            requires.append(f"tf-keras-nightly=={own}")
            overrides.append(NO_TF_NIGHTLY)
    if near.release[:2] == version.release[:2]:
        python = model.python
    return Release(str(version), "tensorflow", None, python, requires, overrides)


def derived_keras(version: Version, python: str, when: str, tensorflows: dict[str, Release]) -> Release:
    """The entry of a Keras 3 release: on the newest stable TensorFlow of its day, 2.16.1 at least."""
    stable = [r for r in tensorflows.values() if r.version and not r.version.is_prerelease and r.line == "tensorflow"]
    able = [r for r in stable if r.number >= Version("2.16.1")]
    of_its_day = [r for r in able if r.date and r.date <= when]
    ground = max(of_its_day, key=lambda r: r.number) if of_its_day else min(able, key=lambda r: r.number)
    python = str(min(Version(python), Version(ground.python)))
    return Release(f"keras-{version}", "keras", when, python, [f"tensorflow=={ground.version}", f"keras=={version}"])


def refreshed(known: dict[str, Release], say=lambda words: None) -> dict[str, Release]:
    """The calendar with everything that was released since: every TensorFlow, the newest patch of each Keras 3.

    Args:
        known: the calendar as it is; entries stay as they are, only a missing day is filled in.
        say: called with a line about each step.

    Raises:
        Failure: the package client cannot be asked.
    """
    releases = dict(known)
    tensorflow, tf_keras = published("tensorflow"), published("tf-keras")
    nightly_tf_keras, keras = published("tf-keras-nightly"), published("keras")
    by_version = {r.version: r for r in known.values() if r.line == "tensorflow" and r.version}
    newest = max(v for v in tensorflow if not v.is_prerelease)
    for version, python in tensorflow.items():
        if version < OLDEST or version in by_version or (version.is_prerelease and version < newest):
            continue  # a release candidate counts only until its release
        releases[str(version)] = derived(version, python, by_version, tf_keras, nightly_tf_keras)
        say(f"new: TensorFlow {version}")
    missing = [r for r in releases.values() if r.line == "tensorflow" and r.version and r.date is None]
    say(f"{len(missing)} days to look up")
    with ThreadPoolExecutor(4) as pool:
        days = pool.map(lambda r: day("tensorflow", r.version, r.python), missing)
        for release, when in zip(missing, days):
            releases[release.name] = Release(**{**release.__dict__, "date": when})
    minors: dict[tuple, Version] = {}
    for version in keras:
        if version >= OLDEST_KERAS and not version.is_prerelease:
            minors[version.release[:2]] = version
    for version in minors.values():
        name = f"keras-{version}"
        if name not in releases:
            releases[name] = derived_keras(version, keras[version], day("keras", version, keras[version]), releases)
            say(f"new: Keras {version}")
    return releases


def nightly_age(version: str) -> int | None:
    """Days since a nightly was built, from the day its version carries; None when it carries none."""
    found = re.search(r"dev(\d{4})(\d{2})(\d{2})", version)
    if not found:
        return None
    return (datetime.now(UTC).date() - date(*map(int, found.groups()))).days


def parse(text: str) -> Version:
    """A version, or one sentence.

    Raises:
        Failure: not a version.
    """
    try:
        return Version(text)
    except InvalidVersion:
        raise Failure(f"{text!r} is not a version.") from None
