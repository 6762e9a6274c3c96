"""The words of the gate: everything that a report may have to tell has some, and none is left over."""

import re

import pytest
from support import comparison, releases, words
from support.words import lacking

from fixtures import cases, record
from fixtures.dimensions import DIMENSIONS

NEWEST = ("1.15.5", "2.15.1", "2.21.0", "keras-nightly")
RECORDS = [name for name, release in releases.calendar().items() if release.record.is_file()]


def paths(value, path=()):
    """Every innermost place of a recorded value."""
    if isinstance(value, dict) and "shape" not in value:
        for name, entry in value.items():
            yield from paths(entry, (*path, name))
    elif isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
        for number, entry in enumerate(value, 1):
            yield from paths(entry, (*path, number))
    else:
        yield path


def observed(names):
    """Every case and place that the records of some releases hold, each kind of case and scenario once."""
    known, seen = comparison.known_cases(), set()
    for name in names:
        for case_id, observation in record.read(releases.calendar()[name].record)["observations"].items():
            case = known.get(case_id)
            if case is None or "ended" in observation:
                continue
            about = case.name if case.kind == "scenario" else case.kind
            for path in paths(observation):
                if (about, path) not in seen:
                    seen.add((about, path))
                    yield case, path


def scenarios():
    """The names of all scenarios that a claim asks for."""
    return {case.name for case in comparison.known_cases().values() if case.kind == "scenario"}


def test_every_scenario_has_a_title_and_no_title_is_left_over():
    """A new scenario is told by its title, or the gate would tell the name of its function."""
    assert set(words.titles()) == scenarios()


def test_linter_says_what_has_no_words(monkeypatch):
    """Where to write them, and which ones nothing needs."""
    known = comparison.known_cases()
    assert list(lacking.problems(known)) == []
    titles = dict(words.titles(), **{"masking.gone": "Gone"})
    del titles["masking.masked"]
    monkeypatch.setattr(words, "titles", lambda: titles)
    new = cases.scenario("masking.masked_nan", cases.KERAS3, colour="red")
    assert list(lacking.problems({**known, new.id: new})) == [
        "scenario masking.masked: has no title for the gate's report: write it into "
        "scripts/support/words/scenarios.toml.",
        "scenario masking.gone: has a title in scripts/support/words/scenarios.toml, but no case asks for it.",
        "flag colour=red: has no words in scripts/support/words/flags.toml.",
    ]


def test_titles_are_headings():
    """Short, each another, without the dot of a sentence, and by themselves."""
    titles = words.titles().values()
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert len(title) <= 110, title
        assert not re.search(r"\.$|^The same|\b[a-z]+_[a-z]+ (is|was)\b", title), title


def test_every_flag_of_every_case_has_words_and_no_words_are_left_over():
    """Also those of the matrices; a situation has the words of its dimensions."""
    known, used = words._data("flags"), set()
    for case in comparison.known_cases().values():
        assert words.title(case)
        for name, value in case.flags:
            if case.kind != "situation" and name not in words.NOT_WORDS:
                words.flag(name, value, strict=True)
                used.add((name, str(value)))
    given = {(name, value) for name, values in known.items() if name not in words.NOT_WORDS for value in values}
    assert given - used == set()
    assert set(known["kinds"]) == {case.kind for case in comparison.known_cases().values()} - {"scenario"}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_values_of_dimensions_stand_by_themselves(dimension):
    """None says "the same", or names an issue instead of telling it."""
    for value in DIMENSIONS[dimension]:
        said = words.value_of_dimension(dimension, value)
        assert said
        assert not re.search(r"the same, |#\d", said), said


def test_every_field_of_the_newest_observations_has_a_name():
    """From the innermost key to the outermost, each where it stands."""
    for case, path in observed(NEWEST):
        name = words.named(case, path, strict=True)
        assert not re.search(r"  |[{}]", name), (case.id, path, name)
        assert name or path == (), (case.id, path)


@pytest.mark.slow
def test_every_field_of_every_record_has_a_name_and_no_name_is_left_over():
    """What no release shows any more needs no name."""
    used = set()
    for case, path in observed(RECORDS):
        words.named(case, path, strict=True)
        place = (case.name, case.name.partition(".")[0]) if case.kind == "scenario" else (case.kind,)
        for key in path or ("",):
            fields = words._data("fields")
            used.add(next(((at, key) for at in (*place, "everywhere") if key in fields.get(at, ())), None))
    given = {(place, key) for place, keys in words._data("fields").items() for key in keys}
    assert given - used == set()


@pytest.mark.parametrize(
    "path, name",
    [
        (("steps", 2, "moving_mean"), "moving mean after the second step"),
        (("gradients", "gamma"), "gradient by gamma"),
        (("calls", 1, "output"), "output of the first call"),
        (("raised",), "the error"),
    ],
)
def test_a_name_is_put_together(path, name):
    """From the last key to the first."""
    case = cases.scenario("masking.masked", cases.KERAS3)
    assert words.named(case, path, strict=True) == name


def test_what_has_no_name_is_refused_here_and_told_as_it_is_by_the_gate():
    """A release that nobody has seen may hold what none of them did: no reason to say nothing."""
    case = cases.scenario("masking.masked", cases.KERAS3)
    with pytest.raises(words.Unnamed, match="'new_mean' has no name where it is the leaf"):
        words.named(case, ("calls", 1, "new_mean"), strict=True)
    assert words.named(case, ("calls", 1, "new_mean")) == "new mean of the first call"
    with pytest.raises(words.Unnamed, match="colour=red has no words"):
        words.flag("colour", "red", strict=True)
    assert words.flag("colour", "red") == "colour=red"


def test_a_case_is_told_in_one_line():
    """What is usual goes unsaid."""
    situation = dict(sits="functional", called="fit", frozen="and-back", compiled="plain", inputs="rank4", made="axis")
    assert words.done(cases.situation(cases.KERAS3, situation)) == (
        "Two steps: fit() on one batch; in a functional model, the way most examples are written; model.trainable = "
        "False on the outermost model or layer around it, before compile(), and True again before compile(); images; "
        "axis=1"
    )
    scenario = cases.scenario("cloning.cloned", cases.KERAS3, model="functional")
    said = words.done(scenario)
    assert said == "clone_model() of a model with a frozen layer, and of a frozen model (in a functional model)"
    assert words.beside(said, words.heading(scenario)) == "in a functional model"
