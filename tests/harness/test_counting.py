"""How many tests a run should have: counted from the tests, held against what pytest makes of them."""

import collections

from fixtures import cases, counting, installed
from fixtures.claims import load

ENV = installed.Environment("2.21.0", "2.21.0", "3.15.1")
OLD = installed.Environment("1.13.2", None, None)


def test_tests_are_counted_by_what_they_are_made_of():
    """Each function as often as it has cases; each claim once in each of its places."""
    found = counting.expected(ENV)
    assert set(found) == {"tf.layers", "tf_keras", "keras", "tf.compat.v1.keras"}
    claims = collections.Counter(surface for claim in load().values() for surface, _ in claim.places)
    marked = collections.Counter(case.surface for some, _ in counting.marked() for case in some)
    assert {surface: claims[surface] + marked[surface] for surface in found} == found


def test_what_a_release_does_not_have_does_not_count():
    """In 1.13 there is no tf.function, for which each Keras has cases in two matrices."""
    loops = sum(case.surface == cases.KERAS_V1 and case.loop == "function_tape" for case in cases.COMPILED)
    loops += sum(case.surface == cases.KERAS_V1 and case.called == "tape-function" for case in cases.SITUATIONS)
    newer = installed.Environment("1.14.0", None, None)
    assert counting.expected(newer)[cases.KERAS_V1] - counting.expected(OLD)[cases.KERAS_V1] == loops == 23


def test_a_lost_case_and_one_too_many_are_noticed():
    """By surface; also a surface of which nothing ran."""
    whole = counting.expected(ENV)
    assert counting.problems(whole, ENV) == []
    for change in ({"keras": whole["keras"] - 1}, {"keras": whole["keras"] + 1}):
        (sentence,) = counting.problems({**whole, **change}, ENV)
        assert sentence == f"keras: {change['keras']} cases ran, but {whole['keras']} are expected"
    without = {surface: count for surface, count in whole.items() if surface != "keras"}
    assert counting.problems(without, ENV)[0].startswith("keras: 0 cases ran")


def test_a_count_that_is_itself_wrong_is_noticed(monkeypatch):
    """Whole functions lost, in the run and in the counting alike: the floor holds."""
    monkeypatch.setattr(counting, "marked", lambda: [])
    few = counting.expected(ENV)
    assert any("are the least (fixtures/case_counts.json)" in sentence for sentence in counting.problems(few, ENV))


def test_floor_lies_below_what_each_release_has():
    """And not so far below that half of the tests could go."""
    for env in (ENV, OLD, installed.Environment("2.15.1", "2.15.1", None)):
        whole = counting.expected(env)
        assert counting.problems(whole, env) == []
        half = {surface: count // 2 for surface, count in whole.items()}
        assert sum("least" in sentence for sentence in counting.problems(half, env)) == len(whole)
