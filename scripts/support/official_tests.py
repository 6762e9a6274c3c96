"""The official tests of batch normalization in keras and tf-keras: what they take, and which mutants they notice."""

import hashlib
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any

from support import environments, mutants, terminal
from support.client import Failure, uv
from support.mutants import Mutant
from support.overlays import FOLDER, overlay, python_path
from support.releases import ROOT

KILLED, SURVIVED = "killed", "survived"
OFFICIAL_SECONDS = 300.0
UNHARMED_SECONDS = 1800.0  # a whole test file, every line of it noted
# Official tests of the layer itself, in their packages' own folders; beside them runs the test file
# that stands next to the mutated module.
OFFICIAL = {
    "keras": ["keras/src/layers/normalization/batch_normalization_test.py"],
    "tf_keras": [
        "tf_keras/layers/normalization/batch_normalization_test.py",
        "tf_keras/legacy_tf_layers/normalization_test.py",
    ],
}


# A helper that Keras' tests import from the conftest.py of its sources, which its package lacks.
OFFICIAL_CONFTEST = """import pytest

def skip_if_backend(name, reason):
    import keras
    return pytest.mark.skipif(keras.config.backend() == name, reason=reason)
"""


class Official:
    """The official tests of keras and tf-keras in one environment: all of them, or those that execute a mutant.

    Args:
        release: name of the release in the environment.
        python: its interpreter; Keras' tests lie in its package.
        checkout: sources of tf-keras; its package lacks the tests.
        mutated: the files that mutants change, relative to site-packages.
    """

    def __init__(self, release: str, python: Path, checkout: Path, mutated: Collection[str] = ()) -> None:
        self.release, self.python, self.checkout, self.mutated = release, python, checkout, sorted(mutated)
        self.packages = next(python.parent.parent.glob("lib/python*/site-packages"))
        self.without: dict[Path, dict[str, Any]] = {}  # test file -> what its tests execute, and which fail anyway
        self.lock = threading.Lock()

    @cached_property
    def beside(self) -> Path:
        """Folder of what the tests import beside TensorFlow; made once for the same packages."""
        requirements = ROOT / "requirements" / "official.txt"
        digits = hashlib.sha256((self.release + requirements.read_text()).encode()).hexdigest()[:16]
        folder = environments.cache() / f"official-packages-{digits}"
        if not folder.exists():
            part = Path(tempfile.mkdtemp(dir=environments.cache(), prefix=".official-"))
            uv("pip", "install", "--quiet", "--python", str(self.python), "--target", str(part), "--no-deps",
               "--require-hashes", "--requirements", str(requirements))  # fmt: skip
            part.rename(folder)
        return folder

    def of(self, package: str, beside: str = "") -> list[Path]:
        """The test files of the layer itself in a package, and the one beside a module of it, if there is one."""
        folder = self.packages if package == "keras" else self.checkout
        names = [*OFFICIAL[package], beside] if beside else OFFICIAL[package]
        return [folder / name for name in dict.fromkeys(names) if (folder / name).exists()]

    def files(self, mutant: Mutant) -> list[Path]:
        """The test files of the layer, and the one beside the mutated module."""
        beside = mutant.file.removesuffix(".py") + "_test.py"
        package = "keras" if mutant.file.startswith("keras/") else "tf_keras"
        return self.of(package, beside.replace("tf_keras/src/", "tf_keras/"))

    def run(self, file: Path, variables: dict[str, str], options: list[str], tests: list[str], patience: float) -> set:
        """Tests of one file that fail, or what became of the file; all tests if none is named."""
        with tempfile.TemporaryDirectory(prefix="batchnorm-official-") as name:
            # Outside its package, so that the package under test is the installed one, whose modules lie in src.
            text = re.sub(r"(?m)^(from|import) tf_keras\.(?!src)", r"\1 tf_keras.src.", file.read_text())
            (Path(name) / file.name).write_text(text)
            (Path(name) / "conftest.py").write_text(OFFICIAL_CONFTEST)
            environment = {
                **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
                "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow",
                "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1",
                **variables,
                "PYTHONPATH": os.pathsep.join(filter(None, [variables.get("PYTHONPATH"), str(self.beside)])),
            }  # fmt: skip
            if "tf_keras" in file.parts:
                environment["TF_USE_LEGACY_KERAS"] = "1"
            command = [str(self.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", name, "-rfE"]
            try:
                done = subprocess.run(
                    [*command, *options, *(tests or [file.name])], cwd=name, env=environment, capture_output=True,
                    text=True, check=False, timeout=patience,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return {f"{file.name} hung"}
        failed = {
            line.split(" ")[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))
        }  # fmt: skip
        if done.returncode not in (0, 1, 5) and not failed:
            failed = {f"{file.name} ended with exit code {done.returncode}"}
        return failed

    def unharmed(self, file: Path) -> dict[str, Any]:
        """What the tests of a file execute, and which fail, without a mutant; measured once for the same files."""
        known_by = json.dumps([self.release, self.mutated, file.name, file.read_text()])
        key = hashlib.sha256(known_by.encode()).hexdigest()[:16]
        path = environments.cache() / f"official-{key}.json"
        if not path.exists():
            part = path.with_suffix(".part")
            failed = self.run(
                file,
                {
                    "PYTHONPATH": python_path(FOLDER, ROOT / "scripts"),
                    "BATCHNORM_LINES": json.dumps({"files": self.mutated, "out": str(part)}),
                },
                ["-p", "lines_by_official_test"], [], UNHARMED_SECONDS,
            )  # fmt: skip
            executed = json.loads(part.read_text()) if part.exists() else {}
            if len(executed) < 2:  # nothing but what imports execute
                raise Failure(f"the official tests of {file.name} do not run: {min(failed, default='there are none')}.")
            part.write_text(json.dumps({"executed": executed, "failed": sorted(failed)}))
            part.replace(path)
        found = json.loads(path.read_text())
        terminal.say(f"{file.name}: {len(found['executed']) - 1} tests, {len(found['failed'])} fail without a mutant")
        return found

    def judge(self, mutant: Mutant) -> dict[str, Any]:
        """Whether a test fails that passes without the mutant."""
        began, tried = time.monotonic(), 0

        def told(result: str, **more: str) -> dict[str, Any]:
            return {"result": result, **more, "tests": tried, "seconds": round(time.monotonic() - began, 1)}

        lines = set(mutants.touched((self.packages / mutant.file).read_text(), mutant.source))
        for file in self.files(mutant):
            with self.lock:
                if file not in self.without:
                    self.without[file] = self.unharmed(file)
            executed = self.without[file]["executed"]
            everywhere = not lines.isdisjoint(executed[""].get(mutant.file, ()))  # what imports execute, all tests do
            chosen = [
                test for test, ran in executed.items()
                if test and test not in self.without[file]["failed"]
                and (everywhere or not lines.isdisjoint(ran.get(mutant.file, ())))
            ]  # fmt: skip
            tried += len(chosen)
            if not chosen:
                continue
            with tempfile.TemporaryDirectory(prefix="batchnorm-mutant-") as name:
                variables = overlay({mutant.file: mutant.source}, Path(name))
                failed = self.run(file, variables, ["--exitfirst"], chosen, OFFICIAL_SECONDS)
            if failed:
                return told(KILLED, by=min(failed))
        return told(SURVIVED)

    def run_all(self) -> None:
        """The tests of the layer itself, in both packages, file by file; which fail does not matter."""
        for package in OFFICIAL:
            for file in self.of(package):
                self.run(file, {}, [], [], UNHARMED_SECONDS)


def is_checkout(folder: Path) -> bool:
    """Whether a folder has the sources of tf-keras."""
    return (folder / "tf_keras").is_dir()
