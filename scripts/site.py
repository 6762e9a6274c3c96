"""Make the site: a folder of pages that any web server serves, and a double click opens.

    uv run scripts/site.py --out site/                 all of it
    uv run scripts/site.py --out site/ --no-programs   without a program for each claim; much quicker
    uv run scripts/site.py --out site/ --repository URL   its pages link to where this suite is checked out from

It is made of the records in fixtures/observed, the registry in fixtures/claims, the questions in scripts/questions
with what scripts/recipes.py saw, and the list of reports; nothing is asked of a network, then or when it is read. A
record that cannot be used leads to a page that says so.

Exit codes: 0 written; 2 nothing could be made of the records; 64 wrong usage.
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "attrs==26.1.0", "axe-playwright-python==0.1.8", "click==8.5.1", "colorama==0.4.6 ; sys_platform == 'win32'",
# "contourpy==1.4.0", "covertable==3.2.0", "cycler==0.12.1", "filelock==4.3.1", "fonttools==4.68.0",
# "ghp-import==2.1.0", "greenlet==3.5.6", "iniconfig==2.3.1", "jinja2==3.1.6", "jsonschema==4.26.0",
# "jsonschema-specifications==2025.9.1", "kiwisolver==1.5.1", "lunr==0.8.0", "markdown==3.11.3",
# "markdown-it-py==4.3.0", "markupsafe==3.0.4", "matplotlib==3.11.2", "mdurl==0.1.2", "mergedeep==1.3.4",
# "mkdocs==1.6.1", "mkdocs-get-deps==0.2.2", "numpy==2.5.5", "packaging==26.4", "pathspec==1.1.1", "pillow==13.0.0",
# "pip==26.3", "platformdirs==4.14.8", "playwright==1.65.2", "pluggy==1.7.0", "psutil==7.2.2", "pygments==2.21.0",
# "pyparsing==3.3.3", "pytest==9.2.0", "python-dateutil==4.0.0", "pyyaml==6.0.4", "pyyaml-env-tag==1.1",
# "referencing==0.37.0", "rich==15.0.0", "rpds-py==2026.9.1", "ruff==0.17.6", "tzdata==2026.6", "watchdog==7.1.0"
# ]
# [tool.batchnorm-spec]
# requirements = "requirements/site.txt"
# ///

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# Not this folder's own name: `site` is a module of Python's that some packages import.
from support import asked  # noqa: E402


def web_address(text: str) -> str:
    """An address that a page may link to.

    Raises:
        ArgumentTypeError: it is not of the web.
    """
    if not text.startswith(("https://", "http://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no address that begins with https://")
    return text.rstrip("/")


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="emptied first")
    parser.add_argument("--no-programs", action="store_true", help="leave out a program for each claim")
    parser.add_argument("--repository", type=web_address, metavar="URL", help="where this suite is checked out from")
    return parser


asked.for_help(__name__, options)

from support import terminal  # noqa: E402
from support.site import build  # noqa: E402
from support.site.recipes import Unreadable  # noqa: E402
from support.terminal import NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import record  # noqa: E402


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    try:
        arguments = parser.parse_args()
        if arguments.out.exists() and not (arguments.out / "index.html").is_file() and any(arguments.out.iterdir()):
            terminal.say(f"{arguments.out} holds something that is no site: name another folder.")
            return USAGE
        site = build.write(arguments.out, not arguments.no_programs, arguments.repository or "")
    except (record.Broken, Unreadable, OSError) as error:
        terminal.say(str(error))
        return NOT_JUDGED
    size = sum(site.written.values())
    print(f"{arguments.out}: {len(site.written)} files, {size / 1e6:.1f} MB; open {arguments.out / 'index.html'}")
    return UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
