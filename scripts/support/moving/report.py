"""What a program of one recorded surface meets when it moves to another, as data; the most common first.

``report(compare(before, after))`` gives a ``Report``. Its ``entries`` are topics and switches: what changes, what to
write instead. Its ``statements`` are documented statements with another verdict that no entry accounts for. What only
the second side has is left out and counted: no program of the first side can meet it.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from fixtures.cases import KERAS3, TF2_STYLE, TF_LAYERS
from fixtures.claims import HOLDS, NOT_APPLICABLE, REFUTED, Claim, Since, load
from fixtures.installed import key
from fixtures.semantics import origin
from fixtures.subjects import parse
from support import causes, words
from support.comparison import Behaviour, Comparison, Told, behaviours, of_bits
from support.moving.areas import AREA_OF_GROUP, AREAS, OLD_GRAPHS, Area
from support.moving.catalogue import Topic, accounts, topics
from support.moving.facts import Facts
from support.moving.switches import Turn, turns
from support.words.switches import BETTER, GONE, KINDS, SILENT

HELD = {HOLDS: "This is true.", REFUTED: "This is not true.", NOT_APPLICABLE: "There is no such thing."}


@dataclass(frozen=True)
class Entry:
    """One change.

    Attributes:
        id: stable name: of a topic, of a switch, or of a claim.
        title: heading.
        area: whom it concerns.
        priority: its place in the area; lower is earlier.
        kind: silent, raises, gone or better.
        was: what a program does on the first side.
        now: what it meets on the second.
        instead: what to write; empty for a statement where there is nothing to do.
        since: the release that brought it, of the package that carries the second side; None where the two sides are
            other surfaces, or nothing says.
        claims: ids of the claims that it rests on, and of those whose other verdict it accounts for.
        switches: switches of the semantics table that it rests on.
        sources: addresses that state it, the most telling first.
    """

    id: str
    title: str
    area: Area
    priority: int
    kind: str
    was: str
    now: str
    instead: str
    since: str | None
    claims: tuple[str, ...]
    switches: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What programs answer otherwise, as ``comparison`` tells it.

    Attributes:
        heading: what it is about.
        done: what the programs do.
        was: what differs, as it was.
        now: as it is.
        expected: what the specification asks for, where the change fits no row of it; else empty.
        also_changed: other packages that may have done it, in a sentence; else empty.
    """

    heading: str
    done: str
    was: str
    now: str
    expected: str
    also_changed: str


@dataclass(frozen=True)
class Report:
    """What differs between two sides, for whoever moves.

    Attributes:
        before: ``surface@release``.
        after: the other.
        unexpected: what fits neither the semantics table nor the registry; first, since nobody knows it.
        entries: what changes; what is better now comes last.
        statements: documented statements with another verdict that no entry accounts for, ordered like entries.
        details: what programs answer otherwise though no verdict turned.
        bits: what differs in bits only, as sentences.
        left_out: how many statements are made of what only the second side has.
    """

    before: str
    after: str
    unexpected: tuple[Seen, ...]
    entries: tuple[Entry, ...]
    statements: tuple[Entry, ...]
    details: tuple[Seen, ...]
    bits: tuple[str, ...]
    left_out: int


def report(result: Comparison) -> Report:
    """Tell a comparison to whoever moves from its first side to its second."""
    before, after = Facts(result.before), Facts(result.after)
    told = behaviours(result)
    unexpected = [one for one in told if not one.explained]
    turned = _turned(before, after)
    entries = [
        _of_turn(result, one, turned) for one in turns(result.before.row, result.after.row)
        if not (_leaves_graphs(result) and one.place.area == OLD_GRAPHS)
    ]  # fmt: skip
    entries += [_of_topic(result, one, before, after, turned) for one in topics() if _is_met(one, before, after)]
    accounted = {claim for entry in entries for claim in entry.claims} | _claims(unexpected)
    observed = {one.cause[1]: one.told for one in told if one.cause[0] == "claim"}
    statements = [
        _of_claim(result, claim, pair, observed.get(claim)) for claim, pair in turned.items()
        if claim not in accounted and pair[0] != NOT_APPLICABLE
    ]  # fmt: skip
    return Report(
        str(result.before), str(result.after), tuple(_seen(result, one) for one in unexpected),
        tuple(sorted(entries, key=_order)), tuple(sorted(statements, key=_order)),
        tuple(_seen(result, one) for one in told if one.explained and _is_detail(one)), tuple(of_bits(result)),
        sum(pair[0] == NOT_APPLICABLE for claim, pair in turned.items() if claim not in accounted),
    )  # fmt: skip


def _leaves_graphs(result: Comparison) -> bool:
    """Whether one side alone is a graph's: what only graphs can tell is no matter for whoever moves then."""
    return (result.before.surface == TF_LAYERS) != (result.after.surface == TF_LAYERS)


def _is_met(topic: Topic, before: Facts, after: Facts) -> bool:
    return all(map(before.has, topic.before)) and all(map(after.has, topic.after))


def _order(entry: Entry) -> tuple:
    return (entry.kind == BETTER, AREAS.index(entry.area), entry.priority, KINDS.index(entry.kind))


def _turned(before: Facts, after: Facts) -> dict[str, tuple[str, str]]:
    """Claims that both sides answer, and otherwise: in one program at least, that of TensorFlow 2 if it is one."""
    found = {}
    for claim, then in before.verdicts.items():
        now = after.verdicts.get(claim, {})
        pairs = [(then[program], now[program]) for program in sorted(then, reverse=True) if program in now]
        differing = [pair for pair in pairs if pair[0] != pair[1]]
        if differing and claim in load():
            found[claim] = differing[0]
    return found


def _claims(told: Iterable[Behaviour]) -> set[str]:
    subjects = [parse(change.subject) for one in told for change in one.changes if change.is_verdict]
    return {at.claim for at in subjects if at is not None}


def _seen(result: Comparison, one: Behaviour) -> Seen:
    told = one.told
    also = (causes.in_words(one, result.before.name, result.after.name) or "").removeprefix("also changed: ")
    return Seen(told.heading, words.beside(told.done, told.heading), told.was, told.now, told.expected, also)


def _is_detail(told: Behaviour) -> bool:
    """Whether it is neither a verdict nor what a switch accounts for."""
    return not any(change.is_verdict for change in told.changes) and all(
        change.subject.startswith("scenario-") or not change.why for change in told.changes
    )


def _of_turn(result: Comparison, one: Turn, turned: Container[str]) -> Entry:
    after = result.after
    origins = [origin(after.surface, after.version, switch) for switch in one.switches]
    return Entry(
        one.switches[0].replace("_", "-"), one.now.title, one.place.area, one.place.priority, one.now.kind, one.was,
        one.now.seen, one.now.do, _since(result, (found.since for found in origins)),
        tuple(claim for switch in one.switches for claim in accounts().get(switch, ()) if claim in turned),
        one.switches, tuple(dict.fromkeys(found.source for found in origins)),
    )  # fmt: skip


def _of_topic(result: Comparison, topic: Topic, before: Facts, after: Facts, turned: Container[str]) -> Entry:
    resting = tuple(dict.fromkeys([*after.claims_in(topic.after), *before.claims_in(topic.before)]))
    known = [load()[claim] for claim in resting if claim in load()]
    histories = [_present(load()[claim], result) for claim in after.claims_in(topic.after)]
    return Entry(
        topic.id, topic.title, topic.area, topic.priority, topic.kind, topic.was, topic.now, topic.instead,
        _since(result, (one.release for one in histories if one is not None)),
        (*resting, *(claim for claim in topic.claims if claim in turned)), (),
        tuple(dict.fromkeys([*topic.sources, *_nearest(result, (one for claim in known for one in claim.sources))])),
    )  # fmt: skip


def _of_claim(result: Comparison, name: str, pair: tuple[str, str], observed: Told | None) -> Entry:
    claim = load()[name]
    kind = {HOLDS: BETTER, REFUTED: SILENT, NOT_APPLICABLE: GONE}[pair[1]]
    present = _present(claim, result)
    because = present.because if present is not None and present.verdict == pair[1] else None
    was, now = (observed.was, observed.now) if observed and observed.was else (HELD[pair[0]], HELD[pair[1]])
    sources = claim.sources
    if because is not None:
        now, sources = f"{now.rstrip('.')}. {because.text}", tuple(dict.fromkeys([because.source, *sources]))
    instead = claim.advice if claim.advice and kind != BETTER else ""
    return Entry(
        name, claim.sentence, AREA_OF_GROUP[claim.group], 50, kind, was, now, instead,
        _since(result, [present.release] if present is not None else []), (name,), (), sources,
    )  # fmt: skip


# Whose words count most on the second side.
_VOICES = {KERAS3: ("keras.io", "/keras-team/keras/"), TF_LAYERS: ("/tensorflow/docs/", "tensorflow.org")}


def _nearest(result: Comparison, sources: Iterable[str]) -> list[str]:
    """Addresses, those that speak of the second side first."""
    voices = _VOICES.get(result.after.surface, ("tensorflow.org", "keras.io", "/keras-team/"))

    def far(source: str) -> int:
        return min((place for place, voice in enumerate(voices) if voice in source), default=len(voices))

    return sorted(sources, key=far)


def _present(claim: Claim, result: Comparison) -> Since | None:
    """Since when, and why, the registry gives a claim the verdict that it has on the second side."""
    after = result.after
    known = [one for one in claim.history(after.surface, TF2_STYLE) if key(one.release) <= key(after.version)]
    return known[-1] if known else None


def _since(result: Comparison, releases: Iterable[str]) -> str | None:
    """The newest of some releases, where both sides are one surface and it lies between them."""
    if result.before.surface != result.after.surface:
        return None
    between = [one for one in releases if key(result.before.version) < key(one) <= key(result.after.version)]
    return max(between, key=key, default=None)
