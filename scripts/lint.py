"""Everything that reads the code and the registry without running TensorFlow: style, types, claims, workflows.

    uv run scripts/lint.py           say what is wrong
    uv run scripts/lint.py --fix     mend what can be mended: the order of imports, the layout, blocks of metadata

All of them run, whatever the others say. Exit codes: 0 nothing is wrong; 1 something is.
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

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")
    return parser


asked.for_help(__name__, options)

from support import development, terminal  # noqa: E402
from support.terminal import CHANGED, UNCHANGED  # noqa: E402

FORMATTED = ["scripts", "tests/harness"]  # what runs inside TensorFlow keeps the layout of Python 3.7 by hand
MENDING = [["ruff", "check", "--quiet", "--fix", "."], ["ruff", "format", "--quiet", *FORMATTED]]


def checks() -> list[list[str]]:
    """The commands, each of which must find nothing."""
    workflows = [str(path) for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
    actions = [str(path) for path in sorted((ROOT / ".github" / "actions").glob("*/action.yml"))]
    return [
        ["ruff", "check", "--quiet", "."],
        ["ruff", "format", "--quiet", "--check", *FORMATTED],
        ["mypy"],
        ["python", "scripts/lint_claims.py"],
        ["python", "scripts/environments.py", "inline", "--check"],
        ["python", "scripts/situations.py", "--check"],
        ["actionlint"],
        ["zizmor", "--offline", "--quiet", ".github"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows],
        ["check-jsonschema", "--builtin-schema", "vendor.github-actions", *actions],
    ]


def main() -> int:
    """Command line; see the module's first lines."""
    if options().parse_args().fix:
        for words in [*MENDING, ["python", "scripts/environments.py", "inline"]]:
            development.run(*words)
    wrong = []
    for words in checks():
        done = development.run(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            wrong.append(" ".join(words[:3]))
            terminal.say(f"=== {wrong[-1]}\n{done.stdout.rstrip()}")
    terminal.say(f"wrong: {'; '.join(wrong)}" if wrong else "nothing is wrong")
    return CHANGED if wrong else UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
