"""Environments of releases and candidates: built by uv on first use, kept in a cache outside the repository.

The cache is $BATCHNORM_CACHE (default: ~/.cache/batchnorm-spec). An environment is finished when its
``stamp`` is written: one that was interrupted is built again. A lock per environment lets any number of
runs share the cache.
"""

import email
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from support import releases
from support.client import Failure, uv
from support.releases import NIGHTLIES, Release

TOOLS = ["pytest", "pytest-xdist"]
TENSORFLOW_WHEELS = ("tensorflow", "tensorflow-cpu", "tf-nightly", "tf-nightly-cpu")


class NotATarget(Failure):
    """What was asked for cannot name a TensorFlow or Keras: the caller's mistake."""


@dataclass(frozen=True)
class Target:
    """What a gate judges.

    Attributes:
        name: how reports call it.
        release: what its environment must hold; None for an environment that exists.
        wheel: a wheel file to install instead of the released package.
        python: interpreter of an environment that exists, and is left as it is.
        line: ``"tensorflow"`` or ``"keras"``: what is being released.
        commit: of an editable checkout, in words.
    """

    name: str
    release: Release | None = None
    wheel: Path | None = None
    python: Path | None = None
    line: str = "tensorflow"
    commit: str | None = None

    @property
    def needs(self) -> Release:
        """What its environment must hold, where there is none yet."""
        if self.release is None:
            raise TypeError(f"{self.name} is an environment that exists")
        return self.release


def cache() -> Path:
    """Folder of the environments."""
    return Path(os.environ.get("BATCHNORM_CACHE") or Path.home() / ".cache" / "batchnorm-spec")


def lock(release: Release) -> Path:
    """Write the exact, hashed requirement file of a release; it names no index."""
    policy = "allow" if "rc" in release.name else "if-necessary-or-explicit"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as overrides:
        overrides.write("\n".join(release.overrides))
        overrides.flush()
        uv(
            "pip", "compile", "--quiet", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate",
            "--python-version", release.python, "--prerelease", policy,
            "--override", overrides.name, "--output-file", str(release.file), "-",
            stdin="\n".join(release.requires + TOOLS),
        )  # fmt: skip
    return release.file


def resolve(text: str) -> Target:
    """What the user's word for a candidate means.

    Args:
        text: a version, ``keras==VERSION``, ``latest``, ``pre``, ``nightly``, ``keras-nightly`` or a wheel file.

    Raises:
        NotATarget: it is none of these.
        Failure: it is, but nothing of that name was ever released, or the client cannot be asked.
    """
    known = releases.calendar()
    if text.endswith(".whl") or os.sep in text:
        return wheel(Path(text), known)
    name = releases.spelled(text)
    if name in known:
        return Target(text, known[name], line=known[name].line)
    if text in ("latest", "pre"):
        offered = releases.published("tensorflow")
        if text == "latest":
            offered = {v: python for v, python in offered.items() if not v.is_prerelease}
        return released(max(offered), offered[max(offered)], known)
    keras = name.startswith("keras-")
    try:
        version = releases.parse(name.removeprefix("keras-") if keras else text)
    except Failure:
        raise NotATarget(
            f"{text!r} is not a target: give a version, keras==VERSION, latest, pre, nightly, keras-nightly or a wheel."
        ) from None
    package = "keras" if keras else "tensorflow"
    oldest = releases.OLDEST_KERAS if keras else releases.OLDEST
    if version < oldest:
        raise NotATarget(f"{package} {version} is too old: this suite covers {oldest} and newer.")
    offered = releases.published(package)
    if version not in offered:
        raise Failure(f"{package} {version} was never released for Linux; the newest is {max(offered)}.")
    if keras:
        when = releases.day("keras", version, offered[version])
        entry = releases.derived_keras(version, offered[version], when, known)
        return Target(text, entry, line="keras")
    return released(version, offered[version], known)


def released(version: Version, python: str, known: dict[str, Release]) -> Target:
    """A TensorFlow release, in the calendar or not yet."""
    if str(version) in known:
        return Target(str(version), known[str(version)])
    by_version = {r.version: r for r in known.values() if r.line == "tensorflow" and r.version}
    entry = releases.derived(
        version, python, by_version, releases.published("tf-keras"), releases.published("tf-keras-nightly")
    )
    return Target(str(version), entry)


def wheel(path: Path, known: dict[str, Release]) -> Target:
    """A TensorFlow or Keras wheel that was just built.

    Raises:
        NotATarget: no such file, or not a wheel of TensorFlow or Keras.
    """
    if not path.is_file():
        raise NotATarget(f"{path}: no such file.")
    try:
        _, _, _, tags = parse_wheel_filename(path.name)
        with zipfile.ZipFile(path) as archive:
            (metadata,) = [n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)]
            fields = email.message_from_bytes(archive.read(metadata))
        package, version = fields["Name"].lower().replace("_", "-"), releases.parse(fields["Version"])
    except (InvalidWheelFilename, zipfile.BadZipFile, ValueError, KeyError, Failure):
        raise NotATarget(f"{path.name} is not a wheel that can be read.") from None
    if package not in (*TENSORFLOW_WHEELS, "keras", "keras-nightly"):
        raise NotATarget(f"{path.name} is not a TensorFlow or Keras wheel, but {package} {version}.")
    if package.startswith("keras"):
        ground = max((r for r in known.values() if r.line == "keras" and r.version), key=lambda r: r.number)
        pins = [pin for pin in ground.requires if pin.startswith("tensorflow==")]
        entry = Release(path.name, "keras", None, ground.python, pins, [releases.NO_KERAS])
        return Target(path.name, entry, path.resolve(), line="keras")
    interpreters = {tag.interpreter for tag in tags}
    offered = [p for p in releases.PYTHONS if f"cp{p.replace('.', '')}" in interpreters or "py3" in interpreters]
    if not offered:
        raise NotATarget(f"{path.name} is for {', '.join(sorted(interpreters))}, and none of these is supported here.")
    entry = released(
        Version(version.base_version),
        offered[-1],
        {name: r for name, r in known.items() if r.version != Version(version.base_version)},
    ).needs
    pins = [pin for pin in entry.requires if not pin.startswith("tensorflow==")]
    return Target(path.name, replace(entry, name=path.name, python=offered[-1], requires=pins), path.resolve())


def python(target: Target, ephemeral: bool = False) -> Path:
    """Interpreter of a target's environment, built on first use and whenever its requirements change.

    Raises:
        Failure: uv cannot build it.
    """
    if target.python is not None:
        return target.python
    release = target.needs
    locked = release.file.is_file() and not target.wheel
    wanted = release.file.read_text() if locked else json.dumps([release.requires, release.overrides, TOOLS])
    if target.wheel:
        wanted += hashlib.sha256(target.wheel.read_bytes()).hexdigest()

    def install(interpreter: Path) -> None:
        command = ["pip", "install", "--quiet", "--compile-bytecode", "--python", str(interpreter)]
        if locked:
            uv(*command, "--require-hashes", "--no-deps", "--requirements", str(release.file))
            return
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as overrides:
            overrides.write("\n".join(release.overrides))
            overrides.flush()
            wheels = [str(target.wheel)] if target.wheel else []
            uv(*command, "--prerelease", "allow", "--override", overrides.name, *wheels, *release.requires, *TOOLS)
        if release.name == releases.NIGHTLY:
            add_nightly_partner(interpreter, command)

    return built(release.name, release.python, wanted, install)


def built(name: str, version: str, wanted: str, install: Callable[[Path], None]) -> Path:
    """Interpreter of an environment in the cache, built unless it is what is wanted.

    Args:
        name: its folder.
        version: of Python.
        wanted: text that tells what it must hold; it is built anew when this changes.
        install: puts it there, given the interpreter.

    Raises:
        Failure: uv cannot build it.
    """
    stamp = hashlib.sha256(wanted.encode()).hexdigest()
    folder = cache() / name
    interpreter = folder / "bin" / "python"
    cache().mkdir(parents=True, exist_ok=True)
    with FileLock(str(cache() / f"{name}.lock")):
        finished = folder / "stamp"
        if finished.is_file() and finished.read_text() == stamp and interpreter.exists():
            return interpreter
        if folder.is_symlink():
            folder.unlink()
        uv("venv", "--quiet", "--clear", "--python", version, str(folder))
        install(interpreter)
        finished.write_text(stamp)
    return interpreter


def exchanged(release: Release, other: Release, package: str) -> Path:
    """Interpreter of a release's environment with one package, or Python, as another release has it.

    Raises:
        Failure: the other release has no such package, or the two cannot be installed together.
    """
    pins, theirs = pinned(release), pinned(other)
    version = other.python if package == "Python" else release.python
    if package != "Python":
        if package not in theirs:
            raise Failure(f"{other.name} has no {package}.")
        pins[package] = theirs[package]
    wanted = "\n".join(pins.values())

    def install(interpreter: Path) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
            requirements.write(wanted)
            requirements.flush()
            command = ["pip", "install", "--quiet", "--compile-bytecode", "--python", str(interpreter)]
            uv(*command, "--require-hashes", "--no-deps", "--requirements", requirements.name)

    return built(f"{release.name}-with-{package}-of-{other.name}", version, version + wanted, install)


def pinned(release: Release) -> dict[str, str]:
    """Package -> its entry in the hashed requirement file of a release.

    Raises:
        Failure: the release has none: it is a nightly.
    """
    if not release.file.is_file():
        raise Failure(f"{release.name} has no requirement file.")
    entries = re.split(r"\n(?=\S)", release.file.read_text().strip())
    return {re.split(r"[=<>\s;\[]", entry, maxsplit=1)[0]: entry for entry in entries}


def installed(interpreter: Path, package: str) -> str | None:
    """Version of a package in an environment, or None."""
    code = (
        "import sys\ntry:\n from importlib import metadata as m\nexcept ImportError:\n import importlib_metadata as m\n"
        "try: print(m.version(sys.argv[1]))\nexcept m.PackageNotFoundError: pass"
    )
    done = subprocess.run([str(interpreter), "-c", code, package], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def add_nightly_partner(interpreter: Path, install: list[str]) -> None:
    """Put the tf-keras of the same minor release beside a nightly, if there is one; without its dependencies."""
    version = releases.parse(installed(interpreter, "tf-nightly") or "0")
    own = releases.partner(version, releases.published("tf-keras-nightly"))
    if own is not None:
        uv(*install, "--prerelease", "allow", "--no-deps", f"tf-keras-nightly=={own}")


def drop(target: Target) -> None:
    """Delete a target's environment from the cache."""
    if target.release is not None:
        with FileLock(str(cache() / f"{target.release.name}.lock")):
            shutil.rmtree(cache() / target.release.name, ignore_errors=True)


@contextmanager
def environment(target: Target, ephemeral: bool) -> Iterator[Path]:
    """Interpreter of a target's environment; with ``ephemeral`` the environment is gone afterwards."""
    try:
        yield python(target)
    finally:
        if ephemeral:
            drop(target)


__all__ = [
    "NIGHTLIES",
    "Failure",
    "NotATarget",
    "Target",
    "cache",
    "drop",
    "environment",
    "exchanged",
    "installed",
    "lock",
    "python",
    "resolve",
]
