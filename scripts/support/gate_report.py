"""A judgement told: in a terminal, on the page of a CI job, and as data."""

import functools
import html
import textwrap
from dataclasses import asdict, dataclass, field

from fixtures import cases, installed, summary
from support import causes, comparison, gate_common, known_changes, words
from support.comparison import DANGERS, Behaviour
from support.comparison.combination import Common
from support.environments import Target
from support.gate_judgement import Judgement
from support.running import Run
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED

SCHEMA = 2
WIDTH = 110
STATEMENTS = 4  # of those that are said of an API that came or went
FEW = 3  # changes that need no list above them
NAMED = 3  # fields beside the one that matters most that are told by name
ANSWERS = {UNCHANGED: "YES", CHANGED: "NO", NOT_JUDGED: "NOT JUDGED"}
NAMES = {UNCHANGED: "unchanged", CHANGED: "changed", NOT_JUDGED: "not judged"}
SIGNS = {UNCHANGED: "✅", CHANGED: "❌", NOT_JUDGED: "⚠️"}


@dataclass
class Report:
    """What the gate tells people of one candidate.

    Attributes:
        target: the candidate.
        run: how its run went.
        judgement: the verdict.
        base_name: name of the baseline; None when it came to none.
        age: of a nightly, in a sentence, or None.
        scripts: behaviour -> the file that shows it, of those that are programs of their own.
        programs: such a file -> what stands in it.
    """

    target: Target
    run: Run
    judgement: Judgement
    base_name: str | None = None
    age: str | None = None
    scripts: dict[Behaviour, str] = field(default_factory=dict)
    programs: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What is judged, with the version that was imported."""
        if self.run.record is None:
            return self.target.name
        packages = self.run.record["provenance"]
        commit = f" ({self.target.commit})" if self.target.commit else ""
        if self.target.line == "keras":
            return f"Keras {packages.get('keras')}{commit} on TensorFlow {packages['tensorflow']}"
        return f"TensorFlow {packages['tensorflow']}{commit}"

    @property
    def judged(self) -> str:
        """What was held against what, and how to choose otherwise; nothing where nothing was compared."""
        if self.run.record is None or not self.judgement.findings.comparisons:
            return ""
        env = comparison.environment(self.run.record)
        compared = [one.after.surface for one in self.judgement.findings.comparisons]
        surfaces = [surface for surface in compared if installed.absent(surface, env) is None] or compared
        against = f"{', '.join(surfaces)} against the record of {self.base_name}"
        return f"Judged: {against}. Choose otherwise with --baseline and --surface."

    @property
    def notes(self) -> list[str]:
        """What a reader must know beside the verdict."""
        return [*([self.age] if self.age else []), *self.judgement.notes]

    def others(self, behaviour: Behaviour) -> str | None:
        """The packages beside TensorFlow that changed with a behaviour that nothing explains, in words."""
        return causes.in_words(behaviour, self.base_name or "", self.target.name)

    @functools.cached_property
    def told(self) -> list[Behaviour]:
        """What changed, each told once."""
        return comparison.merged(self.judgement.behaviours)

    @functools.cached_property
    def in_common(self) -> list[Common]:
        """What several changes have in common."""
        return gate_common.in_common(self.told, self.judgement.findings.comparisons)

    def mark_of(self, number: int) -> str:
        """The letter of what a change has in common with others; nothing where that is nothing."""
        marks = zip(gate_common.LETTERS, self.in_common)
        return next((letter for letter, one in marks if number in one.changes), "")

    def common_lines(self) -> list[str]:
        """What several changes have in common, a sentence for each letter."""
        marks = zip(gate_common.LETTERS, self.in_common)
        return [f"[{letter}] {gate_common.sentence(one, self.told)}" for letter, one in marks]

    def overview(self) -> list[tuple[str, str]]:
        """Each change by its kind, and in a few words."""
        return [
            (one.kind.value, f"[{mark}] {one.heading}" if (mark := self.mark_of(number)) else one.heading)
            for number, one in enumerate(self.told)
        ]  # fmt: skip

    def script_of(self, behaviour: Behaviour) -> str:
        """The file that shows a change, or nothing."""
        return next((self.scripts[one] for one in (behaviour, *behaviour.parts) if one in self.scripts), "")

    def table(self) -> list[str]:
        """The table of the candidate's record, of what the run looked at; empty where it looked at nothing of it."""
        if self.run.record is None:
            return []
        env, observations = comparison.environment(self.run.record), self.run.record["observations"]
        held = comparison.surfaces(self.run.record)
        rows, titles = summary.looked_at(
            [(s, f"{s} {installed.release(s, env)}") for s in cases.SURFACES if s in held], observations
        )
        return summary.table(titles, observations, rows) if rows else []


def as_data(report: Report) -> dict:
    """What gate.json holds."""
    judgement, run = report.judgement, report.run
    return {
        "schema": SCHEMA,
        "target": report.target.name,
        "baseline": report.base_name,
        "verdict": NAMES[judgement.code],
        "exit_code": judgement.code,
        "headline": judgement.headline,
        "behaviours": [
            {
                "kind": behaviour.kind.value, "heading": behaviour.heading,
                "told": asdict(behaviour.told),
                "danger": DANGERS[behaviour.danger], "source": behaviour.source,
                "name": known_changes.name_of(behaviour),
                "known": behaviour.explained, "script": report.scripts.get(behaviour),
                "also_changed": [str(package) for package in behaviour.also_changed],
                "changes": [
                    {
                        "case": change.subject, "claims": list(comparison.claims_of().get(change.subject, ())),
                        "field": change.field, "before": change.before, "observed": change.after,
                        "expected": change.expected, "explanation": list(change.why),
                    }
                    for change in behaviour.changes
                ],
            }
            for behaviour in judgement.behaviours
        ],
        "report": [
            {
                "kind": behaviour.kind.value, "heading": behaviour.heading,
                "script": report.script_of(behaviour) or None,
                "names": [known_changes.name_of(one) for one in behaviour.parts or (behaviour,)],
                "in_common": report.mark_of(number) or None,
                "lines": [{"label": label, "text": text} for label, text in lines_of(report, behaviour)],
            }
            for number, behaviour in enumerate(report.told)
        ],
        "in_common": [
            {"mark": mark, "all_of": one.all_of, "changes": len(one.changes), "exceptions": one.exceptions}
            for mark, one in zip(gate_common.LETTERS, report.in_common)
        ],
        "known_changes": known_changes.as_data(judgement.accepted),
        "counts": {
            c.after.surface: {
                "added": len(c.added), "removed": len(c.removed), "changed": len(c.changed),
                "unchanged": len(c.unchanged), "drifted": len(c.drifted),
            }
            for c in judgement.findings.comparisons
        },
        "notes": report.notes,
        "tests": {o: list(run.outcomes.values()).count(o) for o in ("passed", "failed", "skipped")},
        "seconds": {"import": round(run.import_seconds, 1), "all": round(run.seconds, 1)},
        "provenance": run.record["provenance"] if run.record else None,
    }  # fmt: skip


def lines_of(report: Report, behaviour: Behaviour) -> list[tuple[str, str]]:
    """What is told of one change below its heading: labels and what they say; nothing that is empty."""
    told = behaviour.told
    compared = {one.after.surface for one in report.judgement.findings.comparisons}
    more = len(told.others) - NAMED
    others = ", ".join(told.others[:NAMED]) + (f" and {more} more" if more > 0 else "")
    documented = " ".join(filter(None, [told.documented, behaviour.source if _is_of_a_claim(behaviour) else None]))
    where = gate_common.only_where(behaviour, report.judgement.findings.comparisons)
    done = words.beside(told.done, told.heading)
    said = [
        ("in", " and ".join(told.surfaces) if len(compared) > 1 else ""),
        ("seen", told.seen),
        ("only where", where if where != done else ""),
        ("done", done),
        ("was", told.was),
        ("now", told.now),
        ("differ, too", others),
        ("specified", told.expected),
        ("documented", documented),
        ("statement", told.verdict),
        *(("statement", said) for said in told.statements[:STATEMENTS]),
        ("", f"and {len(told.statements) - STATEMENTS} more" if len(told.statements) > STATEMENTS else ""),
        ("why", told.why),
        ("advice", told.advice),
        ("source", "" if _is_of_a_claim(behaviour) else (behaviour.source or "")),
        ("also changed", (report.others(behaviour) or "").removeprefix("also changed: ")),
        ("program", report.script_of(behaviour)),
    ]
    return [(label, text) for label, text in said if text]


def _is_of_a_claim(behaviour: Behaviour) -> bool:
    return any(change.is_verdict for change in behaviour.changes)


def as_text(report: Report) -> str:
    """What the terminal shows."""
    lines = [f"{ANSWERS[report.judgement.code]}: {report.title}: {report.judgement.headline}"]
    lines += [report.judged] if report.judged else []
    for sentence in report.common_lines():
        lines += ["", *_wrapped("", sentence, "    ")]
    overview = report.overview()
    if len(overview) > FEW:
        widest = max(len(kind) for kind, _ in overview)
        lines.append("")
        for number, (kind, text) in enumerate(overview, 1):
            lines += _wrapped(f"{number:>3}  {kind:<{widest}}  ", text, " " * (widest + 7))
    for number, (behaviour, (kind, text)) in enumerate(zip(report.told, overview), 1):
        lines += ["", *_wrapped(f"{number}. {kind.upper()}: ", text, "    ")]
        for label, line in lines_of(report, behaviour):
            lines += _wrapped(f"    {label:<12} ", line, " " * 17)
    lines += ["", *known_changes.sentences(report.judgement.accepted)]
    lines += [f"note: {note}" for note in report.notes]
    lines += known_changes.to_paste(report.judgement.accepted)
    if table := report.table():
        lines += ["", *table]
    return "\n".join(lines)


def _wrapped(first: str, text: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first]  # fmt: skip


def as_markdown(report: Report) -> str:
    """The page of a CI job: a table of kinds, then a fold for each change."""
    judgement = report.judgement
    lines = [f"## {SIGNS[judgement.code]} {report.title}: {judgement.headline}", ""]
    lines += [report.judged, ""] if report.judged else []
    kinds = [behaviour.kind for behaviour in report.told]
    if kinds:
        lines += ["| what | how many |", "|---|---|"]
        lines += [f"| {kind.value} | {kinds.count(kind)} |" for kind in comparison.ORDER if kind in kinds] + [""]
    lines += [f"**{line[:3]}** {line[4:]}  " for line in report.common_lines()] + [""]
    for behaviour, (_, text) in zip(report.told, report.overview()):
        lines += fold(report, behaviour, text)
    lines += [*(f"- {sentence}" for sentence in known_changes.sentences(judgement.accepted)), ""]
    lines += [f"> {note}" for note in report.notes]
    if judgement.findings.comparisons:
        lines += ["", "| surface | unchanged | changed | added | removed | bits only |", "|---|---|---|---|---|---|"]
        for c in judgement.findings.comparisons:
            counts = [len(part) for part in (c.unchanged, c.changed, c.added, c.removed, c.drifted)]
            lines.append(f"| {c.after.surface} | {' | '.join(map(str, counts))} |")
    if table := report.table():
        lines += ["", "```", *table, "```"]
    return "\n".join(lines) + "\n"


def fold(report: Report, behaviour: Behaviour, text: str) -> list[str]:
    """One change as a fold: its heading, and below what was, what is, and its program where it is short."""
    kind = html.escape(behaviour.kind.value)
    lines = [f"<details><summary><b>{kind}</b>: {html.escape(text)}</summary>", "", "| | |", "|---|---|"]
    for label, line in lines_of(report, behaviour):
        said = f"`{line}`" if label == "program" else html.escape(line, quote=False).replace("|", "\\|")
        lines.append(f"| {label} | {said} |")
    program = report.programs.get(report.script_of(behaviour), "")
    if program:
        lines += ["", "```python", program.rstrip(), "```"]
    return [*lines, "", "</details>", ""]
