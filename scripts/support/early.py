"""What a run says before it ends: the first behaviour that changed, the moment it is seen; and what is asked first."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from fixtures import record
from fixtures.cases import known
from fixtures.order import is_quick
from fixtures.subjects import parse
from support import comparison, terminal
from support.comparison import Side
from support.environments import NotATarget
from support.gate_judgement import Judgement
from support.known_changes import Known, may_be_known


class Watch:
    """Holds each observation and verdict against the baseline's as it comes, and tells of the first that differs.

    Args:
        name: how to call the candidate.
        baseline: the name and the record of the baseline, from the provenance of the candidate.
        only: surfaces to look at; default all.
        say: tells a line to whoever waits.
        meant: changes that are meant: they are no news.

    Attributes:
        differing: subjects that differ from the baseline so far, and not as it is meant.
    """

    def __init__(
        self, name: str, baseline: Callable[[dict], tuple[str, dict]], only: list[str] | None = None,
        say: Callable[[str], None] = terminal.say, meant: Sequence[Known] = (),
    ) -> None:  # fmt: skip
        self.name, self.baseline, self.only, self.say, self.meant = name, baseline, only, say, meant
        self.provenance: dict = {}
        self.base: tuple[str, dict] | None = None
        self.differing: list[str] = []

    def __call__(self, event: dict) -> None:
        """Look at an event of the run; whatever cannot be told yet is told at its end."""
        if event["event"] == "imported" and not event["unusable"]:
            self.provenance = event["packages"]
            try:
                self.base = self.baseline(self.provenance)
            except (NotATarget, record.Broken):
                return
        if event["event"] in ("observed", "decided") and self.base is not None:
            subject = event.get("case") or event["subject"]
            sentence = self.difference(subject, event.get("seen"), event.get("verdict"))
            if sentence and not self.differing:
                self.say(f"first change: {sentence}")
            self.differing += [subject] if sentence else []

    def difference(self, subject: str, seen: dict | None, verdict: str | None) -> str | None:
        """What differs between a subject and the baseline's entry, in a sentence; None if nothing but what is meant."""
        if self.base is None:
            return None
        name, base = self.base
        part, entry = ("observations", seen) if verdict is None else ("verdicts", verdict)
        before = base[part].get(subject, entry)
        if before == entry:
            return None
        where = parse(subject)
        surface = where.surface if where else comparison.known_cases()[subject].surface
        if self.only and surface not in self.only:
            return None
        empty: dict = {"observations": {}, "verdicts": {}}
        sides = [
            Side(called, surface, {**empty, "provenance": provenance, part: {subject: said}})
            for called, provenance, said in (
                (name, base["provenance"], before), (self.name, self.provenance, entry),
            )
        ]  # fmt: skip
        found = comparison.behaviours(comparison.compare(*sides))
        return next((one.in_one_line for one in found if not may_be_known(one, self.meant)), None)


def asked(base: dict) -> dict:
    """A baseline's record, of what a quick run asks alone."""
    verdicts = {subject: verdict for subject, verdict in base["verdicts"].items() if is_quick(subject)}
    cases = {case.id for subject in verdicts for case in comparison.observed_in(subject)}
    cases |= {name for name in known() if is_quick(name)}
    observations = {name: seen for name, seen in base["observations"].items() if name in cases}
    return {**base, "observations": observations, "verdicts": verdicts}


def quick(judgement: Judgement, whole: dict, part: dict) -> Judgement:
    """A judgement that says that it is a quick one, and what was not asked.

    Args:
        judgement: of what was asked.
        whole: the baseline's record.
        part: what of it was asked, see :func:`asked`.
    """
    every, held = ({*one["verdicts"], *(known().keys() & one["observations"])} for one in (whole, part))
    left = Counter("claims in their places" if " " in name else f"{name.split('-')[0]} cases" for name in every - held)
    parts = ", ".join(f"{number} {what}" for what, number in left.most_common())
    note = f"not asked: {parts}. docs/proof.md says how much a quick gate notices; without --quick everything is asked."
    asks = f"a quick gate, which asked {len(held)} of {len(every)} cases and claims."
    return replace(judgement, headline=f"{judgement.headline.rstrip('.')}; {asks}", notes=(note, *judgement.notes))
