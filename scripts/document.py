"""Write docs/ from the records, the claims registry and the results in fixtures/proof, and from nothing else.

    uv run scripts/document.py           write docs/observed-behaviour.md and its pictures,
                                         docs/changelog-of-behaviour.md, docs/situations.md, docs/reports.md,
                                         docs/proof.md and the figures in README.md
    uv run scripts/document.py --check   write nothing; exit 1 when they are not what would be written

Exit codes: 0 written, or as they should be; 1 --check found a difference; 2 a record cannot be used.
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
import difflib
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare with what is there")
    return parser


asked.for_help(__name__, options)

from support import proof, releases, terminal  # noqa: E402
from support.pages import changelog as steps  # noqa: E402
from support.pages import claims, example, flags, reports, situations  # noqa: E402
from support.pages.common import recorded  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED  # noqa: E402

from fixtures import record  # noqa: E402

DOCS = ROOT / "docs"
OBSERVED, CHANGELOG = DOCS / "observed-behaviour.md", DOCS / "changelog-of-behaviour.md"
FLAGS, CLAIMS = DOCS / "training-and-trainable.svg", DOCS / claims.PICTURE
SITUATIONS, REPORTS = DOCS / "situations.md", DOCS / "reports.md"
PROOF, README = DOCS / "proof.md", ROOT / "README.md"
NOTICE_OF_PROOF = "<!-- Written by scripts/document.py from fixtures/proof/. Edit neither. -->"
NOTICE_OF_REPORTS = "<!-- Written by scripts/document.py from scripts/reports/users.toml. Edit neither. -->"
NOTICE = "<!-- Written by scripts/document.py from fixtures/observed/. Edit neither. -->"


def measured() -> Iterator[str]:
    """What the pages stand on, and what was not measured."""
    known, alike = releases.calendar(), proof.alike(proof.load("repetitions"))
    held = [name for name in known if name in alike and name not in recorded()]
    missing = [name for name in known if name not in recorded() and name not in held]
    also = [name for name in known if name in recorded() and releases.mended(known[name])]
    yield (
        f"Recorded: {len(recorded())} of {len(known)} releases of the calendar, the newest patch of each minor one"
        + (f", and what a patch mended: {', '.join(also)}." if also else ".")
    )
    if held:
        yield f"Observed too, each case once, and the same as the newest patch: {', '.join(held)}."
    if missing:
        yield f"Not measured: {', '.join(missing)}. A range speaks of the measured releases in it."
    yield ""


def observed_behaviour() -> str:
    """The page of docs/observed-behaviour.md."""
    lines = [NOTICE, "", "# Batch normalization, as observed", ""]
    lines += [
        "See also the [change-log of behaviour](changelog-of-behaviour.md), [where it is used](situations.md) and "
        "[what users reported](reports.md).", "",
    ]  # fmt: skip
    lines += [*measured(), *example.example()]
    lines += ["## The two flags, release by release", "", f"![{flags.WORDS}]({FLAGS.name})", ""]
    lines += [*flags.matrices(), *claims.claims()]
    return "\n".join(lines).rstrip() + "\n"


def changelog() -> str:
    """The page of docs/changelog-of-behaviour.md."""
    lines = [NOTICE, "", "# Change-log of batch normalization", ""]
    lines += [
        "Neighbouring recorded releases compared, surface by surface. An entry says what was observed before",
        "and after; where the semantics table accounts for it, in its words and with its source. Where nothing does,",
        "the packages that changed at the same step are named, and what came when one of them was exchanged alone.",
        "",
        *measured(),
        *steps.steps(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Command line; see the module's first lines."""
    parser = options()
    arguments = parser.parse_args()
    try:
        pages = {
            FLAGS: flags.flags_picture(),
            CLAIMS: claims.claims_picture(),
            OBSERVED: observed_behaviour(),
            CHANGELOG: changelog(),
            SITUATIONS: situations.page(NOTICE),
            REPORTS: reports.page(NOTICE_OF_REPORTS),
            PROOF: proof.page(NOTICE_OF_PROOF),
            README: proof.readme(README.read_text()),
        }
    except record.Broken as broken:
        terminal.say(str(broken))
        return NOT_JUDGED
    code = UNCHANGED
    for path, text in pages.items():
        name = path.relative_to(ROOT)
        if not arguments.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            print(f"{name}: {len(text.splitlines())} lines")
        elif not path.is_file() or path.read_text() != text:
            code = CHANGED
            old = path.read_text().splitlines() if path.is_file() else []
            terminal.say(f"{name} is not what the records say: run uv run scripts/document.py and commit it.")
            changes = difflib.unified_diff(old, text.splitlines(), "committed", "records", lineterm="")
            terminal.say("\n".join(islice(changes, 20)))
    return code


if __name__ == "__main__":
    sys.exit(main())
