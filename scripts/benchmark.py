"""What the suite costs beside the bare TensorFlow calls of the same cases.

    uv run scripts/benchmark.py                        in the environment under test, bytecode warm
    uv run scripts/benchmark.py --against CHECKOUT     the whole suite, beside that of another checkout of this project

Three measurements in one run, in turn: *bare* (import TensorFlow once, then every case by a plain
loop, no pytest), *suite* (pytest on the same cases) and *suite -n 2*. Wall time, processor time of
the whole process tree, and the largest resident memory of the tree (shared pages counted once).

Against another checkout, both suites run in turn, everything they have; for each kind of case the seconds that
observing it took, before and after, and how many mutants a case of that kind was the first to notice. The result is
written to fixtures/proof/price.json, by release.
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "absl-py==2.5.1", "astunparse==1.6.3", "certifi==2026.10.18", "charset-normalizer==3.5.2", "execnet==2.1.2",
# "flatbuffers==25.12.19", "gast==0.7.0", "google-pasta==0.2.0", "grpcio==1.85.1", "h5py==3.14.0", "idna==3.20",
# "iniconfig==2.3.1", "keras==3.15.1", "libclang==18.1.1", "markdown-it-py==4.3.0", "mdurl==0.1.2",
# "ml-dtypes==0.6.0", "namex==0.1.0", "numpy==2.5.5", "opt-einsum==3.4.0", "optree==0.20.0", "packaging==26.3",
# "pluggy==1.7.0", "protobuf==7.36.2", "pygments==2.21.0", "pytest==9.2.0", "pytest-xdist==3.8.0",
# "requests==2.34.2", "rich==15.0.0", "setuptools==84.2.1", "six==1.17.0", "tensorflow==2.21.0", "termcolor==3.3.0",
# "tf-keras==2.21.0", "typing-extensions==4.16.0", "urllib3==2.8.0", "wheel==0.48.0", "wrapt==2.5.2"
# ]
# [tool.batchnorm-spec]
# requirements = "fixtures/releases/2.21.0.txt"
# ///

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402

from fixtures import amounts  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="measure the whole suite beside another one")
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=amounts.count, default=1, help="rounds; medians are printed (default: 1)")
    return parser


asked.for_help(__name__, options)

from fixtures import cases, installed  # noqa: E402
from fixtures.observing import child_environment  # noqa: E402

PROOF = ROOT / "fixtures" / "proof"
MATRIX = ["--deselect", "tests/tf1_compat/test_claims.py", "--deselect", "tests/keras_v2/test_claims.py"]
GRAPH, EAGER, COMPILE = "graph case", "eager case", "compile case"


def all_cases(env: installed.Environment) -> list[cases.Case]:
    """The cases of the matrix that this environment can run, by program."""
    lists = (
        cases.GRAPH_LAYERS, cases.GRAPH_SEQUENCES, cases.GRAPH_IMAGES, cases.GRAPH_FREEZES, cases.GRAPH_PUBLISHED,
        cases.LAYER_CALLS, cases.LAYER_IMAGES, cases.LAYER_PUBLISHED, cases.COMPILED, cases.RECURSION,
        cases.MODEL_RUNS, cases.SITUATIONS, cases.GRAPH_OPTIONS, cases.OPTIONS,
    )  # fmt: skip
    present = [case for group in lists for case in group if installed.missing(case, env) is None]
    return sorted(present, key=lambda case: case.program)


def bare(env: installed.Environment) -> None:
    """Import TensorFlow once, then run every case: one forked process for each program style, in turn."""
    from fixtures.observer import observe
    from fixtures.observer.server import become, import_tensorflow

    tf = import_tensorflow([name for name in ("tf_keras", "keras") if getattr(env, name)])
    for program in cases.PROGRAMS:
        process = os.fork()
        if process == 0:
            become(tf, program)
            for case in all_cases(env):
                if case.program == program:
                    observe(tf, case)
            os._exit(0)
        if os.waitpid(process, 0)[1]:
            sys.exit("a bare case failed")


def memory(root: int) -> int:
    """Proportional set size of a process and its descendants, in bytes; 0 where /proc lacks it."""
    total, queue = 0, [root]
    while queue:
        process = queue.pop()
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                queue += [int(child) for child in (task / "children").read_text().split()]
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except (OSError, ValueError):
            continue
    return total


def measure(command: list[str], env: installed.Environment, checkout: Path = ROOT) -> dict[str, float]:
    """Run a command to its end: wall and processor seconds, peak memory in bytes."""
    before = os.times()
    start = time.perf_counter()
    peak = 0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            command, cwd=checkout, stdout=out, stderr=out, env=child_environment(dict(os.environ), env)
        )
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(0.25):
                peak = max(peak, memory(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = process.wait()
        done.set()
        watcher.join()
        if code:
            out.seek(0)
            sys.exit(f"{' '.join(command)} ended with {code}:\n{out.read().decode(errors='replace')[-2000:]}")
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall": time.perf_counter() - start, "processor": processor, "peak": peak}


BUDGETS = {  # test module -> what one of its cases is called, and may take
    "test_direct_calls": (EAGER, 8),
    "test_compile_time_freezing": (COMPILE, 150),
    "test_models": (COMPILE, 150),
}


def durations(report: Path) -> dict[tuple[str, int], list[tuple[float, float]]]:
    """Milliseconds of each test case that ran, by (kind, budget), from pytest's JUnit report.

    The first figure is the test's own time, of which most is waiting; the second is what the observation took
    in TensorFlow's process, which works ahead of the tests. A case that several tests judge is observed once
    and counted once, with the time of all of them.
    """
    own: dict[tuple[str, int], dict[str, float]] = {}
    observed: dict[str, float] = {}
    for test in ElementTree.parse(report).iter("testcase"):
        if test.find("skipped") is None:
            kind = BUDGETS.get(test.attrib["classname"].rsplit(".", 1)[-1], (GRAPH, 40))
            case = test.attrib["name"].partition("[")[2]
            times = own.setdefault(kind, {})
            times[case] = times.get(case, 0.0) + 1000 * float(test.attrib["time"])
            for found in test.iterfind("properties/property[@name='observation_ms']"):
                observed[case] = float(found.attrib["value"])
    return {kind: [(times[case], observed[case]) for case in times if case in observed] for kind, times in own.items()}


def whole(checkout: Path, env: installed.Environment) -> dict[str, Any]:
    """One complete run of a checkout's suite: what it took, and the seconds of each kind of observation."""
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder) / "events"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--events={events}"]
        found: dict[str, Any] = dict(measure(command, env, checkout))
        told = [json.loads(line) for line in events.read_text().splitlines()]
    found["tests"] = sum(event["event"] == "test" for event in told)
    found["observing"] = next(event["observing"] for event in told if event["event"] == "ended")
    return found


def noticed_first() -> dict[str, int]:
    """Kind of case -> how many of the judged mutants one of its cases was the first to notice."""
    mutants = json.loads((PROOF / "mutants.json").read_text())["mutants"].values()
    first = [found["by"] for found in mutants if found["result"] == "killed"]
    return Counter("scenario" if " " in subject else subject.partition("-")[0] for subject in first)


def price(other: Path, env: installed.Environment, rounds: int) -> dict[str, Any]:
    """Both suites in turn; medians over the rounds."""
    runs: dict[str, list[dict[str, Any]]] = {"before": [], "after": []}
    for number in range(rounds):
        for name, checkout in (("before", other), ("after", ROOT)):
            print(f"round {number + 1} of {rounds}: {name} ...", file=sys.stderr, flush=True)
            runs[name].append(whole(checkout, env))
    found: dict[str, Any] = {
        name: {
            "processor": round(statistics.median(run["processor"] for run in each), 1), "tests": each[-1]["tests"],
            "observing": {
                kind: round(statistics.median(run["observing"].get(kind, 0.0) for run in each), 1)
                for kind in sorted(each[-1]["observing"])
            },
        }
        for name, each in runs.items()
    }  # fmt: skip
    pairs = zip(runs["before"], runs["after"])
    found["ratio"] = round(statistics.median(b["processor"] / a["processor"] for a, b in pairs), 3)
    found["noticed_first"] = dict(noticed_first())
    return found


def main() -> int:
    """Command line; see the module's first lines."""
    arguments = options().parse_args()
    env = installed.environment()
    if arguments.bare:
        bare(env)
        return 0
    if arguments.against:
        if not (arguments.against / "conftest.py").is_file():
            print(f"{arguments.against}: not a checkout of this project.", file=sys.stderr)
            return 64
        found = price(arguments.against, env, arguments.repeat)
        path = PROOF / "price.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        known[env.tensorflow] = found
        path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
        print(json.dumps(found, indent=1))
        return 0
    folder = tempfile.TemporaryDirectory()
    report = Path(folder.name) / "junit.xml"
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *MATRIX]
    commands = {
        "bare calls": [sys.executable, __file__, "--bare"],
        "suite": [*pytest, f"--junitxml={report}"],
        "suite -n 2": [*pytest, "-n", "2"],
    }
    rounds: list[dict[str, dict[str, float]]] = []
    for number in range(arguments.repeat):
        rounds.append({})
        for name, command in commands.items():
            print(f"round {number + 1} of {arguments.repeat}: {name} ...", file=sys.stderr, flush=True)
            rounds[-1][name] = measure(command, env)

    def median(name: str, figure: str) -> float:
        return statistics.median(one[name][figure] for one in rounds)

    print(f"TensorFlow {env.tensorflow}, {os.cpu_count()} processors, {arguments.repeat} round(s)")
    print(f"{'':12} {'wall s':>8} {'ratio':>6} {'processor s':>12} {'ratio':>6} {'peak GB':>8}")
    for name in commands:
        print(
            f"{name:12} {median(name, 'wall'):8.1f} {median(name, 'wall') / median('bare calls', 'wall'):6.2f} "
            f"{median(name, 'processor'):12.1f} "
            f"{median(name, 'processor') / median('bare calls', 'processor'):6.2f} {median(name, 'peak') / 1e9:8.2f}"
        )
    print(
        f"{'milliseconds':12} {'cases':>6} {'tests, median':>14} {'mean':>7} {'observation, median':>20} {'mean':>7} "
        f"{'budget':>7}"
    )
    for (name, budget), each in sorted(durations(report).items()):
        tests, observations = zip(*each, strict=True)
        print(
            f"{name:12} {len(each):6} {statistics.median(tests):14.1f} {statistics.mean(tests):7.1f} "
            f"{statistics.median(observations):20.1f} {statistics.mean(observations):7.1f} {budget:7}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
