"""Make the site: a folder of pages that any web server serves, and a double click opens.

    python scripts/site.py --out site/                 all of it
    python scripts/site.py --out site/ --no-programs   without a program for each claim; much quicker

It is made of the records in fixtures/observed, the registry in fixtures/claims, the questions in scripts/questions
with what scripts/recipes.py saw, and the list of reports; nothing is asked of a network, then or when it is read. A
record that cannot be used leads to a page that says so.

Exit codes: 0 written; 2 nothing could be made of the records; 64 wrong usage.
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

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# Not this folder's own name: `site` is a module of Python's that some packages import.
from support import terminal  # noqa: E402
from support.site import build  # noqa: E402
from support.terminal import NOT_JUDGED, UNCHANGED, USAGE  # noqa: E402

from fixtures import record  # noqa: E402


def main() -> int:
    """Command line; see the module's first lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, exit_on_error=False
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="emptied first")
    parser.add_argument("--no-programs", action="store_true", help="leave out a program for each claim")
    try:
        arguments = parser.parse_args()
        if arguments.out.exists() and not (arguments.out / "index.html").is_file() and any(arguments.out.iterdir()):
            terminal.say(f"{arguments.out} holds something that is no site: name another folder.")
            return USAGE
        site = build.write(arguments.out, not arguments.no_programs)
    except argparse.ArgumentError as error:
        terminal.say(str(error))
        return USAGE
    except (record.Broken, ValueError, OSError) as error:
        terminal.say(str(error))
        return NOT_JUDGED
    size = sum(site.written.values())
    print(f"{arguments.out}: {len(site.written)} files, {size / 1e6:.1f} MB; open {arguments.out / 'index.html'}")
    return UNCHANGED


if __name__ == "__main__":
    sys.exit(main())
