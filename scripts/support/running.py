"""One run of the suite in one environment: pytest in a process of its own, followed as it goes."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from fixtures import record

ROOT = Path(__file__).resolve().parents[2]
SUITES = ["tests/tf1_compat", "tests/keras_v2"]
NOTHING = 5  # pytest's exit code where no test is left to run
CANARIES = "tests/canaries.py"  # by its name: pytest collects no file of another name than test_*.py by itself
# What a canary that did its part ends with, and the words that say so.
PLANNED = {
    "differently": "mean is",  # … but should be …
    "crashed": "the process died of SIGSEGV",
    "hung": "the process hung",
}
IMPORT_SECONDS = 600.0  # a cold import of TensorFlow from a slow disk takes minutes
LARGEST_LOG = 2 * 2**20  # of what TensorFlow prints, the end is kept


@dataclass
class Run:
    """What came of a run.

    Attributes:
        record: the record, or None when nothing was observed.
        failures: subject (case or claim) -> sentence, of each test that failed.
        outcomes: test id -> passed, failed or skipped.
        silent: canaries that were not reported as planned, each with what was reported instead.
        problem: why the environment could not be judged, in one sentence, or None.
        log: the end of what pytest and TensorFlow printed.
        import_seconds: until TensorFlow was imported.
        observing: kind of case -> seconds of its observations in TensorFlow's processes, which run side by side.
        seconds: wall time of the whole run.
    """

    record: dict | None = None
    failures: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    problem: str | None = None
    log: str = ""
    import_seconds: float = 0.0
    observing: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def seen(self) -> dict:
        """The record of a run without a problem."""
        if self.record is None:
            raise ValueError("the run left no record")
        return self.record


@dataclass
class Progress:
    """How far a run is."""

    phase: str = "starting"
    tests: int = 0
    done: int = 0
    failed: int = 0


def run(
    python: Path,
    follow: Callable[[Progress], None] = lambda progress: None,
    case_timeout: float = 120.0,
    only: list[str] | None = None,
    junit: Path | None = None,
    until_first_failure: bool = False,
    variables: dict[str, str] | None = None,
    options: list[str] | None = None,
    canaries: bool = False,
    checkout: Path = ROOT,
    observers: int | None = None,
    watch: Callable[[dict], None] = lambda event: None,
) -> Run:
    """Run the suite and wait for its end.

    Args:
        python: interpreter of the environment under test.
        follow: called a few times a second with how far the run is.
        case_timeout: seconds after which one case counts as hung.
        only: subjects (cases and claims) to run, in this order; default all.
        junit: where to write JUnit XML.
        until_first_failure: one failed test is enough.
        variables: environment variables of the run, beside those of this process.
        options: of pytest, beside those that a run has.
        canaries: whether a difference, a crash and a hang ride along that must be reported as planned.
        checkout: folder of the suite that runs.
        observers: processes that observe side by side; default as many as there are processors.
        watch: called with each event as it comes: ``imported``, ``observed``, ``decided``, ``test`` and others.

    Returns:
        The ``Run``; a run that crashed, hung or was refused has a ``problem``.
    """
    result, progress, began = Run(), Progress(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="batchnorm-run-") as name:
        folder = Path(name)
        # A pipe and not a file: when we are killed, the run's next event fails, and it ends too.
        events, theirs = os.pipe()
        os.set_blocking(events, False)
        command = [
            str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line",
            "-c", str(checkout / "pyproject.toml"), "--record", str(folder / "record.json"),
            "--events", f"/dev/fd/{theirs}", "--case-timeout", str(case_timeout),
        ]  # fmt: skip
        if junit is not None:
            command += ["--junitxml", str(junit)]
        if only is not None:
            (folder / "only").write_text("\n".join(only))
            command.append(f"--only={folder / 'only'}")  # as one word, or pytest takes it for a path of tests
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS")}
        environment.update(variables or {}, TMPDIR=name)
        command += ["--exitfirst"] * until_first_failure + (options or [])
        command += [] if observers is None else [f"--observers={observers}"]
        with open(folder / "log", "wb") as log:
            command += [*SUITES, *[CANARIES] * canaries]
            process = subprocess.Popen(
                command, cwd=checkout, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, pass_fds=[theirs],
            )  # fmt: skip
            os.close(theirs)
            try:
                _follow(process, events, result, progress, follow, watch, case_timeout, began)
            finally:
                os.close(events)
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        result.log = _end_of(folder / "log")
        try:
            result.record = record.read(folder / "record.json")
        except record.Broken as broken:
            if result.problem is None:
                last = (result.log.strip().splitlines() or [str(broken)])[-1]
                result.problem = _why(process.returncode, result.log) or f"the run left no record: {last}"
    if result.problem is None:
        result.problem = _why(process.returncode, result.log)
    if canaries:
        _set_aside(result, junit)
    result.seconds = time.monotonic() - began
    return result


def _set_aside(result: Run, junit: Path | None) -> None:
    """Take the canaries out of a run, so that nobody sees them, and note those that were silent."""
    ours = [name for name in result.outcomes if name.startswith(CANARIES)]
    for ending, words in PLANNED.items():
        mine = [name for name in ours if f"ends={ending}" in name]
        said = [result.failures.get(name, "") for name in mine]
        if len(mine) != 1 or result.outcomes[mine[0]] != "failed" or words not in said[0]:
            reported = said[0] if mine and said[0] else "passed" if mine else "not run"
            result.silent.append(f"the case that ends {ending} on purpose: {reported}")
    for name in ours:
        del result.outcomes[name]
        result.failures.pop(name, None)
    if junit is not None and junit.exists():
        report = ElementTree.parse(junit)
        for suite in report.iter("testsuite"):
            for test in [test for test in suite if test.attrib.get("classname", "").startswith("tests.canaries")]:
                suite.remove(test)
                for count in ("tests", "failures"):
                    suite.attrib[count] = str(int(suite.attrib[count]) - 1)
        report.write(junit, encoding="utf-8", xml_declaration=True)


def _drain(events: int) -> bytes:
    """Whatever has arrived."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(events, 2**16)
        except BlockingIOError:
            part = b""
        if not part:
            return b"".join(parts)
        parts.append(part)


def _follow(
    process: subprocess.Popen, events: int, result: Run, progress: Progress,
    follow: Callable[[Progress], None], watch: Callable[[dict], None], case_timeout: float, began: float,
) -> None:  # fmt: skip
    quiet_since, rest = time.monotonic(), b""
    while True:
        ended = process.poll() is not None
        rest += _drain(events)
        *whole, rest = rest.split(b"\n")
        for line in whole:
            event = json.loads(line)
            _note(event, result, progress, began)
            watch(event)
        now = time.monotonic()
        if whole:
            quiet_since = now
        follow(progress)
        if ended:
            return
        # The suite itself ends a case that hangs; this is for a suite that hangs.
        patience = IMPORT_SECONDS if progress.phase != "observing" else 3 * case_timeout + 60
        if now - quiet_since > patience:
            result.problem = f"the run hung: nothing happened for {patience:.0f} s while {progress.phase}."
            return
        time.sleep(0.2)


def _note(event: dict, result: Run, progress: Progress, began: float) -> None:
    if event["event"] == "collected":
        progress.phase, progress.tests = "importing TensorFlow", event["tests"]
    elif event["event"] == "imported":
        result.import_seconds = time.monotonic() - began
        result.problem = event["unusable"]
        progress.phase = "observing"
    elif event["event"] == "ended":
        result.observing = event["observing"]
    elif event["event"] == "test":  # what is told of observations and verdicts as they come is in the record
        progress.done += 1
        result.outcomes[event["id"]] = event["outcome"]
        if event["outcome"] == "failed":
            progress.failed += 1
            result.failures[event["subject"] or event["id"]] = event["sentence"]


def _why(code: int, log: str) -> str | None:
    """The one sentence of pytest's last words, for an end that is not a judgement."""
    if code in (0, 1):
        return None
    if code < 0:
        return f"the run died of {signal.Signals(-code).name}."
    if code == NOTHING:
        return "it has none of the cases and claims that were asked."
    lines = [line.strip("! ").removeprefix("_pytest.outcomes.Exit: ") for line in log.splitlines() if line.strip("! =")]
    said = [line for line in lines if line.endswith(".") or "Error" in line]
    return f"the run ended with exit code {code}: {(said or lines or ['it said nothing'])[-1]}"


def _end_of(path: Path) -> str:
    with open(path, "rb") as log:
        log.seek(max(0, path.stat().st_size - LARGEST_LOG))
        return log.read().decode("utf-8", "replace")
