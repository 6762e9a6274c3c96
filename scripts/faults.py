"""Cause every failure that the gate and the matrix must survive, and see what they say.

    uv run scripts/faults.py             all of them
    uv run scripts/faults.py NAME ...    these; --list names them

Each fault is real: a wheel that is none, an index that does not answer, a disk that is full, a process that
is killed. What must come of it is one clear sentence and the documented exit code, and nothing that was
recorded before may be lost. Results go to ``fixtures/proof/faults.json``.

Exit codes: 0 every fault was survived; 1 one was not; 64 wrong usage.
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "attrs==26.1.0", "covertable==3.2.0", "filelock==4.2.12", "jsonschema==4.26.0",
# "jsonschema-specifications==2025.9.1", "markdown-it-py==4.3.0", "mdurl==0.1.2", "numpy==2.5.5", "packaging==26.3",
# "pip==26.3", "psutil==7.2.2", "pygments==2.21.0", "referencing==0.37.0", "rich==15.0.0", "rpds-py==2026.9.1",
# "ruff==0.17.6"
# ]
# [tool.batchnorm-spec]
# requirements = "requirements/tools.txt"
# ///

import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("names", nargs="*", help="faults to cause (default: all)")
    parser.add_argument("--list", action="store_true", help="name them, and end")
    return parser


asked.for_help(__name__, options)

import matrix  # noqa: E402
from support import comparison, environments, releases, standing, terminal  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import record  # noqa: E402
from fixtures.subjects import claim_of, parse  # noqa: E402

RESULTS = ROOT / "fixtures" / "proof" / "faults.json"
SMALL = ["keras-3.1.1", "keras-3.5.0", "keras-3.8.0"]  # environments for faults that need several
FAULTS: dict[str, Callable[[Path], "Said"]] = {}

# Python runs this before the candidate: its Keras is patched right after the import, in memory and nowhere
# else; its tf-keras is out of sight, for only the cases of Keras 3 are of interest.
MISBEHAVE = """
    import builtins, os, signal, sys, time
    from importlib import metadata
    version = metadata.version
    def visible(name):
        if name in ("tf-keras", "tf-keras-nightly"):
            raise metadata.PackageNotFoundError(name)
        return version(name)
    metadata.version = visible
    load = builtins.__import__
    def patched(name, *arguments, **options):
        module = load(name, *arguments, **options)
        keras = sys.modules.get("keras")
        if name == "keras" and hasattr(keras, "layers"):
            builtins.__import__ = load
            layer = keras.layers.BatchNormalization
            call = layer.call
            def misbehave(self, inputs, training=None, mask=None):
                does = DOES.get(len(inputs.shape))
                if does:
                    exec(does)
                off = 1.0001 if len(inputs.shape) == OFF else 1.0
                return call(self, inputs, training=training, mask=mask) * off
            layer.call = misbehave
        return module
    builtins.__import__ = patched
"""
RAISES = "raise NotImplementedError('no kernel for\\n  this image')"
CRASHES, HANGS, PRINTS = "os.kill(os.getpid(), signal.SIGSEGV)", "time.sleep(10000)", 'os.write(1, b"x" * 2**24)'


def candidate(folder: Path, python: Path, does: dict[int, str], off: int = 0) -> Path:
    """An interpreter whose Keras misbehaves: for images of which rank, how; and of which rank it is inexact."""
    (folder / "sitecustomize.py").write_text(f"DOES, OFF = {does!r}, {off}\n{textwrap.dedent(MISBEHAVE)}")
    wrapper = folder / "python"
    wrapper.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{python}" "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


class Said(tuple):
    """(exit code, what was printed, what must be true beside it)."""

    def __new__(cls, code: int, text: str, kept: bool = True) -> "Said":
        """A result."""
        return super().__new__(cls, (code, text, kept))


def fault(name: str, code: int, words: str) -> Callable:
    """Register a fault: its name, the exit code that it must have, and words of the sentence."""

    def register(function: Callable[[Path], Said]) -> Callable[[Path], Said]:
        function.__dict__.update(code=code, words=words)
        FAULTS[name] = function
        return function

    return register


def script(name: str, *arguments: object, **variables: str) -> Said:
    """Run one of our commands to its end."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / name), *map(str, arguments)],
        env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Said(done.returncode, done.stdout + done.stderr)


def gate(folder: Path, *arguments: object, **variables: str) -> Said:
    """Run the gate, its report in the folder."""
    return script("gate.py", *arguments, "--out", folder / "report", **variables)


def shortened(folder: Path, names: list[str]) -> None:
    """Put records into a folder from which one claim is missing: the matrix has little to do for them."""
    for name in names:
        seen = record.read(releases.calendar()[name].record)
        claim = next(verdict for verdict in seen["verdicts"] if claim_of(verdict) == "frozen-layer-infers")
        del seen["verdicts"][claim]
        for case in comparison.observed_in(claim):  # or the verdict would follow from them
            seen["observations"].pop(case.id, None)
        seen["counts"][parse(claim).surface] -= 1
        record.write(str(folder / f"{name}.json"), seen)


def whole(folder: Path, name: str) -> bool:
    """Whether a record in the folder lacks nothing that the committed one has and is that one, to the bit.

    On a machine with other vector instructions it has its own bits, and of a committed record that lacks something
    there is more in it: there it has to tell the same behaviour.
    """
    release = releases.calendar()[name]
    seen, committed = matrix.usable(release, folder), record.read(release.record)
    younger = set(standing.lacking(committed))
    if seen is None or not set(standing.lacking(seen)) <= younger:
        return False
    alike = seen["provenance"] == committed["provenance"] and not seen["elsewhere"]
    if alike and set(standing.lacking(seen)) == younger:
        return seen == committed
    compared = [
        comparison.compare(comparison.Side("committed", surface, committed), comparison.Side(name, surface, seen))
        for surface in comparison.surfaces(committed)
    ]
    return not any(one.changes for one in compared)


@fault("a file that is no wheel", USAGE, "is not a wheel that can be read")
def no_wheel(folder: Path) -> Said:
    """Text with a wheel's name."""
    (folder / "tensorflow-2.99.0-py3-none-any.whl").write_text("not a wheel")
    return gate(folder, folder / "tensorflow-2.99.0-py3-none-any.whl")


@fault("a wheel of something else", USAGE, "not a TensorFlow")
def other_wheel(folder: Path) -> Said:
    """A wheel that could be installed, but is not a TensorFlow."""
    path = folder / "other-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("other-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
        wheel.writestr("other-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    return gate(folder, path)


@fault("a version of TensorFlow that never existed", NOT_JUDGED, "was never released")
def no_version(folder: Path) -> Said:
    """2.99.0."""
    return gate(folder, "2.99.0")


@fault("a version of Keras that never existed", NOT_JUDGED, "was never released")
def no_keras(folder: Path) -> Said:
    """3.99.0."""
    return gate(folder, "keras==3.99.0")


@fault("no network", NOT_JUDGED, "can pip reach its index?")
def offline(folder: Path) -> Said:
    """The package client may not connect, and its cache is empty."""
    return gate(folder, "latest", UV_OFFLINE="1", UV_CACHE_DIR=str(folder / "empty"), PIP_NO_INDEX="1")


@fault("no uv", NOT_JUDGED, "uv is not on PATH")
def no_uv(folder: Path) -> Said:
    """An environment must be built, and nothing can build it."""
    return gate(folder, "2.14.0", PATH="/usr/bin:/bin", BATCHNORM_CACHE=str(folder / "cache"))


@fault("an environment without TensorFlow", NOT_JUDGED, "No TensorFlow")
def no_tensorflow(folder: Path) -> Said:
    """It has pytest and numpy, and nothing to judge."""
    subprocess.run(["uv", "venv", "--quiet", str(folder / "bare")], check=True)
    python = folder / "bare" / "bin" / "python"
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(python), "pytest", "numpy"], check=True)
    return gate(folder, "--python", python, "--baseline", "2.21.0")


@fault("a truncated record", NOT_JUDGED, "it may be truncated")
def truncated(folder: Path) -> Said:
    """Half of it."""
    text = releases.calendar()["2.4.4"].record.read_text()
    (folder / "half.json").write_text(text[: len(text) // 2])
    return gate(folder, "2.4.4", "--baseline", folder / "half.json")


@fault("a record edited by hand", NOT_JUDGED, "was changed after it was written")
def edited(folder: Path) -> Said:
    """One verdict is another."""
    text = releases.calendar()["2.4.4"].record.read_text()
    (folder / "edited.json").write_text(text.replace('"holds"', '"refuted"', 1))
    return gate(folder, "2.4.4", "--baseline", folder / "edited.json")


@fault("a record of a future schema", NOT_JUDGED, "update the suite")
def future(folder: Path) -> Said:
    """Of a suite that is newer than this one."""
    text = releases.calendar()["2.4.4"].record.read_text()
    (folder / "future.json").write_text(text.replace(f'"schema": {record.SCHEMA}', f'"schema": {record.SCHEMA + 1}', 1))
    return gate(folder, "2.4.4", "--baseline", folder / "future.json")


@fault("kill -9 in the middle of the matrix", UNCHANGED, "has its record")
def killed(folder: Path) -> Said:
    """Started again, it leaves what was recorded as it is, goes on where it was, and ends with whole records."""
    shortened(folder, SMALL)
    command = [sys.executable, str(ROOT / "scripts" / "matrix.py"), *SMALL, "--records", str(folder), "--jobs", "1"]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 300
    while not whole(folder, SMALL[0]) and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(3)  # into the second release
    first.send_signal(signal.SIGKILL)
    first.wait()
    # What records have in common moves into a file of its own at the end: they are compared by what they tell.
    told = {name: matrix.usable(releases.calendar()[name], folder) for name in SMALL}
    unfinished = [name for name in SMALL if not whole(folder, name)]
    done = script("matrix.py", *SMALL, "--records", folder, "--jobs", "1")
    untouched = all(matrix.usable(releases.calendar()[n], folder) == told[n] for n in SMALL if n not in unfinished)
    kept = 0 < len(unfinished) < len(SMALL) and untouched and all(whole(folder, name) for name in SMALL)
    return Said(done[0], done[1], kept=kept)


@fault("a full disk while recording", NOT_JUDGED, "No space left on device")
def full_disk(folder: Path) -> Said:
    """The older record stays as it was. Needs the right to mount."""
    small = folder / "small"
    small.mkdir()
    shortened(folder, SMALL[1:2])  # whole: a committed record has what others hold as well in a file of its own
    size = (folder / f"{SMALL[1]}.json").stat().st_size // 1024 + 14
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(small)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        return Said(NOT_JUDGED, "not shown here: a small file system cannot be mounted", kept=False)
    try:
        shortened(small, SMALL[1:2])
        before = (small / f"{SMALL[1]}.json").read_bytes()
        done = script("matrix.py", SMALL[1], "--records", small)
        left = [path.name for path in small.iterdir()]
        kept = (small / f"{SMALL[1]}.json").read_bytes() == before and left == [f"{SMALL[1]}.json"]
        return Said(done[0], done[1], kept)
    finally:
        subprocess.run(["umount", str(small)], check=True)


@fault("two commands at once on one empty cache", UNCHANGED, "bin/python")
def two_at_once(folder: Path) -> Said:
    """Both get the same environment, which is built once."""
    variables = {"BATCHNORM_CACHE": str(folder / "cache")}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = [pool.submit(script, "environments.py", "python", SMALL[0], **variables) for _ in range(2)]
        said = [future.result() for future in both]
    python = said[0][1].strip().splitlines()[-1]
    works = subprocess.run([python, "-c", "import keras, tensorflow"], capture_output=True, check=False).returncode == 0
    return Said(max(one[0] for one in said), said[0][1], works and said[0][1] == said[1][1])


def misbehaving(folder: Path, does: dict[int, str], off: int = 0) -> Said:
    """The gate on a real Keras that misbehaves; the other cases must be judged all the same."""
    real = environments.python(environments.resolve(SMALL[1].replace("keras-", "keras==")))
    python = candidate(folder, real, does, off)
    said = gate(folder, "--python", python, "--baseline", SMALL[1], "--surface", "keras", "--case-timeout", "15")
    tests = json.loads((folder / "report" / "gate.json").read_text())["tests"]
    log = folder / "report" / "log.txt"
    return Said(said[0], said[1], kept=tests["passed"] > 400 and not (log.exists() and log.stat().st_size > 3e6))


@fault("a TensorFlow that segfaults in one case", NOT_JUDGED, "SIGSEGV")
def segfault(folder: Path) -> Said:
    """In images of rank 5."""
    return misbehaving(folder, {5: CRASHES})


@fault("a TensorFlow that hangs in one case", NOT_JUDGED, "hung: no answer within 15 s")
def hang(folder: Path) -> Said:
    """In images of rank 5."""
    return misbehaving(folder, {5: HANGS})


@fault("a TensorFlow that raises in one case", CHANGED, "raised NotImplementedError: ")
def raises(folder: Path) -> Said:
    """In images of rank 5: it answered them before."""
    return misbehaving(folder, {5: RAISES})


@fault("a TensorFlow that prints megabytes", UNCHANGED, "behaves like")
def prints(folder: Path) -> Said:
    """That is no change of behaviour, and does not fill a disk."""
    return misbehaving(folder, {5: PRINTS})


@fault("a number that is off by one part in ten thousand", CHANGED, "image=rank5")
def off(folder: Path) -> Said:
    """In images of rank 5."""
    return misbehaving(folder, {}, off=5)


def judge(name: str) -> dict:
    """Cause one fault."""
    function = FAULTS[name]
    expected, words = function.__dict__["code"], function.__dict__["words"]
    with tempfile.TemporaryDirectory(prefix="batchnorm-fault-") as folder:
        code, text, kept = function(Path(folder))
    sentence = next((line.strip() for line in text.splitlines() if words in line), text.strip()[-300:])
    survived = code == expected and words in text and kept and "Traceback" not in text
    return {"survived": survived, "exit_code": code, "said": sentence.replace(folder, "FOLDER")[:400]}


def main() -> int:
    """Command line; see the module's first lines."""
    arguments = options().parse_args()
    unknown = [name for name in arguments.names if name not in FAULTS]
    if unknown:
        terminal.say(f"{', '.join(unknown)}: no such fault; see --list")
        return USAGE
    if arguments.list:
        print("\n".join(FAULTS))
        return UNCHANGED
    if shutil.which("uv") is None:
        terminal.say("uv is not on PATH: install it (pip install uv), then run again.")
        return NOT_JUDGED
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results = {name: results[name] for name in FAULTS if name in results}
    for number, name in enumerate(arguments.names or FAULTS, 1):
        terminal.say(f"{number}/{len(arguments.names or FAULTS)} {name} ...")
        results[name] = judge(name)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        sign = "survived" if results[name]["survived"] else "NOT SURVIVED"
        print(f"{name}: {sign}: exit code {results[name]['exit_code']}: {results[name]['said']}", flush=True)
    return UNCHANGED if all(result["survived"] for result in results.values()) else CHANGED


if __name__ == "__main__":
    sys.exit(main())
