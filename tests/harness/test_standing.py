"""What of a record still stands, what it lacks, and who must have everything."""

import pytest
from support import comparison, releases, standing
from support.comparison import Side

from fixtures import record, sources
from fixtures.claims import load

GONE = "frozen-layer-infers tf.keras tf2-style"


@pytest.fixture
def seen():
    """What stands of a record of a real run."""
    return standing.read(releases.calendar()["2.4.4"].record)


def test_the_newest_releases_must_have_everything():
    """The newest stable ones and both nightlies; no candidate of a release, and no older one."""
    found = standing.whole()
    assert {"nightly", "keras-nightly"} < found
    assert len(found) == 4
    assert not {"2.20.0", "2.22.0rc0", "keras-3.14.1"} & found


def test_case_that_other_code_observed_is_lacking(seen):
    """Its tests, and the claims that it decides, run again; no others do."""
    before = standing.lacking(seen)
    scenario = next(case for case in load()["frozen-model-has-one-loss"].cases("tf.keras", "tf2-style"))
    seen["observers"][sources.observer_of(scenario.id)] = "0123456789"
    again = set(standing.lacking(seen)) - set(before)
    assert "frozen-model-has-one-loss tf.keras tf2-style" in again
    assert not [name for name in again if name.startswith(("graph", "layer", "compiled"))]
    del seen["observers"]["graph_freeze"]
    again = standing.lacking(seen)
    assert sum(name.startswith("graph_freeze-") for name in again) == 36


def test_what_other_code_observed_is_not_measured_yet(seen):
    """Neither the case nor the verdict that stands on it is told; the record itself keeps both."""
    case = load()["frozen-layer-infers"].cases("tf.keras", "tf2-style")[0]
    assert case.id in seen["observations"]
    assert GONE in seen["verdicts"]
    older = dict(seen, observers={**seen["observers"], sources.observer_of(case.id): "0123456789"})
    left = standing.current(older)
    assert case.id not in left["observations"]
    assert GONE not in left["verdicts"]
    assert case.id in older["observations"]
    assert standing.current(left) == left


def test_what_the_suite_gave_up_does_not_stand(seen):
    """A case that nobody knows, and a claim."""
    older = dict(seen, observations={**seen["observations"], "a-case-of-yesterday": {}}, verdicts={"a b c": "holds"})
    assert standing.current(older) == dict(seen, verdicts={})


@pytest.mark.parametrize(("release", "asked"), [("2.3.4", False), ("2.4.4", True)])
def test_what_a_release_is_not_asked_any_more_does_not_stand(release, asked):
    """A record of 2.3.4 holds a case whose claim needs an API of 2.4: no candidate could have it."""
    case = "scenario-tf.keras-tf2-style-name=loops.two_steps_per_execution"
    path = releases.calendar()[release].record
    assert case in record.read(path)["observations"]
    assert (case in standing.read(path)["observations"]) == asked


def test_what_is_younger_than_a_record_is_no_change(seen):
    """Compared with a record that has it, in either direction."""
    younger = load()["frozen-layer-infers"].cases("tf.keras", "tf2-style")[0].id
    older = dict(seen, observations={k: v for k, v in seen["observations"].items() if k != younger})
    older["verdicts"] = {k: v for k, v in seen["verdicts"].items() if k != GONE}
    found = comparison.compare(Side("older", "tf.keras", older), Side("newer", "tf.keras", seen))
    assert (found.changes, found.added, found.removed) == ([], [younger], [])
    assert comparison.compare(Side("newer", "tf.keras", seen), Side("older", "tf.keras", older)).changes == []


def test_records_of_another_machine_are_as_good(seen):
    """Which environment saw a case says nothing about whether it stands."""
    there = dict(seen["provenance"], cpu_flags=["sse4_1"])
    elsewhere = dict.fromkeys(seen["observations"], there)
    assert standing.lacking(dict(seen, elsewhere=elsewhere)) == standing.lacking(seen)
    assert record.UNDER_TEST[0] == "tensorflow"


@pytest.mark.slow
def test_a_verdict_follows_from_what_is_on_record(seen):
    """Of every claim: decided by what the record holds, it is what the run said."""
    assert standing.verdicts_that_follow(dict(seen, verdicts={})) == seen["verdicts"]
    assert standing.followed(dict(seen, verdicts={}))["verdicts"] == seen["verdicts"]


def test_a_scenario_that_is_called_otherwise_now_keeps_its_cases(seen):
    """It is known by its digest; one that reads otherwise is not."""
    case = load()["frozen-model-has-one-loss"].cases("tf.keras", "tf2-style")[0]
    name = sources.observer_of(case.id)

    def of_yesterday(entries):
        return {key.replace(f"-name={name}", "-name=old.function"): entry for key, entry in entries.items()}

    digits = {k: v for k, v in seen["observers"].items() if k != name}
    digits["old.function"] = seen["observers"][name]
    older = dict(seen, observations=of_yesterday(seen["observations"]), observers=digits)
    assert case.id not in older["observations"]
    assert standing.followed(older) == seen
    older["observers"] = dict(digits, **{"old.function": "0123456789"})
    assert case.id not in standing.current(standing.followed(older))["observations"]
