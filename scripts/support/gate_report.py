"""A judgement told: in a terminal, on the page of a CI job, and as data."""

from dataclasses import dataclass, field

from fixtures import cases, installed, summary
from support import causes, comparison, known_changes
from support.comparison import DANGERS, Behaviour
from support.environments import Target
from support.gate_judgement import Judgement
from support.running import Run
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED

SCHEMA = 1
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
    """

    target: Target
    run: Run
    judgement: Judgement
    base_name: str | None = None
    age: str | None = None
    scripts: dict[Behaviour, str] = field(default_factory=dict)

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

    def table(self) -> list[str]:
        """The table of the candidate's record; empty without one."""
        if self.run.record is None:
            return []
        env, held = comparison.environment(self.run.record), comparison.surfaces(self.run.record)
        titles = [(s, f"{s} {installed.release(s, env)}") for s in cases.SURFACES if s in held]
        return summary.table(titles, self.run.record["observations"])


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
                "kind": behaviour.kind.value, "sentence": behaviour.sentence,
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


def as_text(report: Report) -> str:
    """What the terminal shows."""
    lines = [f"{ANSWERS[report.judgement.code]}: {report.title}: {report.judgement.headline}"]
    lines += [report.judged, ""] if report.judged else [""]
    for behaviour in report.judgement.behaviours:
        known = "" if behaviour.explained else "unknown until now; "
        lines += [
            f"* {behaviour.kind.value}: {behaviour.sentence}",
            f"  ({known}{DANGERS[behaviour.danger]}; {len(behaviour.changes)} observations)",
        ]
        if behaviour.source:
            lines.append(f"  {behaviour.source}")
        if others := report.others(behaviour):
            lines.append(f"  {others}")
        if behaviour in report.scripts:
            lines.append(f"  shown by {report.scripts[behaviour]}")
    lines += known_changes.sentences(report.judgement.accepted)
    lines += [f"note: {note}" for note in report.notes]
    lines += known_changes.to_paste(report.judgement.accepted)
    if report.run.record is not None:
        lines += ["", *report.table()]
    return "\n".join(lines)


def as_markdown(report: Report) -> str:
    """The page of a CI job."""
    judgement = report.judgement
    lines = [f"## {SIGNS[judgement.code]} {report.title}: {judgement.headline}", ""]
    lines += [report.judged, ""] if report.judged else []
    for behaviour in judgement.behaviours:
        shown = f", shown by `{report.scripts[behaviour]}`" if behaviour in report.scripts else ""
        others = f"; {words}" if (words := report.others(behaviour)) else ""
        sentence = behaviour.sentence.replace("|", chr(92) + "|")
        lines.append(f"- **{behaviour.kind.value}**: {sentence} — *{DANGERS[behaviour.danger]}*{shown}{others}")
    lines += ["", *(f"- {sentence}" for sentence in known_changes.sentences(judgement.accepted))]
    lines += ["", *(f"> {note}" for note in report.notes)]
    if judgement.findings.comparisons:
        lines += ["", "| surface | unchanged | changed | added | removed | bits only |", "|---|---|---|---|---|---|"]
        for c in judgement.findings.comparisons:
            counts = [len(part) for part in (c.unchanged, c.changed, c.added, c.removed, c.drifted)]
            lines.append(f"| {c.after.surface} | {' | '.join(map(str, counts))} |")
    if report.run.record is not None:
        lines += ["", "```", *report.table(), "```"]
    return "\n".join(lines) + "\n"
