"""From one nightly to the next: which changes came in, which are gone, and in which night each came in.

A change is known by its name (``known_changes.name_of``), against the release that the gate chose.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from fixtures import record
from fixtures.record import Broken
from support import candidate, known_changes, releases, standing
from support.client import Failure
from support.comparison import Behaviour
from support.gate_judgement import findings
from support.running import Run
from support.terminal import NOT_JUDGED

RECORD, LEDGER = "record.json", "nights.json"


class NoReport(Failure):
    """The folder is not what gate.py wrote: the caller's mistake."""


@dataclass
class News:
    """One night beside the night before.

    Attributes:
        night: the nightly, by its version.
        before: the nightly of the night before; None on the first night.
        base_name: the release that the gate compared with.
        since: name of each change against that release -> the night it came in, as far as the nights tell.
        sentences: name of each of them -> what changed, in the gate's words.
        new: names of those that came in this night.
        gone: names of those that the night before still had.
        differs: what is another than the night before.
        remark: why there is nothing to compare with, or None.
        seen: the record of this night.
    """

    night: str
    before: str | None
    base_name: str
    since: dict[str, str] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    differs: tuple[Behaviour, ...] = ()
    remark: str | None = None
    seen: dict = field(default_factory=dict, repr=False)

    @property
    def any(self) -> bool:
        """Whether this night is another than the one before; of the first one, whether anything changed at all."""
        return bool(self.new or self.gone or self.differs or (self.before is None and self.since))


def news(report: Path, kept: Path) -> News:
    """What a gate's report says beside what stayed of the night before.

    Args:
        report: the folder that the gate wrote.
        kept: the folder that stays; it is left as it is.

    Raises:
        NoReport: there is no report in the folder.
        Failure: the night could not be judged.
        Broken: its record cannot be used.
    """
    try:
        gate = json.loads((report / "gate.json").read_text())
        code, headline, base_name = gate["exit_code"], gate["headline"], gate["baseline"]
        sentences = {b["name"]: f"{b['kind']}: {b['heading']}" for b in gate["behaviours"]}
        sentences |= {one["name"]: one["reason"] for one in gate["known_changes"] if one["became"] == "occurs"}
    except (OSError, ValueError, LookupError, TypeError):
        raise NoReport(f"{report}: there is no report of gate.py in it.") from None
    if code == NOT_JUDGED:
        raise Failure(f"{headline} What is kept of earlier nights stays as it is.")
    seen = standing.read(report / RECORD)
    base = releases.calendar().get(base_name)
    line = base.line if base else "tensorflow"
    found = News(candidate.called(seen["provenance"], line), None, base_name, sentences=sentences, seen=seen)
    ledger, last, found.remark = _kept(kept)
    if last is None:
        found.since = {name: ledger.get(name, f"{found.night} or earlier") for name in found.sentences}
        return found
    found.before = candidate.called(last["provenance"], line)
    if all(seen["provenance"].get(name) == last["provenance"].get(name) for name in record.UNDER_TEST):
        found.remark = f"{found.night} is the nightly of the night before: no newer one was published"
        found.since = {name: ledger.get(name, f"{found.night} or earlier") for name in found.sentences}
        return found
    if found.before == found.night:
        found.before += " as it was installed the night before"
    found.differs = findings(found.night, Run(record=seen), found.before, last).behaviours
    # A test that fails tells nothing to a record: of these the ledger alone knows the night before.
    then = _against(base_name, found.before, last)
    then |= {name for name in ledger if name.endswith(" unspecified")}
    found.new = [name for name in found.sentences if name not in then and name not in ledger]
    found.gone = sorted(name for name in then if name not in found.sentences)
    for name in found.sentences:
        found.since[name] = found.night if name in found.new else ledger.get(name, f"{found.before} or earlier")
    return found


def _kept(folder: Path) -> tuple[dict[str, str], dict | None, str | None]:
    """What stayed: name of a change -> its night; the record of the night before; why there is none."""
    try:
        ledger = {str(name): str(night) for name, night in json.loads((folder / LEDGER).read_text()).items()}
    except (OSError, ValueError, AttributeError):
        ledger = {}
    if not (folder / RECORD).is_file():
        return ledger, None, "this is the first night: from now on the nights are compared"
    try:
        return ledger, standing.read(folder / RECORD), None
    except Broken as error:
        return ledger, None, f"the record of the night before cannot be used: {error}"


def _against(base_name: str, before: str, last: dict) -> set[str]:
    """Names of the changes of the night before against today's baseline.

    Raises:
        Failure: that is no release on record.
    """
    base = releases.calendar().get(base_name)
    if base is None or not base.record.is_file():
        raise Failure(f"the gate compared with {base_name}, which is no release on record.")
    compared = findings(before, Run(record=last), base_name, standing.read(base.record))
    return {known_changes.name_of(behaviour) for behaviour in compared.behaviours}


def told(found: News) -> list[str]:
    """The news in sentences, the first of which is the headline."""
    if found.remark:
        lines = [f"{found.remark[0].upper()}{found.remark[1:].rstrip('.')}."]
    elif not found.any:
        lines = [f"Nothing is new in {found.night} since {found.before}."]
    else:
        count = f"{len(found.new)} change{'s' * (len(found.new) != 1)} against {found.base_name} came in"
        gone = f", {len(found.gone)} {'are' if len(found.gone) != 1 else 'is'} gone" if found.gone else ""
        lines = [f"New in {found.night} since {found.before}: {count}{gone}."]
    lines += [f"came in this night: {found.sentences[name]} ({name})" for name in found.new]
    lines += [f"gone since {found.before}: {name}" for name in found.gone]
    named = {*found.new, *found.gone}
    lines += [
        f"other than {found.before}: {behaviour.kind.value}: {behaviour.heading}"
        for behaviour in found.differs
        if known_changes.name_of(behaviour) not in named
    ]  # fmt: skip
    older: dict[str, list[str]] = {}
    for name, night in found.since.items():
        if name not in found.new:
            older.setdefault(night, []).append(name)
    return lines + [f"came in with {night}: {'; '.join(names)}" for night, names in older.items()]


def as_data(found: News) -> dict:
    """What nights.json of the report holds."""
    return {
        "night": found.night, "before": found.before, "baseline": found.base_name, "anything": found.any,
        "headline": told(found)[0], "new": found.new, "gone": found.gone, "since": found.since,
        "differs": [behaviour.in_one_line for behaviour in found.differs],
    }  # fmt: skip


def keep(found: News, folder: Path) -> None:
    """Keep what the next night needs: the record last, so that a night that was cut off is looked at again.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LEDGER).write_text(json.dumps(found.since, indent=1) + "\n")
    record.write(folder / RECORD, found.seen)
