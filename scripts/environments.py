"""The environments of the releases: requirement files, and a cache of what uv builds from them.

    python scripts/environments.py lock [RELEASE ...]    write fixtures/releases/RELEASE.txt
    python scripts/environments.py python RELEASE        build if need be; print the interpreter's path

Runs on a current Python with uv on PATH. Environments lie outside the repository, in
$BATCHNORM_CACHE (default: ~/.cache/batchnorm-spec).
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASES = ROOT / "fixtures" / "releases"
TOOLS = ["pytest", "pytest-xdist"]
NIGHTLY = "nightly"  # has no requirement file: a nightly build is gone before a lock of it is a month old


class Failure(Exception):
    """The environment cannot be had; the message is one sentence."""


def calendar() -> dict[str, dict]:
    """The releases, oldest first: ``python`` and ``requires`` of each."""
    return json.loads((RELEASES / "calendar.json").read_text())


def uv(*arguments: str, stdin: str | None = None) -> str:
    """Run uv and return what it prints.

    Raises:
        Failure: uv is missing, or ended with an error; the message carries its last line.
    """
    if shutil.which("uv") is None:
        raise Failure("uv is not on PATH: install it (pip install uv), then run again.")
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(["uv", *arguments], input=stdin, text=True, capture_output=True, env=environment, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise Failure(f"uv {arguments[0]} failed: {' '.join(lines[-3:])}")
    return done.stdout


def lock(release: str) -> Path:
    """Write the exact, hashed requirement file of a release; it names no index."""
    entry = calendar()[release]
    path = RELEASES / f"{release}.txt"
    uv(
        "pip", "compile", "--quiet", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate",
        "--python-version", entry["python"], "--output-file", str(path), "-",
        stdin="\n".join(entry["requires"] + TOOLS),
    )  # fmt: skip
    return path


def cache() -> Path:
    """Folder of the environments."""
    return Path(os.environ.get("BATCHNORM_CACHE") or Path.home() / ".cache" / "batchnorm-spec")


def python(release: str) -> Path:
    """Interpreter of a release's environment, built on first use and whenever its requirements change.

    Raises:
        Failure: the release is not in the calendar, or uv cannot build it.
    """
    entry = calendar().get(release)
    if entry is None:
        raise Failure(f"{release} is not in the calendar; it holds {', '.join(calendar())}.")
    requirements = RELEASES / f"{release}.txt"
    wanted = json.dumps(entry) if release == NIGHTLY else requirements.read_text()
    stamp = hashlib.sha256(wanted.encode()).hexdigest()
    folder = cache() / release
    interpreter = folder / "bin" / "python"
    if (folder / "stamp").is_file() and (folder / "stamp").read_text() == stamp and interpreter.exists():
        return interpreter
    uv("venv", "--quiet", "--clear", "--python", entry["python"], str(folder))
    install = ["pip", "install", "--quiet", "--compile-bytecode", "--python", str(interpreter)]
    if release == NIGHTLY:
        uv(*install, "--prerelease", "allow", *entry["requires"], *TOOLS)
    else:
        uv(*install, "--require-hashes", "--no-deps", "--requirements", str(requirements))
    (folder / "stamp").write_text(stamp)
    return interpreter


def main() -> int:
    """Command line; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("lock", help="write requirement files").add_argument("releases", nargs="*")
    commands.add_parser("python", help="print the interpreter of a release").add_argument("release")
    arguments = parser.parse_args()
    try:
        if arguments.command == "python":
            print(python(arguments.release))
        else:
            for release in arguments.releases or [name for name in calendar() if name != NIGHTLY]:
                print(lock(release).relative_to(ROOT), flush=True)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
