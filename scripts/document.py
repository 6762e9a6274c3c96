"""Write docs/ from the records, the claims registry and the results in fixtures/proof, and from nothing else.

    uv run scripts/document.py           write the pages of docs/ and the figures in README.md
    uv run scripts/document.py --check   write nothing; exit 1 when they are not what would be written

A page is written when all were made. What docs/ holds beside them is written by hand: the glossary, the architecture.

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

import difflib
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes."""
    parser = asked.Parser(__doc__)
    parser.add_argument("--check", action="store_true", help="only compare with what is there")
    return parser


asked.for_help(__name__, options)

from support import proof, releases, terminal  # noqa: E402
from support.pages import changelog, example, findings, flags, reports, situations, topics  # noqa: E402
from support.pages.common import recorded  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED  # noqa: E402

from fixtures import record  # noqa: E402

FLAGS = "training-and-trainable.svg"
OF_PROOF = "<!-- Written by scripts/document.py from fixtures/proof/. Edit neither. -->"
OF_REPORTS = "<!-- Written by scripts/document.py from scripts/reports/users.toml. Edit neither. -->"
NOTICE = "<!-- Written by scripts/document.py from fixtures/observed/. Edit neither. -->"
LARGEST = 100_000  # bytes of a page that people read
# The pages that are no topics -> what they answer.
OTHERS = {
    "situations.md": "Where the layer sits, how it is called, when it is frozen: what training does in each case?",
    "changelog-tf-layers.md": "What changed in tf.layers, from release to release of TensorFlow?",
    "changelog-keras-2.md": "What changed in the Keras of TensorFlow up to 2.15, and in tf_keras?",
    "changelog-keras-3.md": "What changed from release to release of Keras 3?",
    "changelog-tf-compat-v1-keras.md": "What changed in tf.compat.v1.keras?",
    "findings.md": "Which statements are not so in today's releases?",
    "reports.md": "What did users report, and who would notice it?",
    "proof.md": "How well does the gate notice, and how seldom does it cry wolf?",
    "mutants.md": "Which defects of TensorFlow and Keras does it notice, one by one?",
    "glossary.md": "What do the few words of this project mean?",
    "architecture.md": "How does one failing test come to its sentence?",
}


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


def opening(topic: topics.Topic) -> list[str]:
    """What stands before the claims of a topic."""
    if topic.file == "two-flags.md":
        return [f"![{flags.WORDS}]({FLAGS})", "", *flags.matrices(), *example.example()]
    return list(flags.toggles()) if topic.file == "compile-and-freezing.md" else []


def pages() -> dict[str, str]:
    """File in docs/ -> what it holds."""
    found = {topic.file: topics.of_topic(topic, NOTICE, opening(topic)) for topic in topics.TOPICS}
    found |= {file: changelog.page(file, NOTICE) for file in changelog.FILES}
    return found | {
        "README.md": topics.index(NOTICE, OTHERS, measured()),
        FLAGS: flags.flags_picture(),
        "findings.md": findings.page(NOTICE),
        "situations.md": situations.page(NOTICE),
        "reports.md": reports.page(OF_REPORTS),
        "proof.md": proof.page(OF_PROOF),
        "mutants.md": proof.page_of_mutants(OF_PROOF),
    }


def main() -> int:
    """Command line; see the module's first lines."""
    arguments = options().parse_args()
    docs, readme = ROOT / "docs", ROOT / "README.md"
    try:
        made = {docs / file: text for file, text in pages().items()} | {readme: proof.readme(readme.read_text())}
    except record.Broken as broken:
        terminal.say(str(broken))
        return NOT_JUDGED
    code = UNCHANGED
    for path, text in made.items():
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
