"""Write docs/ from the records, the claims registry and the results in fixtures/proof, and from nothing else.

    python scripts/document.py           write docs/observed-behaviour.md and its pictures,
                                         docs/changelog-of-behaviour.md, docs/proof.md and the figures in README.md
    python scripts/document.py --check   write nothing; exit 1 when they are not what would be written

Exit codes: 0 written, or as they should be; 1 --check found a difference; 2 a record cannot be used.
"""

import argparse
import difflib
import functools
import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import causes, comparison, picture, proof, ranges, releases, terminal  # noqa: E402
from support.comparison import DANGERS, Side  # noqa: E402
from support.reading import Reader  # noqa: E402
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED  # noqa: E402

from fixtures import cases, record, subjects, summary  # noqa: E402
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED, Claim, load  # noqa: E402
from fixtures.claims.evidence import ways  # noqa: E402
from fixtures.compare import shorter, words  # noqa: E402
from fixtures.images import PUBLISHED_FIGURES, digits  # noqa: E402
from fixtures.judging import CALLS  # noqa: E402
from fixtures.record import restore  # noqa: E402

DOCS = ROOT / "docs"
OBSERVED, CHANGELOG = DOCS / "observed-behaviour.md", DOCS / "changelog-of-behaviour.md"
FLAGS, CLAIMS = DOCS / "training-and-trainable.svg", DOCS / "claims.svg"
PROOF, README = DOCS / "proof.md", ROOT / "README.md"
NOTICE_OF_PROOF = "<!-- Written by scripts/document.py from fixtures/proof/. Edit neither. -->"
NOTICE = "<!-- Written by scripts/document.py from fixtures/observed/. Edit neither. -->"
TITLES = {
    cases.TF_LAYERS: "tf.compat.v1.layers (and tf.layers of TensorFlow 1)",
    cases.TF_KERAS_BUNDLED: "tf.keras, as TensorFlow up to 2.15 carries it",
    cases.TF_KERAS: "tf_keras, Keras 2 beside TensorFlow",
    cases.KERAS3: "Keras 3",
    cases.KERAS_V1: "tf.compat.v1.keras",
}
TOGGLES = {
    "never": "no toggle",
    "before_first_step": "toggled after compile(), before the first step",
    "after_first_step": "toggled after the first step",
    "then_compile": "toggled after the first step, then compiled again",
}


@functools.cache
def recorded() -> dict[str, dict]:
    """Every record, by release, in order.

    Raises:
        Broken: one of them cannot be used.
    """
    return {name: record.read(r.record) for name, r in releases.calendar().items() if r.record.is_file()}


def timeline(surface: str) -> list[Side]:
    """The recorded sides of a surface in order: Keras 3 by its own releases, all others by TensorFlow's."""
    line = "keras" if surface == cases.KERAS3 else "tensorflow"
    known = releases.calendar()
    return [
        Side(name, surface, seen)
        for name, seen in recorded().items()
        if known[name].line == line and surface in comparison.surfaces(seen)
    ]


def seen_by(side: Side, case: cases.Case) -> dict | None:
    """One observation of a side, numbers as arrays; None when it was not made."""
    found = side.record["observations"].get(case.id)
    return None if found is None else restore(found)


def grid(header: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in lines]


# --- the published example -------------------------------------------------------------------------


def example_figures(side: Side) -> tuple[str, ...]:
    """What the published example prints on one side."""

    def run(training: str, trainable: bool) -> dict | None:
        if side.surface == cases.TF_LAYERS:
            flags = {"form": "functional", "training": training, "trainable": trainable}
            return seen_by(side, cases.matching(cases.GRAPH_PUBLISHED, side.surface, cases.TF2_STYLE, **flags))
        flags = {"training": training, "trainable": trainable}
        return seen_by(side, cases.matching(cases.LAYER_PUBLISHED, side.surface, cases.TF2_STYLE, **flags))

    figures = []
    for training, trainable in (("False", True), ("False", False), ("True", True), ("True", False)):
        seen = run(training, trainable)
        if seen is None or "outputs" not in seen:
            figures.append(ranges.NOT_MEASURED)
            continue
        pixel = [int(n) for n in np.round(seen["outputs"][0][0, 0, 0])]
        state = seen["states"][0]
        moved = [tuple(map(str, digits(state[name]))) for name in ("moving_mean", "moving_variance")]
        still = moved == [("0.",) * 4, ("1.",) * 4]
        figures.append(f"{pixel}; " + ("nothing moves" if still else " ".join(f"[{' '.join(m)}]" for m in moved)))
    return tuple(figures)


def example() -> Iterator[str]:
    """The opening: the published example, every figure observed again."""
    yield "## The published example"
    yield ""
    yield "The answer that people read prints, for the pixel [4, 5, 9, 0] of its image:"
    yield f"{[int(n) for n in PUBLISHED_FIGURES['inference_output']]} in inference and"
    yield f"{[int(n) for n in PUBLISHED_FIGURES['training_output']]} in training, and after one run of the update ops"
    yield f"moving_mean [{' '.join(PUBLISHED_FIGURES['moving_mean'])}] and"
    yield f"moving_variance [{' '.join(PUBLISHED_FIGURES['moving_variance'])}]. Observed: the pixel's output, rounded;"
    yield "moving_mean and moving_variance after one run, as numpy prints them."
    yield ""
    rows = []
    for surface in cases.SURFACES:
        for name, figures, _ in ranges.fold((side.name, example_figures(side)) for side in timeline(surface)):
            rows.append([surface, name, *figures])
    flags = [f"training={t}, trainable={f}" for t, f in ((False, True), (False, False), (True, True), (True, False))]
    yield from grid(["surface", "releases", *flags], rows)
    yield ""


# --- pictures --------------------------------------------------------------------------------------

# Which statistics normalize and what moves -> colour; update ops do not count. The last one is for all else.
COLOURS = {
    "moving statistics, nothing moves": "#c9d3dc",
    "batch statistics, mean and variance move": "#8fcf9f",
    "batch statistics, nothing moves": "#f4b266",
    "anything else": "#d78ad0",
}
FLAGS_WORDS = "Which statistics normalize, and what moves in one run, for each training and trainable, by release."
VERDICT_COLOURS = {HOLDS: "#8fcf9f", REFUTED: "#e2766c", NOT_APPLICABLE: "#d9d9d9"}


def flags_picture() -> str:
    """The training × trainable matrix of every surface, release by release."""
    panels = []
    for surface in filter(timeline, cases.SURFACES):
        sides = timeline(surface)
        columns = [(side.name, cells(side)) for side in sides]
        panels.append(picture.Panel(TITLES[surface], [
            picture.Strip(f"training={training}, trainable={trainable}", [
                (name, ", ".join(found[number].split(", ")[:2])) for name, found in columns
            ])
            for number, (training, trainable) in enumerate(summary.ROWS)
        ]))  # fmt: skip
    return picture.bars(FLAGS_WORDS, panels, COLOURS)


def verdicts(claim: Claim, surface: str, program: str) -> list[tuple[str, str]]:
    """Release -> verdict of a claim in one place, in order."""
    subject = str(subjects.ClaimInPlace(claim.id, surface, program))
    return [(side.name, side.record["verdicts"].get(subject, ranges.NOT_MEASURED)) for side in timeline(surface)]


def title_of(group: str) -> str:
    """What the claims of a group are about."""
    first = (importlib.import_module(f"fixtures.claims.{group}").__doc__ or "").splitlines()[0]
    return first.removeprefix("Claims about ").rstrip(".").replace("``", "")


def claims_picture() -> str:
    """The verdict of every claim, in every place and release."""
    registry = load()
    places = sorted(
        {place for claim in registry.values() for place in claim.places},
        key=lambda place: (cases.SURFACES.index(place[0]), place[1] != cases.TF2_STYLE, place[1]),
    )  # fmt: skip
    rows: list[tuple[str, list[picture.Strip]]] = []
    group = ""
    for claim in registry.values():
        if claim.group != group:
            group = claim.group
            rows.append((title_of(group), []))
        strips = []
        for surface, program in places:
            found = verdicts(claim, surface, program) if (surface, program) in claim.places else []
            strips.append(picture.Strip(f"{surface}, {program}", found))
        rows.append((claim.id, strips))
    titles = [f"{surface}, {program}" for surface, program in places]
    return picture.table("The verdict of every claim, by API, program and release.", titles, rows, VERDICT_COLOURS)


# --- the two flags ---------------------------------------------------------------------------------


def cells(side: Side) -> tuple[str, ...]:
    """The cells of the training × trainable matrix."""
    found = []
    for training, trainable in summary.ROWS:
        seen = side.record["observations"].get(summary.case_of(side.surface, training, trainable).id)
        found.append(summary.cell(side.surface, seen) if seen and "ended" not in seen else ranges.NOT_MEASURED)
    return tuple(found)


def after_compile(side: Side) -> tuple[tuple[str, ...], ...]:
    """What the layer did in three steps of each loop, for each toggle: rows of words."""
    rows = []
    for compiled in ("unfrozen", "frozen"):
        for toggle, told in TOGGLES.items():
            row = [compiled, told]
            for loop, eagerly in (("fit", False), ("fit", True), ("eager_tape", False), ("function_tape", False)):
                seen = seen_by(side, cases.compiled_model(side.surface, compiled, toggle, loop, eagerly))
                if seen is None or "steps" not in seen:
                    row.append(ranges.NOT_MEASURED)
                else:
                    row.append(in_turn(ways(seen["steps"])))
            rows.append(tuple(row))
    return tuple(rows)


def in_turn(steps: list[str]) -> str:
    """``["trains", "frozen", "frozen"]`` -> ``trains, then frozen``."""
    return ", then ".join(step for number, step in enumerate(steps) if number == 0 or step != steps[number - 1])


def matrices() -> Iterator[str]:
    """Both tables of every surface, by range."""
    for surface in cases.SURFACES:
        sides = timeline(surface)
        yield f"## {TITLES[surface]}"
        yield ""
        yield f"`{CALLS[surface]}`"
        yield ""
        if not sides:
            yield "Not measured."
            yield ""
            continue
        yield "### training × trainable"
        yield ""
        folded = ranges.fold((side.name, cells(side)) for side in sides)
        rows = [
            [training, str(trainable), *(values[number] for _, values, _ in folded)]
            for number, (training, trainable) in enumerate(summary.ROWS)
        ]
        yield from grid(["training", "trainable", *(name for name, _, _ in folded)], rows)
        yield ""
        if surface == cases.TF_LAYERS:
            continue
        yield "### A toggle of `trainable` after compile()"
        yield ""
        yield "What the layer does in three steps of `fit`, of `fit` with run_eagerly, of an eager GradientTape loop"
        yield "and of one in a tf.function, where the model was compiled (or the loop begun) with the layer as named."
        yield ""
        for name, rows_of_range, _ in ranges.fold((side.name, after_compile(side)) for side in sides):
            yield f"**{name}**"
            yield ""
            header = ["compiled", "toggle", "fit", "fit, run_eagerly", "GradientTape", "GradientTape in tf.function"]
            yield from grid(header, [list(row) for row in rows_of_range])
            yield ""


# --- claims ----------------------------------------------------------------------------------------


def evidence(claim: Claim, side: Side, program: str) -> str:
    """The observed values that decide a claim on one side, in short.

    What a claim looked at last comes first if it is refuted: there it found that it does not hold.
    """
    found = claim.cases(side.surface, program)
    observations = [seen_by(side, case) for case in found]
    if any(seen is None for seen in observations):
        return ranges.NOT_MEASURED
    reader = Reader()
    verdict = claim.verdict([reader.watched(seen, number) for number, seen in enumerate(observations)])
    # A claim that read no value found none where it looked: it stands on what is there instead.
    read = list(reader.seen.items()) or [((number, "all"), seen) for number, seen in enumerate(observations)]
    told: dict[int, list[str]] = {}
    for (number, place), value in reversed(read) if verdict == REFUTED else read:
        told.setdefault(number, []).append(f"{place}: {words(value)}")
    return "<br>".join(f"`{found[number]}`: {shorter(', '.join(values), 180)}" for number, values in told.items())


def claims() -> Iterator[str]:
    """Each claim with its verdict by range, its sources and the observations that decide it."""
    yield "## Claims"
    yield ""
    yield "What documentation says, and whether it was observed. A refuted claim is a finding, not a failure."
    yield ""
    tally: Counter = Counter()
    body, overview, group = [], [], ""
    for claim in load().values():
        if claim.group != group:
            group = claim.group
            body += [f"### {title_of(group)[0].upper()}{title_of(group)[1:]}", ""]
        told: dict[str, dict[str, str]] = {}
        rows = []
        for surface, program in claim.places:
            sides = {side.name: side for side in timeline(surface)}
            folded = ranges.fold(verdicts(claim, surface, program))
            told.setdefault(surface, {})[program] = in_short(folded)
            for name, verdict, run in folded:
                tally[verdict] += 1
                shown = "" if verdict in (NOT_APPLICABLE, ranges.NOT_MEASURED) else evidence(
                    claim, sides[run[-1]], program
                )  # fmt: skip
                rows.append([surface, program, name, f"**{verdict}**", shown])
        body += [f"#### {claim.id}", "", claim.sentence, ""]
        body += [f"- source: {source}" for source in claim.sources]
        body += ["", *grid(["surface", "program", "releases", "verdict", "observed, in the last of them"], rows), ""]
        overview.append([f"[{claim.id}](#{claim.id})", *(in_places(told.get(surface)) for surface in cases.SURFACES)])
    counts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(tally.items()))
    yield f"{len(load())} claims. Verdicts by surface, program and range: {counts}."
    yield ""
    yield f"![The verdict of every claim, by API, program and release]({CLAIMS.name})"
    yield ""
    yield "### All at a glance"
    yield ""
    yield from grid(["claim", *cases.SURFACES], overview)
    yield ""
    yield from body


def in_short(folded: list) -> str:
    """Verdicts by range: one word where it is the same in all releases."""
    if len(folded) == 1:
        return folded[0][1]
    return "; ".join(f"{verdict} {name}" for name, verdict, _ in folded)


def in_places(told: dict[str, str] | None) -> str:
    """The verdicts of one surface; those of each program where they differ."""
    if not told:
        return ""
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "<br>".join(f"{program}: {words}" for program, words in told.items())


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
    lines += ["See also the [change-log of behaviour](changelog-of-behaviour.md).", ""]
    lines += [*measured(), *example()]
    lines += ["## The two flags, release by release", "", f"![{FLAGS_WORDS}]({FLAGS.name})", ""]
    lines += [*matrices(), *claims()]
    return "\n".join(lines).rstrip() + "\n"


# --- the change-log --------------------------------------------------------------------------------


def entries(before: Side, after: Side) -> Iterator[str]:
    """What changed between two neighbours."""
    found = comparison.compare(before, after)
    for behaviour in sorted(comparison.behaviours(found), key=lambda b: b.danger):
        yield f"- {behaviour.sentence}  "
        parts = [DANGERS[behaviour.danger], f"{len(behaviour.changes)} observations"]
        parts += sorted({subjects.claim_of(c.subject) for c in behaviour.changes if c.is_verdict})
        if behaviour.source:
            parts.append(behaviour.source)
        others = causes.in_words(behaviour, before.name, after.name)
        yield f"  {'; '.join([*parts, *([others] if others else [])])}"


def changelog() -> str:
    """The page of docs/changelog-of-behaviour.md."""
    lines = [NOTICE, "", "# Change-log of batch normalization", ""]
    lines += [
        "Neighbouring recorded releases compared, surface by surface. An entry says what was observed before",
        "and after; where the semantics table accounts for it, in its words and with its source. Where nothing does,",
        "the packages that changed at the same step are named, and what came when one of them was exchanged alone.",
        "",
        *measured(),
    ]
    for surface in cases.SURFACES:
        lines += [f"## {TITLES[surface]}", ""]
        sides, quiet = timeline(surface), 0
        for before, after in pairwise(sides):
            told = list(entries(before, after))
            quiet += not told
            if told:
                lines += [f"### {before.name} → {after.name}", "", *told, ""]
        lines += [f"{quiet} of {max(0, len(sides) - 1)} steps changed nothing.", ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Command line; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare with what is there")
    arguments = parser.parse_args()
    try:
        pages = {
            FLAGS: flags_picture(), CLAIMS: claims_picture(), OBSERVED: observed_behaviour(), CHANGELOG: changelog(),
            PROOF: proof.page(NOTICE_OF_PROOF),
            README: proof.readme(README.read_text()),
        }  # fmt: skip
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
            terminal.say(f"{name} is not what the records say: run python scripts/document.py and commit it.")
            changes = difflib.unified_diff(old, text.splitlines(), "committed", "records", lineterm="")
            terminal.say("\n".join(islice(changes, 20)))
    return code


if __name__ == "__main__":
    sys.exit(main())
