"""The pages on which claims stand, one for each topic: what is stated, in which releases it is so, why, what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED
from support import ranges
from support.pages.claims import scope_in_words, title_of
from support.site import told as telling
from support.site.told import APIS, Range, Told

IN_WORDS = {
    HOLDS: "as stated", REFUTED: "**otherwise**", NOT_APPLICABLE: "nothing promised", ranges.NOT_YET: "not measured",
}  # fmt: skip
SHORT = 160  # characters of the values that decide: what is longer is on the site, whole


@dataclass(frozen=True)
class Topic:
    """A page.

    Attributes:
        file: its name in docs/.
        title: its title.
        asks: what it answers, in one line.
        groups: modules of ``fixtures.claims`` whose claims stand on it.
    """

    file: str
    title: str
    asks: str
    groups: tuple[str, ...]


TOPICS = (
    Topic("two-flags.md", "The two flags", "What do training and trainable do to the layer itself?",
          ("published", "published_flags", "published_example", "trainable", "trainable_values", "training_values")),
    Topic("compile-and-freezing.md", "compile() and freezing", "When does freezing take effect, and what undoes it?",
          ("compiling", "compile_warnings", "callbacks", "adversarial", "fine_tuning", "optimizers")),
    Topic("training-loops.md", "fit(), predict() and loops of one's own", "Which call trains, and which infers?",
          ("methods", "loops", "learning_phase")),
    Topic("graph-mode.md", "Graph mode and UPDATE_OPS", "Who runs the update ops of tf.layers and of Keras?",
          ("update_ops", "layer_updates", "control_flow", "variables", "sessions", "estimators")),
    Topic("models-and-wrappers.md", "Models and wrappers", "What do models and layers around the layer pass on?",
          ("nesting", "several_calls", "training_argument", "rematerialization")),
    Topic("sequences.md", "Recurrent cells, TimeDistributed and masks", "Which steps belong to the batch?",
          ("recurrent", "time_distributed", "inside_time_distributed", "masking", "passing_masks")),
    Topic("numbers-and-precision.md", "Numbers and precision", "What is computed, and how exactly?",
          ("axis", "inputs", "precision", "numerics", "gradients", "fused_kernel", "xla")),
    Topic("arguments.md", "Arguments of the constructor", "What does each argument do, and what does it show?",
          ("defaults_and_config", "signatures", "renorm", "renorm_bounds", "adjustment", "virtual_batches",
           "regularizers_and_constraints")),
    Topic("saving.md", "Saving and loading", "What comes back from a file or a copy?",
          ("saving", "saved_unbuilt", "keeping", "files_of_other_releases", "held_layers")),
    Topic("clones-and-exports.md", "Clones and exports", "What do a clone, an export and TensorFlow Lite keep?",
          ("cloning", "exports")),
    Topic("strategies.md", "Several devices", "What do replicas share?",
          ("strategies", "synchronized", "models_in_strategies")),
    Topic("migration.md", "Moving", "What changes on the way to Keras 3?", ("migration",)),
)  # fmt: skip
PAGE_OF = {group: topic.file for topic in TOPICS for group in topic.groups}


def address(told: Told) -> str:
    """Where a claim stands, from another page of docs/."""
    return f"{PAGE_OF[told.claim.group]}#{told.claim.id}"


def of_releases(found: tuple[Range, ...]) -> str:
    """Neighbouring ranges of releases, in one line: ``otherwise 1.13; as stated 1.14–2.15``."""
    if len(found) == 1:
        return IN_WORDS[found[0].verdict] + (" in all measured releases" if found[0].verdict != ranges.NOT_YET else "")
    return "; ".join(f"{IN_WORDS[one.verdict]} {one.label}" for one in found)


def in_releases(told: Told) -> Iterator[str]:
    """For each API in which releases a claim is so; APIs that answer alike are named together."""
    alike: dict[str, list[str]] = {}
    for surface, api in APIS.items():
        for program, found in told.in_short(surface):
            name = api.split(",")[0] + (f" ({program})" if program else "")
            alike.setdefault(of_releases(found), []).append(name)
    for said, names in alike.items():
        yield f"- {', '.join(names)}: {said}"


def reasons(told: Told) -> Iterator[str]:
    """Why a verdict is another one as of a release, each reason once."""
    said: dict[tuple, list[str]] = {}
    for place, history in told.claim.verdicts.items():
        for since in history:
            if since.because is not None:
                api = APIS[place if isinstance(place, str) else place[0]].split(",")[0]
                said.setdefault((since.because, since.release), []).append(api)
    for (because, release), where in said.items():
        as_of = "" if release == "0" else f", as of {release}"
        yield f"- Why ({', '.join(dict.fromkeys(where))}{as_of}): {because.text} [source]({because.source})"


def evidence(told: Told) -> Iterator[str]:
    """The numbers that decided where a claim is otherwise in the newest release, if they are few."""
    for surface in APIS:
        for place in told.on.get(surface, []):
            last = place.ranges[-1] if place.ranges else None
            if last is None or last.verdict != REFUTED:
                continue
            release = last.releases[-1]
            for one in telling.evidence(told.claim, surface, place.program, release, 1)[:1]:
                shown = "; ".join(f"{where}: {value}" for where, value in one.values)
                if shown and len(shown) <= SHORT:
                    yield f"- Observed in {APIS[surface].split(',')[0]} ({release}): {shown}"
            return


def entry(told: Told) -> Iterator[str]:
    """One claim."""
    yield from (f'<a id="{told.claim.id}"></a>', "", f"### {told.claim.title}", "", told.claim.sentence, "")
    if told.claim.matters:
        yield from (f"*Why it matters*: {told.claim.matters}", "")
    if told.claim.advice:
        yield from (f"*What to do*: {told.claim.advice}", "")
    yield from (*in_releases(told), *reasons(told), *evidence(told))
    sources = " ".join(f"[{number}]({source})" for number, source in enumerate(told.claim.sources, 1))
    yield f"- Who says so: {sources}"
    yield from (f"- {words[1:-1]}" for words in scope_in_words(told.claim))
    yield f"- Ask a release: `uv run scripts/decide.py {told.claim.id}`"
    yield ""


def of_topic(topic: Topic, notice: str, opening: Sequence[str] = ()) -> str:
    """The page of a topic.

    Args:
        topic: which one.
        notice: the first line of each page.
        opening: lines that come before the claims.
    """
    lines = [
        notice, "", f"# {topic.title}", "",
        f"{topic.asks} Terms are in the [glossary](glossary.md), all topics in the [index](README.md).", "", *opening,
    ]  # fmt: skip
    for group in topic.groups:
        title = title_of(group)
        lines += [f"## {title[0].upper()}{title[1:]}", ""]
        for told in telling.everything().values():
            if told.claim.group == group:
                lines += entry(told)
    return "\n".join(lines).rstrip() + "\n"


def index(notice: str, pages: dict[str, str], measured: Iterator[str]) -> str:
    """The index of docs/: its pages, and every claim by its title.

    Args:
        notice: the first line of each page.
        pages: file -> what it answers, of the pages that are no topics.
        measured: what the pages stand on.
    """
    lines = [notice, "", "# Batch normalization, as observed", "", *measured, "| page | what it answers |", "|---|---|"]
    lines += [f"| [{topic.title}]({topic.file}) | {topic.asks} |" for topic in TOPICS]
    lines += [f"| [{file}]({file}) | {asks} |" for file, asks in pages.items()]
    lines += ["", "## Every statement", ""]
    for topic in TOPICS:
        lines += [f"### {topic.title}", ""]
        for told in telling.everything().values():
            if told.claim.group in topic.groups:
                lines.append(f"- [{told.claim.title}]({address(told)})")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
