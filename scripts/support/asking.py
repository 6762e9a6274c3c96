"""An answer of one step: from the records, from what an earlier bisection asked, or from a run of its environment.

What was asked is kept in the folder ``bisection`` of the cache as a record for each step and question, so that a search
that was killed goes on where it was. Environments of nightlies and commits are made for one run, and are gone after it.
"""

import functools
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from packaging.version import Version

from fixtures import record
from fixtures.record import Broken
from support import comparison, environments, questions, releases, running, standing, steps
from support.client import Failure, uv
from support.questions import NotAnswered, Question
from support.steps import COMMIT, NIGHTLY, RELEASE, Step

LAID_OUT = "laid-out-by-"  # a process, whose number follows: the sources of a step of Keras
METADATA = "Metadata-Version: 2.1\nName: keras\nVersion: {}\n"


def kept_in(step: Step, asked: Question) -> Path:
    """The file of a step's answer; another ground or question is another file."""
    what = "\n".join([*asked.subjects, step.release.name])
    digits = hashlib.sha256(what.encode()).hexdigest()[:12]
    return environments.cache() / "bisection" / step.key / f"{digits}.json"


def on_record(step: Step) -> Path | None:
    """The record of a release; of a nightly, if it is the one that was recorded."""
    if step.kind == RELEASE:
        return step.release.record if step.release.record.is_file() else None
    if step.kind == NIGHTLY:
        newest = releases.calendar()[steps.WORDS[step.line]]
        return newest.record if steps.recorded_nightly(step.line) == step.version else None
    return None


@functools.cache
def _stands(path: Path) -> dict:
    """What stands of a release's record, which no search changes."""
    return standing.read(path)


def at_hand(step: Step, asked: Question) -> dict | None:
    """What answers a step without a run, or None."""
    for path, read in ((on_record(step), _stands), (kept_in(step, asked), standing.read)):
        if path is None or not path.is_file():
            continue
        try:
            seen = questions.part(asked, read(path))
        except Broken:
            continue
        if questions.answered(asked, seen) and not questions.lacking(asked, seen):
            return seen
    return None


def ask(step: Step, asked: Question, checkout: Path | None = None, case_timeout: float = 120.0) -> dict:
    """Run what is asked in the environment of a step, and keep the answer.

    Args:
        step: a release, a nightly or a commit.
        asked: what its environment is asked.
        checkout: where a commit is taken from.
        case_timeout: seconds after which a case counts as hung.

    Returns:
        A record of what was asked alone.

    Raises:
        NotAnswered: the environment cannot be had, or does not answer.
    """
    try:
        with prepared(step, checkout) as (python, variables):
            only = comparison.runnable(asked.subjects)
            run = running.run(python, case_timeout=case_timeout, only=only, variables=variables)
    except NotAnswered:
        raise
    except (Failure, OSError, tarfile.TarError) as error:
        raise NotAnswered(f"{step.name} cannot be had: {error}") from None
    if run.record is None:
        raise NotAnswered(f"{step.name} cannot be judged: {run.problem}")
    seen = questions.part(asked, run.record)
    if not questions.answered(asked, seen):
        raise NotAnswered(f"{step.name} cannot be judged: {run.problem or questions.why_not(asked, run.record)}")
    path = kept_in(step, asked)
    path.parent.mkdir(parents=True, exist_ok=True)
    record.write(path, seen)
    return seen


@contextmanager
def prepared(step: Step, checkout: Path | None = None) -> Iterator[tuple[Path, dict[str, str]]]:
    """Interpreter of a step's environment, and the variables that put a Keras before the one that is installed.

    Raises:
        NotAnswered: it is gone.
        Failure: it cannot be built.
    """
    if step.kind == RELEASE:
        yield environments.python(environments.Target(step.release.name, step.release)), {}
    elif step.line == "tensorflow":
        try:
            yield of_tensorflow(step), {}
        finally:
            environments.drop(environments.Target(step.release.name, step.release))
    else:
        python = environments.python(environments.Target(step.release.name, step.release))
        environments.cache().mkdir(parents=True, exist_ok=True)
        tidy()
        with tempfile.TemporaryDirectory(prefix=f"{LAID_OUT}{os.getpid()}-", dir=environments.cache()) as name:
            folder = Path(name)
            if step.kind == COMMIT:
                take_out(checkout or Path(), step, folder)
            else:
                available(step)
                command = ["pip", "install", "--quiet", "--no-deps", "--prerelease", "allow", "--python", str(python)]
                uv(*command, "--target", str(folder), f"{steps.PACKAGES[step.line]}=={step.version}")
            said = f"{step.version}+g{step.commit[:10]}" if step.kind == COMMIT else str(step.version)
            call_it_keras(folder, said)
            yield python, {"PYTHONPATH": os.pathsep.join(filter(None, (name, os.environ.get("PYTHONPATH"))))}


def tidy() -> None:
    """Remove what searches that were killed had laid out."""
    for folder in environments.cache().glob(f"{LAID_OUT}*"):
        if not Path(f"/proc/{folder.name.removeprefix(LAID_OUT).partition('-')[0]}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def available(step: Step) -> None:
    """Look a nightly up.

    Raises:
        NotAnswered: it is gone.
    """
    if step.version not in steps.offered(steps.PACKAGES[step.line]):
        raise steps.gone(step)


def take_out(checkout: Path, step: Step, folder: Path) -> None:
    """The sources of a commit, without its tests.

    Raises:
        NotAnswered: the checkout does not have it.
    """
    done = subprocess.run(
        ["git", "-C", str(checkout), "archive", "--format=tar", step.commit, "keras"],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotAnswered(f"{step.name} cannot be taken out of {checkout}: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        wanted = [member for member in archive if not member.name.endswith("_test.py")]
        archive.extractall(folder, wanted, filter="data")


def call_it_keras(folder: Path, version: str) -> None:
    """Give the Keras of a folder a name and a version that stand before those of the one that is installed."""
    about = folder / f"keras-{version}.dist-info"
    shutil.rmtree(about, ignore_errors=True)
    about.mkdir()
    (about / "METADATA").write_text(METADATA.format(version))


def of_tensorflow(step: Step) -> Path:
    """Interpreter of a nightly of TensorFlow, with the nightly of Keras of its day, and a tf-keras.

    Raises:
        NotAnswered: it is gone.
        Failure: it cannot be built.
    """
    available(step)
    pins = [f"tf-nightly=={step.version}"]
    keras = newest_of_its_day("keras-nightly", step.version)
    pins += [f"keras-nightly=={keras}"] if keras else []
    # One tf-keras for all nightlies of a minor release: TensorFlow alone is what changes, and only one fits at all.
    own = releases.partner(step.version, steps.offered("tf-keras-nightly"))

    def install(python: Path) -> None:
        # For one run: 2 GB that nobody asks for again stay out of uv's cache, and what is not imported is not compiled.
        command = ["pip", "install", "--quiet", "--no-cache", "--prerelease", "allow", "--python", str(python)]
        uv(*command, *pins, *environments.TOOLS)
        if own:
            uv(*command, "--no-deps", f"tf-keras-nightly=={own}")

    return environments.built(step.release.name, step.release.python, "\n".join([*pins, str(own)]), install)


def newest_of_its_day(package: str, version: Version) -> Version | None:
    """The newest nightly of another package that was built by the end of that day."""
    day = steps.built_at(version)
    if day is None:
        return None
    built = {one: steps.built_at(one) for one in steps.offered(package)}
    before = [one for one, when in built.items() if when and when.date() <= day.date()]
    return max(before, key=lambda one: built[one] or day, default=None)
