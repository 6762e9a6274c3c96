"""The package client: uv, asked for whatever is installed or looked up."""

import os
import shutil
import subprocess


class Failure(Exception):
    """Something cannot be had; the message is one sentence."""


def uv(*arguments: str, stdin: str | None = None) -> str:
    """Run uv and return what it prints.

    Raises:
        Failure: uv is missing, or ended with an error; the message carries its last lines.
    """
    if shutil.which("uv") is None:
        raise Failure("uv is not on PATH: install it (pip install uv), then run again.")
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(["uv", *arguments], input=stdin, text=True, capture_output=True, env=environment, check=False)
    if done.returncode:
        lines = [line.strip(" ×╰─▶│├") for line in done.stderr.splitlines() if line.strip(" ×╰─▶│├")]
        raise Failure(f"uv {' '.join(arguments[:2])} failed: {' '.join(lines[-3:])}")
    return done.stdout
