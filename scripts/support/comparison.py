"""Two records compared: what was added, removed, changed, and why; bits below the tolerance apart.

A value is unchanged when it is the same to the bit, or (*drift*) when both numbers lie within the bound
of float32 arithmetic around the same expectation. A change is explained by the switches of the semantics
table that differ between the two and account for it; one that fits no row of the table is unexplained.
"""

import dataclasses
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fixtures import cases, installed, judging, sources
from fixtures.cases import Case
from fixtures.claims import load
from fixtures.compare import difference, shorter, used, words
from fixtures.expect import expect
from fixtures.record import restore
from fixtures.semantics import PHRASES, Row, Semantics, row

# Most dangerous first: what nobody notices before what stops the program.
OUTPUTS, MOVEMENT, STRUCTURE, CLAIM, ERROR, GONE = range(6)
DANGERS = {
    OUTPUTS: "silent: other numbers come out",
    MOVEMENT: "silent: other variables move, or elsewhere",
    STRUCTURE: "silent: names, counts or lists differ",
    CLAIM: "a documented statement is true in one and not in the other",
    ERROR: "an error is raised, or another one",
    GONE: "the API exists in one only",
}
ENDED, OBSERVED = "ended", "an observation"  # the field, and the other value, of a case that gave no observation
# A scenario has no expectation of its own: the verdict of its claim is the judge, at bounds that the claim
# derives. For the question whether its raw numbers drifted, 1 part in 2**14 of the largest of them separates
# what builds do to float32 sums of a few hundred terms (parts in 2**18 at most) from any change of formula.
SCENARIO_DRIFT = 2.0**-14
# Around 4096 float32 numbers lie 2**-11 apart, so a kernel may be off by that much in the mean of a batch; gamma by the
# standard deviation is at most 1.5 there, which makes 2**-10.4 of it in outputs whose largest is 5.2: 2**-12.8 of that.
SCENARIO_DRIFTS = {"options.far_from_0": 2.0**-12}


@dataclass(frozen=True)
class Side:
    """One recorded surface.

    Attributes:
        name: the release, as the calendar or the report calls it.
        surface: one of ``cases.SURFACES``.
        record: as ``record.read`` returns it.
    """

    name: str
    surface: str
    record: dict = field(repr=False, hash=False, compare=False)

    @property
    def version(self) -> str:
        """Version of the package that decides how the surface behaves."""
        return installed.release(self.surface, environment(self.record))

    @property
    def row(self) -> Row:
        """The row of the semantics table that covers it."""
        return row(self.surface, self.version)

    def __str__(self) -> str:
        return f"{self.surface}@{self.name}"


@dataclass(frozen=True)
class Change:
    """One field of one observation, or one verdict, that differs.

    Attributes:
        subject: id of the case, or of the claim and its place.
        field: what of it; ``"verdict"`` for a claim, ``ENDED`` for a case that gave no observation.
        danger: a key of ``DANGERS``.
        before: what the first record says, in short.
        after: what the second says.
        why: phrases of the semantics that account for it; empty when nothing does.
        source: address that states it, or None.
        expected: what the second should have been, when it fits no row of the table.
    """

    subject: str
    field: str
    danger: int
    before: str
    after: str
    why: tuple[str, ...] = ()
    source: str | None = None
    expected: str | None = None

    @property
    def explained(self) -> bool:
        """Whether the semantics table, or the claims registry, knows of it."""
        return self.expected is None


@dataclass
class Comparison:
    """What came of comparing two sides; subjects by what became of them."""

    before: Side
    after: Side
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    drifted: dict[str, float] = field(default_factory=dict)  # case id -> largest distance, in ulp
    changes: list[Change] = field(default_factory=list)

    @property
    def changed(self) -> list[str]:
        """Subjects with at least one change."""
        return list(dict.fromkeys(change.subject for change in self.changes))


def environment(record: dict) -> installed.Environment:
    """The packages that a record was made with."""
    packages = record["provenance"]
    keras = packages.get("keras")
    return installed.Environment(
        packages["tensorflow"], packages.get("tf_keras"), keras if keras and installed.key(keras) >= (3,) else None
    )


def said(subject: str, failures: dict[str, str]) -> str | None:
    """What a failed test says of a case: its own, or one of a claim that it decides."""
    return next((failures[name] for name in [subject, *runnable([subject])] if name in failures), None)


def beside(record: dict) -> dict[str, str]:
    """What a record was made with that is not under test, but can change what TensorFlow does."""
    made = record["provenance"]
    return {"Python": made["python"], "numpy": made["numpy"], **made.get("beside", {})}


def surfaces(record: dict) -> list[str]:
    """The surfaces that a record holds, in the usual order."""
    held = {known_cases()[name].surface for name in record["observations"] if name in known_cases()}
    return [surface for surface in cases.SURFACES if surface in held]


@functools.cache
def known_cases() -> dict[str, Case]:
    """Every case of the matrix and of the claims, by id."""
    matrix = [
        case for group in vars(cases).values() if isinstance(group, list)
        for case in group if isinstance(case, Case)
    ]  # fmt: skip
    deciding = [case for claim in load().values() for place in claim.places for case in claim.cases(*place)]
    return {case.id: case for case in matrix + deciding if case.kind != "canary"}


def room(record: dict) -> tuple[float, str]:
    """Largest part of a bound that a record uses (1 is the limit), and by which case and field."""
    env, most = environment(record), (0.0, "")
    for name, seen in record["observations"].items():
        case = known_cases()[name]
        if case.kind == "scenario":
            continue
        semantics = row(case.surface, installed.release(case.surface, env)).semantics
        for part, expected in expect(case, semantics).items():
            if part in seen:
                with np.errstate(invalid="ignore"):
                    most = max(most, (used(restore(seen[part]), expected), f"{name} {part}"))
    return most


def lacking(record: dict) -> list[str]:
    """Cases and claims of today's suite that a record should hold and does not, or that other code observed."""
    env = environment(record)

    def stands(case: Case) -> bool:
        observer = sources.observer_of(case.id)
        return case.id in record["observations"] and record["observers"].get(observer) == sources.digest(observer)

    found = [
        case.id for case in known_cases().values()
        if case.kind != "scenario" and installed.missing(case, env) is None and not stands(case)
    ]  # fmt: skip
    for claim in load().values():
        for surface, program in claim.places:
            if installed.absent(surface, env) is None:
                subject = f"{claim.id} {surface} {program}"
                deciding = installed.deciding(claim, surface, program, env)
                if subject not in record["verdicts"] or not all(map(stands, deciding)):
                    found.append(subject)
    return found


def observed_in(subject: str) -> list[Case]:
    """The cases behind a subject: itself, or those that decide the claim in its place."""
    if subject in known_cases():
        return [known_cases()[subject]]
    claim, _, place = subject.partition(" ")
    return load()[claim].cases(*place.split(" ")) if claim in load() and place else []


def runnable(subjects: Iterable[str]) -> list[str]:
    """What ``--only`` takes to observe these subjects: scenarios run in the tests of the claims that they decide."""
    found = []
    for subject in subjects:
        case = known_cases().get(subject)
        if case is not None and case.kind == "scenario":
            found += [f"{claim} {case.surface} {case.program}" for claim in claims_of().get(subject, ())]
        else:
            found.append(subject)
    return sorted(set(found))


@functools.cache
def claims_of() -> dict[str, tuple[str, ...]]:
    """Ids of the claims that each case decides."""
    found: dict[str, list[str]] = {}
    for claim in load().values():
        for place in claim.places:
            for case in claim.cases(*place):
                names = found.setdefault(case.id, [])
                if claim.id not in names:
                    names.append(claim.id)
    return {name: tuple(ids) for name, ids in found.items()}


# --- which observations belong together -------------------------------------------------------------

# What a graph calls one way and an eager call another. A graph moves its statistics when the update ops
# run, an eager layer when it is called: both are compared as one run.
GRAPH_FIELDS = {
    "graph_layer": {"outputs_with_updates": "outputs", "drift_with_updates": "drift", "gradients": "gradients"},
    "graph_image": {"output": "output", "state": "state"},
    "graph_published": {"outputs": "outputs", "states": "states"},
}
EAGER_KINDS = {"layer_call": "graph_layer", "layer_image": "graph_image", "layer_published": "graph_published"}


def neutral(case: Case) -> tuple | None:
    """The situation of a case, the same for a graph and an eager surface; None when only one has it."""
    flags = dict(case.flags)
    if case.kind == "graph_layer" and (flags["form"], flags["fused"], case.program) == (
        "functional", "None", cases.TF2_STYLE,
    ):  # fmt: skip
        training = flags["training"].replace("constant-", "tensor-")
        return ("graph_layer", training, flags["trainable"])
    if case.kind == "layer_call" and flags["trainable"].startswith("constructor-"):
        return ("graph_layer", flags["training"], flags["trainable"].endswith("True"))
    if case.kind == "graph_image" and flags["fused"] == "None" and case.program == cases.TF2_STYLE:
        return ("graph_image", flags["training"], flags["image"])
    if case.kind == "layer_image":
        return ("graph_image", flags["training"], flags["image"])
    if case.kind == "graph_published" and flags["form"] == "functional" and case.program == cases.TF2_STYLE:
        return ("graph_published", flags["training"], flags["trainable"])
    if case.kind == "layer_published":
        return ("graph_published", flags["training"], flags["trainable"])
    return None


def observations(side: Side, across: bool) -> dict[tuple, tuple[Case, dict[str, object]]]:
    """What a record holds for a surface, by situation; ``across`` a graph and an eager surface, in common terms."""
    found = {}
    for name, seen in side.record["observations"].items():
        case = known_cases().get(name)
        if case is None or case.surface != side.surface:
            continue
        if not across:
            found[(case.kind, case.program, case.flags)] = (case, seen)
            continue
        situation = neutral(case)
        if situation is not None:
            names = GRAPH_FIELDS.get(case.kind)
            if names is None:
                common = {word: seen[word] for word in GRAPH_FIELDS[EAGER_KINDS[case.kind]].values() if word in seen}
            else:
                common = {word: seen[own] for own, word in names.items() if own in seen}
            found[situation] = (case, common or seen)
    return found


# --- one field -------------------------------------------------------------------------------------


def numbers(value: object) -> Iterator[np.ndarray]:
    """The arrays of a restored value, in order; a lone number counts as one."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, float):
        yield np.array([value], np.float32)
    elif isinstance(value, dict):
        for name in sorted(value):
            yield from numbers(value[name])
    elif isinstance(value, list):
        for entry in value:
            yield from numbers(entry)


def skeleton(value: object) -> object:
    """A restored value without its numbers: what must be the same for two values to differ in bits only."""
    if isinstance(value, np.ndarray):
        return ("float32", value.shape)
    if isinstance(value, float):
        return "a number"
    if isinstance(value, dict):
        return {name: skeleton(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [skeleton(entry) for entry in value]
    return value


def distance(before: object, after: object) -> float:
    """Largest distance between the numbers of two values of one skeleton, in ulp of the larger."""
    worst = 0.0
    for one, other in zip(numbers(before), numbers(after)):
        both = np.isfinite(one) & np.isfinite(other)
        if both.any():
            ulp = np.spacing(np.maximum(np.abs(one[both]), np.abs(other[both])).astype(np.float32))
            worst = max(worst, float(np.max(np.abs(one[both].astype(np.float64) - other[both]) / ulp)))
    return worst


def of_bits(result: Comparison) -> list[str]:
    """What differs without being another behaviour, each in a sentence."""
    apart = [ulp for ulp in result.drifted.values() if ulp > 0]
    nan = len(result.drifted) - len(apart)  # all that is finite on both sides is the same
    told = []
    if apart:
        told.append(
            f"{len(apart)} observations differ in bits, by up to {max(apart):.3g} ulp, within the bound of float32"
        )
    if nan:
        told.append(f"{nan} observations hold NaN on one side only, where these releases may leave it")
    return told


def drift_of(case: Case) -> float:
    """By which part of the largest number builds may differ in a scenario; see ``SCENARIO_DRIFT``."""
    return SCENARIO_DRIFTS.get(sources.observer_of(case.id), SCENARIO_DRIFT)


def near(before: object, after: object, drift: float = SCENARIO_DRIFT) -> bool:
    """Whether the numbers of two scenario values differ by no more than ``drift`` of the largest of them."""
    for one, other in zip(numbers(before), numbers(after)):
        largest = max(np.max(np.abs(part), initial=0, where=np.isfinite(part)) for part in (one, other))
        if not np.allclose(one, other, rtol=0, atol=drift * float(largest), equal_nan=True):
            return False
    return True


def fits(case: Case, name: str, own: str, value: object, semantics: Semantics) -> bool:
    """Whether a field of an observation is what these semantics predict."""
    return difference(value, expect(case, semantics)[own]) is None


def own_field(case: Case, name: str, across: bool) -> str:
    """The name a case's kind has for a field in common terms."""
    if not across:
        return name
    return {common: own for own, common in GRAPH_FIELDS.get(case.kind, {}).items()}.get(name, name)


def first_difference(before: object, after: object, where: str = "") -> tuple[str, object, object]:
    """The innermost place at which two values differ, and the two values there; one in which they differ by more
    than builds do, if there is one.
    """
    if isinstance(before, dict) and isinstance(after, dict) and sorted(before) == sorted(after):
        parts = [(name, before[name], after[name]) for name in before]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        parts = [(str(number), *pair) for number, pair in enumerate(zip(before, after), 1)]
    else:
        return where, before, after
    for differ in (
        lambda one, other: skeleton(one) != skeleton(other) or not near(one, other),
        lambda one, other: not same(one, other),
    ):
        for name, one, other in parts:
            if differ(one, other):
                return first_difference(one, other, f"{where} {name}".strip())
    return where, before, after


def same(before: object, after: object) -> bool:
    """Equal to the bit."""
    if skeleton(before) != skeleton(after):
        return False
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(numbers(before), numbers(after)))


def danger_of(name: str, before: object, after: object) -> int:
    """How a change shows itself."""
    _, one, other = first_difference(before, after)
    for value in (one, other):
        if isinstance(value, dict) and "error" in value:
            return ERROR
        if isinstance(value, str) and value.endswith(("Error", "Exception")):
            return ERROR
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return OUTPUTS if name.startswith(("output", "gradients")) else MOVEMENT
    return STRUCTURE


def switches(case: Case, own: str, before: Semantics, after: Semantics) -> list[str]:
    """The switches that differ between two semantics and account for a field's change."""
    differing = [name for name in PHRASES if getattr(before, name) != getattr(after, name)]

    def matters(base: Semantics, other: Semantics, name: str) -> bool:
        swapped = dataclasses.replace(base, **{name: getattr(other, name)})
        return not judging.equal(expect(case, swapped)[own], expect(case, base)[own])

    return [name for name in differing if matters(after, before, name)] or [
        name for name in differing if matters(before, after, name)
    ]


def compare(before: Side, after: Side) -> Comparison:
    """Compare two recorded surfaces.

    Args:
        before: one side.
        after: the other; of the same surface, or of another one.

    Returns:
        The ``Comparison``, its changes most dangerous first.
    """
    across = (before.surface == cases.TF_LAYERS) != (after.surface == cases.TF_LAYERS)
    one, other = observations(before, across), observations(after, across)
    found = Comparison(before, after)
    found.removed = [case.id for key, (case, _) in one.items() if key not in other]
    found.added = [case.id for key, (case, _) in other.items() if key not in one]
    old, new = before.row.semantics, after.row.semantics
    for key in (key for key in one if key in other):
        (was_case, was), (case, now) = one[key], other[key]
        if was != now and ("ended" in was or "ended" in now):
            found.changes.append(_ended(case, was, now))
            continue
        count = len(found.changes)
        for name in dict.fromkeys([*was, *now]):
            change = _field(was_case, case, name, was, now, (old, new), after, across, found)
            if change is not None:
                found.changes.append(change)
        if len(found.changes) == count:
            found.unchanged.append(case.id)
    _verdicts(found)
    found.changes.sort(key=lambda change: (change.danger, not change.why, change.why))
    return found


def _ended(case: Case, was: dict[str, Any], now: dict[str, Any]) -> Change:
    """One of two observations is none: its case raised, crashed or hung."""
    before, after = (words(entry) if "ended" in entry else OBSERVED for entry in (was, now))
    return Change(case.id, ENDED, ERROR, before, after, expected=OBSERVED if "ended" in now else None)


def _field(was_case, case, name, was, now, semantics, after, across, found):
    old, new = semantics
    if name in was and name in now and was[name] == now[name]:
        return None
    before_value, after_value = restore(was.get(name)), restore(now.get(name))
    own_before, own_after = own_field(was_case, name, across), own_field(case, name, across)
    alike = skeleton(before_value) == skeleton(after_value)
    if case.kind == "scenario":
        if alike and near(before_value, after_value, drift_of(case)):
            found.drifted[case.id] = max(found.drifted.get(case.id, 0), distance(before_value, after_value))
            return None
        judged = True  # by the verdicts of its claims
        why = tuple(f"decides {claim}" for claim in claims_of().get(case.id, ()))
    else:
        judged = fits(case, name, own_after, after_value, new)
        if (
            alike
            and judged
            and fits(was_case, name, own_before, before_value, old)
            and fits(case, name, own_after, before_value, new)
        ):
            found.drifted[case.id] = max(found.drifted.get(case.id, 0), distance(before_value, after_value))
            return None
        if judged:
            why = tuple(PHRASES[s][getattr(new, s)] for s in switches(case, own_after, old, new))
        else:
            why = ()
    expected = None
    if not judged:
        expected = words_of_expected(case, own_after, after_value, new)
    where, one, other = first_difference(before_value, after_value, name.replace("_", " "))
    return Change(
        case.id, where, danger_of(name, before_value, after_value), words(one), words(other), why,
        after.row.source if judged and why and case.kind != "scenario" else None, expected,
    )  # fmt: skip


def words_of_expected(case: Case, own: str, value: object, semantics: Semantics) -> str:
    """What a field should have been, and which other semantics explain what it is."""
    found = difference(value, expect(case, semantics)[own])
    return f"{found.expected}; {judging.explanation(case, own, value, semantics)}"


def _verdicts(found: Comparison) -> None:
    """Verdicts of claims that are made on both surfaces."""

    def of(side: Side) -> dict[tuple[str, str], str]:
        split = {tuple(name.split(" ")): verdict for name, verdict in side.record["verdicts"].items()}
        return {(claim, program): v for (claim, surface, program), v in split.items() if surface == side.surface}

    before, after = of(found.before), of(found.after)
    for claim, program in sorted(before.keys() & after.keys()):
        subject = f"{claim} {found.after.surface} {program}"
        if before[claim, program] == after[claim, program]:
            found.unchanged.append(subject)
            continue
        entry = load().get(claim)
        known = (
            entry is None or entry.expected(found.after.surface, program, found.after.version) == after[claim, program]
        )
        expected = None if known else entry.expected(found.after.surface, program, found.after.version)
        found.changes.append(Change(
            subject, "verdict", CLAIM, before[claim, program], after[claim, program],
            (entry.sentence,) if entry else (), entry.sources[0] if entry and entry.sources else None, expected,
        ))  # fmt: skip


# --- changes told ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Behaviour:
    """Changes that have one cause, told in one sentence.

    Attributes:
        sentence: what changed.
        danger: the most dangerous way in which it shows.
        changes: all fields and verdicts that changed by it; the first is the example.
        source: address that states it, or None.
        explained: whether the semantics table or the registry knows of it.
    """

    sentence: str
    danger: int
    changes: tuple[Change, ...]
    source: str | None
    explained: bool


def behaviours(comparison: Comparison) -> list[Behaviour]:
    """The changes by cause, unexplained ones first, then most dangerous first."""
    groups: dict[tuple, list[Change]] = {}
    turned = {change.subject.split(" ")[0] for change in comparison.changes if change.danger == CLAIM}
    for change in comparison.changes:
        groups.setdefault(_cause(change, turned), []).append(change)
    told = [_told(comparison, group) for group in groups.values()]
    return sorted(told, key=lambda b: (b.explained, b.danger, -len(b.changes)))


def _cause(change: Change, turned: set[str]) -> tuple:
    """What changes of one cause have in common; ``turned`` are the claims with another verdict."""
    if change.danger == CLAIM:
        return ("claim", change.subject.split(" ")[0])
    if change.field == ENDED:
        return (ENDED, change.before, change.after)
    if change.subject.startswith("scenario-"):  # exists to decide its claims
        claims = sorted(claims_of().get(change.subject, ()), key=lambda claim: claim not in turned)
        return ("claim", claims[0]) if claims else ("subject", change.subject)
    if change.expected is not None:
        return ("unknown", change.field, change.expected.rpartition("; ")[2])
    return ("switches", *change.why) if change.why else ("subject", change.subject)


def _told(comparison: Comparison, group: list[Change]) -> Behaviour:
    verdicts = [change for change in group if change.danger == CLAIM]
    shown = [change for change in group if change.danger != CLAIM]
    example = (verdicts or shown)[0]
    after = comparison.after
    unexplained = next((change for change in group if not change.explained), None)
    if verdicts:
        shown.sort(key=lambda change: change.field != "error")  # an error explains what is missing beside it
        sentence = f"claim {example.subject.split(' ')[0]} ({example.why[0]}) was {example.before}, is {example.after}"
        if unexplained is not None:
            sentence += f", but should be {unexplained.expected}"
        if shown:
            sentence += f"; {shown[0].field} was {shorter(shown[0].before)}, is {shorter(shown[0].after)}"
    elif example.field == ENDED:
        sentence = f"{example.after} (before: {example.before})"
    else:
        sentence = f"{example.field} was {shorter(example.before)}, is {shorter(example.after)}"
        if example.subject.startswith("scenario-"):
            sentence = f"in the programs that decide {' and '.join(claims_of()[example.subject])}, {sentence}"
        elif example.why:
            sentence = f"{'; '.join(example.why)} ({sentence})"
    if unexplained is not None and not verdicts and example.field != ENDED:
        sentence += f", but should be {unexplained.expected}"
    if not verdicts and example.source and comparison.before.surface == after.surface:
        sentence += f", as since {after.row.since}"
    sentence += f" [{situation((shown or verdicts)[0].subject, after)}]"
    return Behaviour(
        sentence, min(change.danger for change in group), tuple(group),
        next((change.source for change in (*verdicts, *group) if change.source), None), unexplained is None,
    )  # fmt: skip


def situation(subject: str, side: Side) -> str:
    """The call that a subject stands for, in words."""
    case = known_cases().get(subject)
    if case is None:
        return f"{side}, {subject.rpartition(' ')[2]} program" if " " in subject else str(side)
    return judging.situation(case, environment(side.record))


def pairs(before: dict, after: dict, only: Iterable[str] | None = None) -> tuple[list[str], list[str], list[str]]:
    """Surfaces that two records share, that the second lacks, and that it adds."""
    one, other = surfaces(before), surfaces(after)
    if only:
        one, other = [s for s in one if s in only], [s for s in other if s in only]
    return [s for s in one if s in other], [s for s in one if s not in other], [s for s in other if s not in one]


def only_in_graphs(result: Comparison) -> list[str]:
    """What a graph model has to do that an eager layer does by itself, as observed; empty between like surfaces."""
    graph, eager = result.before, result.after
    if graph.surface != cases.TF_LAYERS or eager.surface == cases.TF_LAYERS:
        return []
    name = cases.graph_layer(cases.TF2_STYLE, "True", True).id
    seen = restore(graph.record["observations"].get(name, {}))
    if not seen:
        return []
    kept = same(seen["drift_without_updates"]["1"]["moving_mean"], seen["drift_without_updates"]["100"]["moving_mean"])
    ops = len(seen["update_ops"])
    return [
        f"UPDATE_OPS: {graph} registers {ops} update ops for training=True, and the moving statistics "
        f"{'stay as they are' if kept else 'move'} after 100 runs without them. {eager} has no such collection: the "
        "statistics move in the call itself, so code that collects update ops finds none, and code that left "
        "them out on purpose moves the statistics now."
    ]
