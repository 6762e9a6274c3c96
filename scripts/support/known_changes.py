"""Changes that are meant: a file says which, why, and where it was decided; they make no NO, and do not go stale.

A line of the file (TOML) names one change:

    "keras frozen-layer-infers regression" = {observations = 12, reason = "…", issue = "https://…"}

The name is the surface, what changed, and the kind of the change. What changed is the claim; where none speaks of it,
the switches of the semantics table that account for it, or the functions that observe the cases. Sentences, numbers
and versions are no part of it, so that tomorrow's nightly has the same name for the same change. ``observations`` is
how many differed when it was accepted: what shows in more of them is more than was accepted.
"""

import dataclasses
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixtures import cases, sources, subjects
from fixtures.claims import load
from fixtures.semantics import Semantics
from support.comparison import SPECIFICATION, Behaviour, Comparison, Kind, claims_of, known_cases
from support.environments import NotATarget

KINDS = {kind.name.lower().replace("_", "-"): kind for kind in Kind}
KEYS = ("observations", "reason", "issue")
API, SUITE = "API", "suite"  # what changed where a surface is gone; the surface of a test that has no subject


@dataclass(frozen=True)
class Known:
    """One line of the file.

    Attributes:
        name: of the change.
        observations: in how many of them it showed when it was accepted.
        reason: why it is meant.
        issue: where that was decided.
    """

    name: str
    observations: int
    reason: str
    issue: str


@dataclass(frozen=True)
class Accepted:
    """What became of the lines of a file.

    Attributes:
        opened: behaviours that no line covers.
        covered: line -> the behaviours that it covers.
        stale: lines whose change does not occur any more.
        wider: lines whose change shows in more observations -> in how many.
        unasked: lines about what this run did not observe.
    """

    opened: tuple[Behaviour, ...] = ()
    covered: tuple[tuple[Known, tuple[Behaviour, ...]], ...] = ()
    stale: tuple[Known, ...] = ()
    wider: tuple[tuple[Known, int], ...] = ()
    unasked: tuple[Known, ...] = ()


# --- what a change is called --------------------------------------------------------------------


def surface_of(subject: str) -> str:
    """The surface of a case, of a claim in its place, or of what is called by the surface alone."""
    if subject in known_cases():
        return known_cases()[subject].surface
    where = subjects.parse(subject)
    if where is not None:
        return where.surface
    return subject if subject in cases.SURFACES else SUITE


def what_of(behaviour: Behaviour) -> str:
    """What changed, in one word; see the module."""
    first = behaviour.changes[0]
    turned = [subjects.claim_of(change.subject) for change in behaviour.changes if change.is_verdict]
    if turned:
        return turned[0]
    if surface_of(first.subject) == first.subject:
        return API
    switches = {switch for change in behaviour.changes for switch in change.switches}
    if switches:
        return "+".join(sorted(switches))
    observers: set[str] = set()
    for change in behaviour.changes:
        if change.subject not in known_cases():
            return subjects.claim_of(change.subject).rpartition("::")[2]
        own = (sources.observer_of(change.subject),)
        exists_for_claims = known_cases()[change.subject].kind == "scenario"
        observers.add((claims_of().get(change.subject) or own)[0] if exists_for_claims else own[0])
    return "+".join(sorted(observers))


def name_of(behaviour: Behaviour) -> str:
    """``keras frozen-layer-infers regression``: the name of a change in a file, and from night to night."""
    kind = behaviour.kind.name.lower().replace("_", "-")
    return f"{surface_of(behaviour.changes[0].subject)} {what_of(behaviour)} {kind}"


def may_be_known(behaviour: Behaviour, known: Iterable[Known]) -> bool:
    """Whether a line may cover a change of which the first subject was seen only: what else shows it comes later.

    Its kind is not known yet, nor which of the claims that a case decides turns.
    """
    said = {*what_of(behaviour).split("+")}
    said |= {claim for change in behaviour.changes for claim in claims_of().get(change.subject, ())}
    surface = surface_of(behaviour.changes[0].subject)
    lines = (line.name.rpartition(" ")[0].split(" ", 1) for line in known)
    return any(place == surface and not said.isdisjoint(what.split("+")) for place, what in lines)


def by_name(behaviours: Iterable[Behaviour]) -> dict[str, list[Behaviour]]:
    """Behaviours by the name of the change; several may share one."""
    found: dict[str, list[Behaviour]] = {}
    for behaviour in behaviours:
        found.setdefault(name_of(behaviour), []).append(behaviour)
    return found


def shown_in(behaviours: Iterable[Behaviour]) -> int:
    """In how many observations and verdicts changes show."""
    return len({change.subject for behaviour in behaviours for change in behaviour.changes})


# --- the file -----------------------------------------------------------------------------------


def read(path: Path) -> tuple[Known, ...]:
    """The lines of a file.

    Raises:
        NotATarget: it cannot be read, is no TOML, or a line names no change, or lacks what a line needs.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotATarget(f"--known {path}: it cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise NotATarget(f"--known {path}: this is not text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise NotATarget(f"--known {path}: this is not TOML: {error}.") from None
    if not data:
        raise NotATarget(f"--known {path}: it names no change.")
    return tuple(_line(path, name, entry) for name, entry in data.items())


def _line(path: Path, name: str, entry: object) -> Known:
    wrong = _wrong_name(name)
    if wrong:
        raise NotATarget(f"--known {path}: {name!r} names no change: {wrong}.")
    if not isinstance(entry, dict):
        raise NotATarget(f"--known {path}: {name!r} has no reason: write {_toml(Known(name, 1, '…', '…'))}")
    for key in ("reason", "issue"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise NotATarget(f"--known {path}: {name!r} has no {key}.")
    count = entry.get("observations")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise NotATarget(f"--known {path}: {name!r} does not say in how many observations it shows.")
    unknown = sorted(entry.keys() - set(KEYS))
    if unknown:
        raise NotATarget(f"--known {path}: {name!r} says {unknown[0]!r}, which is none of {', '.join(KEYS)}.")
    return Known(name, count, entry["reason"].strip(), entry["issue"].strip())


def _wrong_name(name: str) -> str | None:
    """Why nothing can have this name, or None."""
    surface, _, rest = name.partition(" ")
    what, _, kind = rest.rpartition(" ")
    if surface not in (*cases.SURFACES, SUITE) or not what:
        return f"it does not begin with one of {', '.join(cases.SURFACES)}, and what changed there"
    if kind not in KINDS:
        return f"it does not end with one of {', '.join(KINDS)}"
    switches = {field.name for field in dataclasses.fields(Semantics)}
    observers = set(map(sources.observer_of, known_cases()))
    if surface == SUITE or what == API or what in load() or {*what.split("+")} <= {*switches, *observers, *load()}:
        return None
    return f"{what!r} is no claim, no switch and no observation of this suite"


def _toml(line: Known) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    return (
        f"{quoted(line.name)} = {{observations = {line.observations}, reason = {quoted(line.reason)}, "
        f"issue = {quoted(line.issue)}}}"
    )


def lines(behaviours: Iterable[Behaviour], accepted: Iterable[Known] = ()) -> list[str]:
    """The lines that accept changes, to be pasted: reason and issue are for people to write.

    Args:
        behaviours: the changes.
        accepted: lines that said so of less; their reason and issue stay.
    """
    said = {line.name: line for line in accepted}
    return [
        _toml(Known(
            name, shown_in(group),
            said[name].reason if name in said else "", said[name].issue if name in said else "",
        ))
        for name, group in by_name(behaviours).items()
    ]  # fmt: skip


# --- held against what was found ----------------------------------------------------------------


def held(
    known: Iterable[Known], behaviours: Sequence[Behaviour], compared: Iterable[Comparison], partly: bool = False
) -> Accepted:
    """What a file covers of what was found, and which of its lines nothing bears out.

    Args:
        known: the lines.
        behaviours: what changed.
        compared: what was held against what; a line about anything else was not asked for.
        partly: whether the run asked a part of the suite only, so that no line can be called stale.
    """
    found, listed = by_name(behaviours), {line.name: line for line in known}
    covered: list[tuple[Known, tuple[Behaviour, ...]]] = []
    wider: list[tuple[Known, int]] = []
    stale: list[Known] = []
    unasked: list[Known] = []
    asked = _asked(compared)
    for name, line in listed.items():
        if name not in found:
            surface, what = name.rpartition(" ")[0].split(" ", 1)
            (stale if not partly and _was_asked(surface, what, asked) else unasked).append(line)
        elif shown_in(found[name]) > line.observations:
            wider.append((line, shown_in(found[name])))
        else:
            covered.append((line, tuple(found[name])))
    names = {line.name for line, _ in covered}
    opened = tuple(behaviour for behaviour in behaviours if name_of(behaviour) not in names)
    return Accepted(opened, tuple(covered), tuple(stale), tuple(wider), tuple(unasked))


def _asked(compared: Iterable[Comparison]) -> dict[str, set[str]]:
    """Surface -> the claims and observing functions of which something was compared there."""
    asked: dict[str, set[str]] = {}
    for result in compared:
        words = asked.setdefault(result.after.surface, set())
        for subject in [*result.unchanged, *result.changed, *result.drifted]:
            if subject in known_cases():
                words |= {sources.observer_of(subject), *claims_of().get(subject, ())}
            else:
                words.add(subjects.claim_of(subject))
    return asked


def _was_asked(surface: str, what: str, asked: dict[str, set[str]]) -> bool:
    if surface not in asked:
        return surface == SUITE
    named = {*what.split("+")} - {field.name for field in dataclasses.fields(Semantics)}
    return what in (API, SPECIFICATION) or named <= asked[surface]


def sentences(accepted: Accepted) -> list[str]:
    """What a reader must know of the lines of a file, the errors first."""
    return [
        *(f"the known change {line.name!r} does not occur any more: take its line out." for line in accepted.stale),
        *(
            f"the known change {line.name!r} shows in {count} observations now, not in {line.observations}."
            for line, count in accepted.wider
        ),
        *(
            f"known: {line.name}: {line.reason} ({line.issue}): {group[0].heading}"
            for line, group in accepted.covered
        ),
        *_not_looked_for(accepted.unasked),
    ]  # fmt: skip


def _not_looked_for(unasked: Sequence[Known]) -> list[str]:
    if not unasked:
        return []
    more = f" (and {len(unasked) - 1} more)" if len(unasked) > 1 else ""
    return [f"the known change {unasked[0].name!r}{more} was not looked for in this run."]


def to_paste(accepted: Accepted) -> list[str]:
    """The lines that accept what is not known yet, and how to use them; nothing where all is."""
    if not accepted.opened:
        return []
    said = lines(accepted.opened, (line for line, _ in accepted.wider))
    return ["", "If a change is meant: its line, with a reason and an issue, in a file for --known:", *said]


def as_data(accepted: Accepted) -> list[dict]:
    """What gate.json holds of the lines of a file: each with what became of it."""
    became = {
        "occurs": [line for line, _ in accepted.covered],
        "occurs no more": accepted.stale,
        "shows in more observations": [line for line, _ in accepted.wider],
        "not looked for": accepted.unasked,
    }
    return [{**dataclasses.asdict(line), "became": words} for words, group in became.items() for line in group]
