"""What a script needs, written into its own first lines (PEP 723), so that ``uv run scripts/NAME.py`` starts it.

The truth is the hashed requirement file that the block names: exact versions are copied from it, never chosen here.
"""

import re
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "3.13"
BLOCK = re.compile(r"^# /// script\n(?P<content>(?:^#(?: .*)?\n)+?)^# ///\n", re.MULTILINE)


class NoBlock(ValueError):
    """A script that does not say what it needs; the message is one sentence."""


def metadata(text: str) -> dict:
    """The block of a script, read.

    Raises:
        NoBlock: there is none, there are two, or it is not TOML.
    """
    found = list(BLOCK.finditer(text))
    if len(found) != 1:
        raise NoBlock(f"it has {len(found)} blocks '# /// script', but should have one")
    lines = found[0]["content"].splitlines()
    try:
        return tomllib.loads("\n".join(line[2:] for line in lines))
    except tomllib.TOMLDecodeError as error:
        raise NoBlock(f"its block '# /// script' is not TOML: {error}") from None


def pins(requirements: Path) -> list[str]:
    """What a requirement file installs in the Python of the scripts: ``["attrs==26.1.0", …]``, by name."""
    return list(pinned(requirements.read_text()))


def pinned(text: str) -> Iterator[str]:
    """The entries of a requirement file; what is for another Python is left out."""
    for line in text.splitlines():
        entry = line.rstrip(" \\")
        if not entry or entry.startswith(("#", " ")):
            continue
        needed = Requirement(entry)
        if needed.marker and "python" in str(needed.marker):
            if needed.marker.evaluate({"python_version": PYTHON, "python_full_version": f"{PYTHON}.0"}):
                yield f"{needed.name}{needed.specifier}"
        else:
            yield entry.replace('"', "'")


def block(requirements: str | None) -> str:
    """The block of a script that needs what a requirement file lists, or nothing beside Python.

    Args:
        requirements: path of the file in the checkout, or None.
    """
    lines = [f'requires-python = "=={PYTHON}.*"']
    if requirements is None:
        lines.append("dependencies = []")
    else:
        names = ", ".join(f'"{pin}"' for pin in pins(ROOT / requirements))
        lines += ["dependencies = [", *textwrap.wrap(names, 114, break_on_hyphens=False), "]"]
        lines += ["[tool.batchnorm-spec]", f'requirements = "{requirements}"']
    return "\n".join(["# /// script", *(f"# {line}" for line in lines), "# ///", ""])


def renewed(text: str) -> str:
    """A script whose block says what its requirement file says today.

    Raises:
        NoBlock: see ``metadata``.
    """
    requirements = metadata(text).get("tool", {}).get("batchnorm-spec", {}).get("requirements")
    return BLOCK.sub(lambda found: block(requirements), text)


def scripts() -> list[Path]:
    """The scripts that people start."""
    return sorted(path for path in (ROOT / "scripts").glob("*.py") if "__main__" in path.read_text())
