"""The dimensions and their covering array: complete, as its maker makes it, and nothing impossible in it."""

import json
from pathlib import Path

import pytest
import situations

from fixtures import cases
from fixtures.claims import load
from fixtures.dimensions import ARRAY, CONSTRAINTS, DIMENSIONS, array, possible
from fixtures.dimensions_of_claims import ASKED

PAIRS, ALL = array()


def test_array_is_what_its_maker_makes():
    """Nobody edits it by hand."""
    assert Path(ARRAY).read_text() == situations.text()


def test_every_pair_and_every_triple_that_can_occur_together_is_there():
    """Counted by another way than the one that made it."""
    assert situations.uncovered(ALL) == []
    assert [names for names, _ in situations.uncovered(PAIRS) if len(names) == 2] == []


def test_a_lost_situation_is_noticed():
    """It can fail: without the row that alone holds a triple, the triple is named."""
    triple = tuple(ALL[-1][name] for name in situations.TRIPLES)
    assert (situations.TRIPLES, triple) in situations.uncovered(ALL[:-1])


def test_nothing_impossible_is_asked_for():
    """Each row obeys each constraint, and each constraint forbids something."""
    assert all(possible(row) for row in ALL)
    for constraint in CONSTRAINTS:
        forbidden = 0
        for one in situations.crossed(constraint.of):
            forbidden += not constraint.allows(one)
        assert forbidden, constraint.reason


def test_no_situation_comes_twice():
    """Head and rest are one list."""
    rows = [tuple(row.values()) for row in ALL]
    assert len(set(rows)) == len(rows)
    assert ALL[: len(PAIRS)] == PAIRS


@pytest.mark.parametrize("name", DIMENSIONS)
def test_each_value_has_its_words(name):
    """A reader sees what a value means, and every value is used."""
    for value, words in DIMENSIONS[name].items():
        assert words.strip() and " " not in value
        assert any(row[name] == value for row in PAIRS)


def test_situations_are_cases_of_each_keras():
    """Every triple where models differ, every pair elsewhere."""
    counted = {surface: 0 for surface in cases.KERAS_SURFACES}
    for case in cases.SITUATIONS:
        counted[case.surface] += 1
    every = dict.fromkeys(("tf.keras", "keras"), len(ALL))
    assert counted == {**every, "tf_keras": len(PAIRS), "tf.compat.v1.keras": len(PAIRS)}
    assert json.loads(Path(ARRAY).read_text())["pairs"] == len(PAIRS)


def test_claims_that_ask_the_other_values_exist():
    """An id that is gone would leave a value asked by nobody."""
    assert not [claim for asked in ASKED.values() for ids in asked.values() for claim in ids if claim not in load()]
