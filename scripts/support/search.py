"""The search of ``bisection.py``: through releases, then nightlies or commits, and how its end is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support import asking, comparison, halving, questions, steps
from support.client import Failure
from support.comparison import Behaviour
from support.environments import NotATarget
from support.git import git
from support.questions import NotAnswered, Question
from support.steps import NIGHTLY, RELEASE, Step

Say = Callable[[str], None]


@dataclass
class Search:
    """A search and what it has found so far.

    Attributes:
        asked: the question.
        old: the newest step known to answer as the older end does.
        new: the oldest step known to answer otherwise.
        good_is_old: whether the good end is the older one.
        answers: name of a step -> the record that answers it.
        differing: the subjects that the two ends answer otherwise: what the search is about.
        between: steps between ``old`` and ``new`` that could not be judged, and why.
        ran: how many steps were run.
        final: name of the newer end.
        hints: what would find it more closely.
    """

    asked: Question
    old: Step
    new: Step
    good_is_old: bool = True
    answers: dict[str, dict] = field(default_factory=dict)
    differing: set[str] = field(default_factory=set)
    between: dict[str, str] = field(default_factory=dict)
    ran: int = 0
    final: str = ""
    hints: list[str] = field(default_factory=list)


def search(
    subject: str, good: str, bad: str, checkout: Path | None = None, case_timeout: float = 120.0,
    say: Say = lambda words: None,
) -> Search:  # fmt: skip
    """Find where the answer changed.

    Args:
        subject: a claim, with or without a place, or the id of a case.
        good: a release, a nightly, or with ``checkout`` a revision.
        bad: another one of the same package.
        checkout: folder of a git checkout of Keras.
        case_timeout: seconds after which a case counts as hung.
        say: called with a line about each step.

    Raises:
        NotATarget: the caller's mistake: no such claim or release, two packages, ends that do not differ.
        Failure: an end cannot be judged.
    """
    if checkout is not None:
        return _commits(subject, good, bad, checkout, case_timeout, say)
    ends = [steps.end(text) for text in (good, bad)]
    if ends[0].line != ends[1].line:
        raise NotATarget(f"{good} and {bad} are of two packages: give two releases or nightlies of one.")
    old, new = sorted(ends, key=lambda step: step.version)
    found = Search(questions.question(subject, old.line), old, new, old is ends[0], final=new.name)
    _judge_ends(found, None, case_timeout, say)
    _narrow(found, steps.between(found.old, found.new), "releases", None, case_timeout, say)
    try:
        _narrow(found, steps.nightlies(found.old, found.new), "nightlies", None, case_timeout, say)
    except Failure as failure:
        found.hints.append(str(failure))
    return found


def _commits(subject: str, good: str, bad: str, checkout: Path, case_timeout: float, say: Say) -> Search:
    try:
        git(checkout, "rev-parse", "--git-dir")
    except (Failure, OSError):
        raise NotATarget(f"--checkout {checkout}: it is not the folder of a git repository.") from None
    hashes = [steps.commit_of(checkout, text) for text in (good, bad)]
    asked = questions.question(subject, "keras")
    if hashes[0] == hashes[1]:
        raise NotATarget(f"{good} and {bad} are the same commit, {hashes[0][:10]}.")
    # A patch is released from a branch of few commits, often later than what its main branch holds by then.
    start = git(checkout, "merge-base", *hashes).strip()
    behind = [int(git(checkout, "rev-list", "--count", "--first-parent", f"{start}..{name}")) for name in hashes]
    old, new = hashes if behind[0] <= behind[1] else hashes[::-1]
    ground = steps.commit(checkout, new).release
    found = Search(asked, steps.commit(checkout, old, ground), steps.commit(checkout, new, ground),
                   old == hashes[0])  # fmt: skip
    found.final = found.new.name
    _judge_ends(found, checkout, case_timeout, say)
    path = steps.commits(checkout, old, new)
    if path[0] != old:
        left = steps.commit(checkout, path[0], ground)
        seen = _answer(found, left, checkout, case_timeout, say)
        if questions.differing(asked, found.answers[found.old.name], seen) & found.differing:
            raise Failure(
                f"{found.old.full_name} is on a branch of its own, and where it left, {left.full_name}, it answers "
                f"otherwise already: search between {path[0][:10]} and {old[:10]}."
            )
        found.old = left
    made: list[Step | _Later] = [found.old, *(_Later(checkout, name, ground) for name in path[1:-1]), found.new]
    _narrow(found, made, "commits", checkout, case_timeout, say)
    return found


@dataclass(frozen=True)
class _Later:
    """A commit that is looked at when it is asked: most of them never are."""

    checkout: Path
    commit: str
    ground: object

    @property
    def name(self) -> str:
        return f"commit {self.commit[:10]}"

    def step(self) -> Step:
        return steps.commit(self.checkout, self.commit, self.ground)  # type: ignore[arg-type]


def _answer(found: Search, step: Step, checkout: Path | None, case_timeout: float, say: Say) -> dict:
    """The answer of a step, from where there is one."""
    seen = found.answers.get(step.name) or asking.at_hand(step, found.asked)
    if seen is None:
        seen = asking.ask(step, found.asked, checkout, case_timeout)
        found.ran += 1
    found.answers[step.name] = seen
    return seen


def _judge_ends(found: Search, checkout: Path | None, case_timeout: float, say: Say) -> None:
    if found.old.name == found.new.name:
        raise NotATarget(f"good and bad are both {found.old.name}.")
    for step in (found.old, found.new):
        say(f"the ends: {step.full_name}")
        seen = _answer(found, step, checkout, case_timeout, say)
        say(f"    {in_short(found.asked, seen)}")
    old, new = (found.answers[step.name] for step in (found.old, found.new))
    found.differing = questions.differing(found.asked, old, new)
    if not found.differing:
        raise NotATarget(f"{found.old.name} and {found.new.name} do not differ: {in_short(found.asked, new)}.")


def _narrow(
    found: Search, path: Sequence[Step | _Later], what: str, checkout: Path | None, case_timeout: float, say: Say
) -> None:
    """Halve what lies between the two neighbours that are known so far."""
    if len(path) == 2:
        return
    say(f"{len(path) - 2} {what} between {found.old.name} and {found.new.name}")
    first = found.answers[found.old.name]
    why: dict[int, str] = {}
    window = [0, len(path) - 1]

    def same(number: int) -> bool | None:
        left = halving.steps_left(*window)
        one = path[number]
        say(f"{one.name} (at most {left} step{'s' * (left != 1)} left)")
        try:
            step = one.step() if isinstance(one, _Later) else one
            seen = _answer(found, step, checkout, case_timeout, say)
            lacking = found.differing - questions.answered(found.asked, seen).keys()
            if lacking == found.differing:
                raise NotAnswered(f"{step.name} cannot be judged: {questions.why_not(found.asked, seen)}")
        except NotAnswered as failure:
            why[number] = str(failure)
            say(f"    {failure}")
            return None
        alike = not questions.differing(found.asked, first, seen) & found.differing
        window[0 if alike else 1] = number
        otherwise = f"{'as' if alike else 'other than'} {path[0].name}"
        say(f"    {in_short(found.asked, seen) if found.asked.is_claim else otherwise}")
        return alike

    free = {
        number for number, one in enumerate(path)
        if isinstance(one, Step) and 0 < number < len(path) - 1 and asking.at_hand(one, found.asked)
    }  # fmt: skip
    place = halving.halve(len(path), same, free)
    found.old, found.new = (
        one.step() if isinstance(one, _Later) else one for one in (path[place.last], path[place.first])
    )
    found.between = {path[number].name: why[number] for number in place.between}


def in_short(asked: Question, seen: dict) -> str:
    """What a record answers, in a few words."""
    answers = questions.answered(asked, seen)
    if not asked.is_claim:
        entry = next(iter(answers.values()))
        return entry["ended"] if isinstance(entry, dict) and "ended" in entry else "observed"
    verdicts = set(answers.values())
    if len(verdicts) == 1:
        return str(next(iter(verdicts)))
    return "; ".join(f"{name.split(' ', 1)[1]}: {verdict}" for name, verdict in answers.items())


def told(found: Search) -> list[str]:
    """The end of a search: the change in words, the neighbours, and where its commits stand."""
    old, new = found.answers[found.old.name], found.answers[found.new.name]
    what = "bad" if found.good_is_old else "good"
    last = "good" if found.good_is_old else "bad"
    lines = [f"{found.asked.text}: {found.asked.words}" if found.asked.words else found.asked.text]
    here = questions.differing(found.asked, old, new) & found.differing
    if found.asked.is_claim:
        then, now = (questions.answered(found.asked, seen) for seen in (old, new))
        lines += [f"  {name.split(' ', 1)[1]}: was {then[name]}, is {now[name]}" for name in sorted(here)]
    for behaviour in questions.told(found.asked, found.old.name, old, found.new.name, new):
        lines += _change(behaviour, found.asked)
    built_from = {step.name: seen["provenance"].get("tensorflow_git") or "" for step, seen in
           ((found.old, old), (found.new, new))}  # fmt: skip
    label = "{:<12}".format
    lines += [
        label(f"last {last}:") + found.old.full_name,
        label(f"first {what}:") + found.new.full_name,
        label("upstream:") + steps.upstream(found.old, found.new, built_from),
    ]
    packages = [seen["provenance"] for seen in (old, new)]
    if found.old.line == "tensorflow":
        lines += [label("and:") + place for place in steps.upstream_of_keras(*packages)]
    final = found.answers.get(found.final)
    if final is not None and questions.differing(found.asked, new, final) & found.differing:
        lines.append(f"it changed again after that: {found.final} answers {in_short(found.asked, final)}")
    others = list(map(str, comparison.other_packages(old, new)))
    if found.old.line == "keras" and packages[0]["tensorflow"] != packages[1]["tensorflow"]:
        others.insert(0, f"TensorFlow {packages[0]['tensorflow']} → {packages[1]['tensorflow']}")
    if others:
        lines.append(label("beside it:") + "; ".join(others))
    if found.differing - here:
        lines.append(f"elsewhere: {'; '.join(sorted(found.differing - here))} changed later")
    lines += [f"could not be judged between them: {why}" for why in found.between.values()]
    lines += found.hints + _boundaries(found)
    lines.append(f"{found.ran} step{'s were' if found.ran != 1 else ' was'} run; the others were on record.")
    return lines


def _change(behaviour: Behaviour, asked: Question) -> list[str]:
    """What changed, as a person would tell it; the sentence of the claim that was asked is told already."""
    told = behaviour.told
    heading = "" if told.heading.rstrip(".") == asked.words.rstrip(".") else told.heading
    return [
        f"  {label}{text}" for label, text in
        (("", heading), ("done: ", told.done), ("was: ", told.was), ("now: ", told.now), ("why: ", told.why)) if text
    ]  # fmt: skip


def _boundaries(found: Search) -> list[str]:
    """What is to be said where a release and a nightly are the neighbours."""
    package = steps.PACKAGES[found.old.line]
    if found.old.kind == RELEASE and found.new.kind == NIGHTLY:
        return [f"the oldest {package} between them that the package index has shows it already."]
    if found.old.kind == NIGHTLY and found.new.kind == RELEASE:
        return [f"no {package} that the package index has shows it: it came in with the release."]
    if found.old.kind == found.new.kind == RELEASE:
        return [f"the package index has no {package} of the time between them."]
    return []
