"""What the gate says of a candidate, decided in one place: unchanged, changed, or not judged and why.

``findings`` holds two records against each other; ``judge`` makes the verdict of them and of how the run went.
Neither runs, prints or writes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fixtures import cases, installed
from support import comparison, known_changes
from support.comparison import ENDED, GONE, OUTPUTS, Behaviour, Change, Comparison, Package, Side
from support.known_changes import Accepted, Known
from support.running import Run
from support.terminal import CHANGED, NOT_JUDGED, UNCHANGED


@dataclass(frozen=True)
class Findings:
    """What a candidate's record says beside that of its baseline.

    Attributes:
        base_name: name of the baseline.
        behaviours: what changed, by cause.
        comparisons: one for each surface that both sides have.
        drift: what differs without being another behaviour, in sentences.
        gaps: what was not observed though it should have been: a verdict would stand on too little.
        others: packages beside TensorFlow that differ.
        left_out: what an environment that exists does not hold, and nobody judges therefore.
    """

    base_name: str = ""
    behaviours: tuple[Behaviour, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    drift: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    others: tuple[Package, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What the gate says.

    Attributes:
        code: exit code.
        headline: the verdict in one sentence.
        findings: what it stands on.
        notes: what a reader must know beside it: surfaces that were not judged, drift, another numpy.
        accepted: what became of the changes that are known.
    """

    code: int
    headline: str
    findings: Findings = Findings()
    notes: tuple[str, ...] = field(default=())
    accepted: Accepted = field(default_factory=Accepted)

    @property
    def behaviours(self) -> tuple[Behaviour, ...]:
        """What changed and is not known, by cause."""
        return self.accepted.opened


def judge(
    run: Run, found: Findings | None, failure: str | None = None, unstable: Sequence[str] = (), unwritten: str = "",
    expected: Sequence[Known] = (), partly: bool = False,
) -> Judgement:  # fmt: skip
    """The verdict: the one place that decides.

    Args:
        run: how the candidate's run went.
        found: its record beside the baseline's; None when there was nothing to compare.
        failure: why nothing could be run, or nothing compared.
        unstable: subjects that gave another answer in a second run.
        unwritten: why the report could not be written.
        expected: changes that are meant.
        partly: whether a part of the suite was asked only.
    """
    known = found or Findings()
    accepted = known_changes.held(expected, known.behaviours, known.comparisons, partly)
    notes = known.left_out + known.drift
    if failure or run.problem:
        code, headline = NOT_JUDGED, failure or run.problem or ""
    elif run.silent:
        code, headline = NOT_JUDGED, f"the run is void, it did not report {'; '.join(run.silent)}."
    elif found is None:
        code, headline = NOT_JUDGED, "nothing was compared."
    elif known.gaps:
        more = f" (and {len(known.gaps) - 1} more)" if len(known.gaps) > 1 else ""
        code, headline, notes = NOT_JUDGED, f"{known.gaps[0]}{more}.", known.gaps + notes
    elif accepted.opened or accepted.stale:
        counts = comparison.counted(one.kind for one in comparison.merged(accepted.opened))
        said = [f"{counts} against {known.base_name}"] if counts else []
        if accepted.stale:
            more = f" (and {len(accepted.stale) - 1} more)" if len(accepted.stale) > 1 else ""
            said.append(f"the known change {accepted.stale[0].name!r}{more} does not occur any more")
        code, headline = CHANGED, f"{'; '.join(said)}."
        if known.others:
            packages = "; ".join(f"{other.name} {other.before}, now {other.after}" for other in known.others)
            notes = (*notes, f"{known.base_name} was observed with {packages}: a cause beside TensorFlow is possible.")
    else:
        tests = sum(outcome == "passed" for outcome in run.outcomes.values())
        count = len(accepted.covered)
        but = f", but for {count} known change{'s' * (count > 1)}," if count else ""
        code, headline = UNCHANGED, f"behaves like {known.base_name}{but} in {tests} tests."
    if unstable:
        code, headline = (
            NOT_JUDGED,
            f"unstable: {len(unstable)} cases give two answers in two runs, first {unstable[0]}.",
        )
    if unwritten:
        code, headline = NOT_JUDGED, f"the report could not be written: {unwritten}. What was found: {headline}"
    return Judgement(code, headline, known, notes, accepted)


def findings(
    name: str, run: Run, base_name: str, base: dict, only: list[str] | None = None, as_it_is: bool = False
) -> Findings:
    """Compare a candidate's record with its baseline.

    Args:
        name: how to call the candidate.
        run: the run that made its record.
        base_name: name of the baseline.
        base: its record.
        only: surfaces to judge; default all.
        as_it_is: the environment existed: what is not installed there was not meant to be judged.
    """
    seen = run.seen
    shared, lost, _ = comparison.pairs(base, seen, only)
    env = comparison.environment(seen)
    compared = [comparison.compare(Side(base_name, s, base), Side(name, s, seen)) for s in shared]
    behaviours = [
        in_words_of_the_tests(behaviour, run.failures)
        for result in compared for behaviour in comparison.behaviours(result)
    ]  # fmt: skip
    behaviours = failed_tests(behaviours, run, only) + behaviours
    gaps = [f"{subject}: {entry['ended']}" for subject, entry in seen["observations"].items()
            if "ended" in entry and "error" not in entry]  # fmt: skip
    left_out = [
        f"{result.after.surface} is judged in {len(result.unchanged) + len(result.changed)} cases only: the rest of it "
        "needs what is not installed here." for result in compared
        if as_it_is and installed.absent(result.after.surface, env) == installed.NOT_INSTALLED
    ]  # fmt: skip
    for surface in lost:
        reason = installed.absent(surface, env)
        if reason == installed.NO_API:
            behaviours.append(gone(surface, base_name))
        elif as_it_is and compared and not only:
            left_out.append(f"{surface} is not judged: it is not installed here, and {base_name} has it.")
        else:
            gaps.append(f"{surface}: {reason}, but {base_name} has it (name what to judge with --surface)")
    behaviours.sort(key=lambda behaviour: comparison.ORDER.index(behaviour.kind))
    known = comparison.known_cases()
    missing = [case for result in compared for case in result.removed if installed.missing(known[case], env) is None]
    if missing:
        gaps.append(f"{len(missing)} cases of {base_name} are missing, first {missing[0]}")
    drift = tuple(
        f"{result.after.surface}: {sentence}: no change of behaviour."
        for result in compared for sentence in comparison.of_bits(result)
    )  # fmt: skip
    drift += tuple(
        f"{result.after.surface}: {len(result.added)} cases are not measured yet in {base_name}: the specification "
        "alone judges them." for result in compared if result.added
    )  # fmt: skip
    return Findings(
        base_name,
        tuple(behaviours),
        tuple(compared),
        drift,
        tuple(gaps),
        comparison.other_packages(base, seen),
        tuple(left_out),
    )


def failed_tests(behaviours: list[Behaviour], run: Run, only: list[str] | None) -> list[Behaviour]:
    """Tests that failed though no change tells of them: what the specification does not allow, though both do it."""
    subjects = {change.subject for behaviour in behaviours for change in behaviour.changes}
    observed = run.seen["observations"]
    ended = {subject for subject in subjects if "ended" in observed.get(subject, ())}
    found: list[Behaviour] = []
    for subject, sentence in run.failures.items():
        told_by = {case.id for case in comparison.observed_in(subject)} & ended
        if subject not in subjects and not told_by and (not only or any(surface in subject for surface in only)):
            change = Change(subject, comparison.SPECIFICATION, OUTPUTS, "", sentence, expected="as specified")
            told = comparison.told_of_test(subject, sentence)
            found.insert(0, Behaviour(OUTPUTS, (change,), None, False, told))
    return found


def gone(surface: str, base_name: str) -> Behaviour:
    """A surface that the candidate does not have any more."""
    change = Change(surface, "API", GONE, "available", "gone")
    name, now = surface, "it is not"
    if surface == cases.TF_KERAS_BUNDLED:  # the name is still there, and means something else
        name, now = "Keras 2 in tf.keras", "tf.keras is Keras 3, or tf_keras with TF_USE_LEGACY_KERAS=1"
    told = comparison.Told(f"{name} is gone", was=f"it was there in {base_name}", now=now, surfaces=(surface,))
    return Behaviour(GONE, (change,), None, True, told)


def in_words_of_the_tests(behaviour: Behaviour, failures: dict[str, str]) -> Behaviour:
    """A behaviour; where cases gave no observation, in the words of the tests that say how each ended."""
    if behaviour.changes[0].field != ENDED:
        return behaviour
    sentences = [comparison.failure_of(change.subject, failures) for change in behaviour.changes]
    changes = [replace(change, after=words or change.after) for change, words in zip(behaviour.changes, sentences)]
    sentence = next(filter(None, sentences), None)
    told = replace(behaviour.told, now=sentence) if sentence else behaviour.told
    return replace(behaviour, changes=tuple(changes), told=told)
