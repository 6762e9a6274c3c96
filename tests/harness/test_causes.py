"""Who did it, TensorFlow or a package beside it: what is tried, and what is made of the answer."""

import copy

import causes as command
import pytest
from support import causes, comparison, environments, releases, running
from support.client import Failure

from fixtures import record

BEFORE, AFTER = (releases.calendar()[name] for name in ("2.17.1", "2.18.1"))
CASE = "scenario-tf.layers-tf2-style-name=published_example.variables_fetched_by_name"


@pytest.fixture
def crossing(monkeypatch):
    """Runs that answer as the record of a release, or fail; and what was exchanged."""
    asked = []

    def use(answers):
        def exchanged(release, other, package):
            asked.append((release.name, package, other.name))
            return (release, package)

        def run(python, only):
            answer = answers(*python)
            if isinstance(answer, str):
                return running.Run(problem=answer)
            return running.Run(record=record.read(answer.record))

        monkeypatch.setattr(environments, "exchanged", exchanged)
        monkeypatch.setattr(running, "run", run)
        return asked

    return use


def test_what_nothing_explains_is_tried_with_each_package_that_differs():
    """The type of a handle's array, with the three packages that came with TensorFlow 2.18."""
    assert command.to_try(BEFORE, AFTER) == {name: [CASE] for name in ("numpy", "ml-dtypes", "protobuf")}


@pytest.mark.parametrize("answer, found", [(BEFORE, causes.DOES_IT), (AFTER, causes.NO_PART)])
def test_answer_says_who_did_it(crossing, answer, found):
    """The newer release with the older package: as before, the package did it; as now, it has no part."""
    asked = crossing(lambda *_: answer)
    assert command.exchange(AFTER, BEFORE, "numpy", [CASE]) == {CASE: found}
    assert asked == [("2.18.1", "numpy", "2.17.1")]


def test_third_answer_is_neither():
    """It is as in no release alone."""
    own, other = (record.read(release.record) for release in (AFTER, BEFORE))
    third = copy.deepcopy(own)
    third["observations"][CASE] = {"error": "TypeError"}
    assert command.verdict(CASE, third, own, other) == causes.OTHERWISE


def test_run_that_came_to_nothing_is_a_failure(crossing):
    """With its problem."""
    crossing(lambda *_: "the import failed.")
    with pytest.raises(Failure, match="the import failed"):
        command.exchange(AFTER, BEFORE, "numpy", [CASE])


def test_older_release_is_tried_where_the_newer_cannot_run(crossing, monkeypatch, tmp_path, capsys):
    """And what was found is kept beside what was known; a package that neither can have is said."""
    monkeypatch.setattr(causes, "RESULTS", tmp_path / "causes.json")
    causes.RESULTS.write_text('{"1 \u2192 2": {}}')
    causes.known.cache_clear()
    monkeypatch.setattr("sys.argv", ["causes.py", "2.17.1", "2.18.1"])
    crossing(lambda release, package: AFTER if (release, package) == (BEFORE, "numpy") else "it does not run.")
    try:
        assert command.main() == 0
        causes.known.cache_clear()
        assert causes.known() == {"1 → 2": {}, "2.17.1 → 2.18.1": {CASE: {"numpy": causes.DOES_IT}}}
    finally:
        causes.known.cache_clear()
    assert (
        "protobuf could not be exchanged. 2.18.1 with protobuf of 2.17.1: it does not run." in capsys.readouterr().err
    )


def test_requirements_are_exchanged_with_their_hashes(monkeypatch):
    """One package as the other release pins it, all others as they are."""
    installed = {}
    monkeypatch.setattr(environments, "built", lambda name, version, wanted, install: installed.update({name: wanted}))
    environments.exchanged(AFTER, BEFORE, "numpy")
    (text,) = installed.values()
    assert "numpy==1.26.4" in text
    assert "numpy==2.0.2" not in text
    assert "tensorflow==2.18.1" in text
    own = AFTER.file.read_text()
    assert environments.pinned(BEFORE)["numpy"] in text
    assert text.count("--hash") > own.count("--hash") / 2
    with pytest.raises(Failure, match="has no nonsense"):
        environments.exchanged(AFTER, BEFORE, "nonsense")


def test_results_speak_of_cases_and_releases_that_there_are():
    """A case that has another name is tried again, or its result renamed."""
    for pair, results in causes.known().items():
        assert set(pair.split(" → ")) <= set(releases.calendar())
        assert set(results) <= set(comparison.known_cases())
