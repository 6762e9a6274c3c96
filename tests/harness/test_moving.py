"""What moving teams are told: words for every switch and value, and a report that begins with what all meet."""

import copy
import functools
import itertools
import json
import re
import sys

import compare
import pytest
from support import comparison, moving
from support.comparison import Comparison, Side
from support.moving.areas import AREA_OF_GROUP, AREAS, EVERYDAY
from support.moving.catalogue import accounts, topics
from support.moving.facts import Facts
from support.moving.switches import PLACES, turn
from support.terminal import CHANGED, UNCHANGED, USAGE
from support.words.switches import BETTER, KINDS, TURNS, VALUES, of_phrase

from fixtures import cases
from fixtures.claims import GROUPS, NOT_APPLICABLE, load
from fixtures.semantics import PHRASES, TABLE

MOST_WORDS = 30
ROWS = [row for rows in TABLE.values() for row in rows]
# Pairs that people move between, beside those whose entries nobody else has.
PAIRS = (
    ("tf.layers@1.15.5", "keras@2.21.0"), ("tf.layers@1.15.5", "tf_keras@2.21.0"), ("tf.keras@2.15.1", "keras@2.21.0"),
    ("tf.keras@1.13.2", "tf.keras@2.4.4"), ("tf.layers@1.13.2", "tf.layers@2.21.0"), ("keras@3.0.5", "keras@3.15.1"),
    ("tf_keras@2.21.0", "keras@3.0.5"), ("keras@3.15.1", "keras@keras-nightly"),
)  # fmt: skip


side = functools.cache(compare.side)


def sides(pair):
    """The two sides of a pair, from the records."""
    return [side(text) for text in pair]


@functools.cache
def told(pair):
    """The report of a pair by its verdicts and switches, without the observations."""
    return moving.report(Comparison(*sides(pair)))


def sentences(words):
    """The sentences of a text."""
    return re.split(r"(?<=[.!?])\s+", words)


def too_long(*texts):
    """The sentences that have more words than a reader takes in at once."""
    return [one for text in texts for one in sentences(text) if len(one.split()) > MOST_WORDS]


@pytest.mark.parametrize("switch", PHRASES)
def test_every_value_of_every_switch_has_words(switch):
    """A heading, what a user sees, what to do; and none for a value that there is not."""
    assert set(VALUES.get(switch, ())) == set(PHRASES[switch]), f"{switch}: words are in scripts/support/words/switches"
    assert switch in PLACES, f"whom {switch} concerns is said in scripts/support/moving/switches.py"
    for value in VALUES[switch].values():
        assert value.title and value.seen.endswith(".") and value.do.endswith(".")
        assert value.kind in KINDS
        assert not too_long(value.title, value.seen, value.do)


def test_no_words_are_left_of_a_switch_that_is_gone():
    """Words, places, turns and accounts speak of switches that the table has."""
    assert set(VALUES) == set(PHRASES) == set(PLACES)
    assert set(accounts()) <= set(PHRASES)
    turns_there_are = {
        (switch, getattr(one.semantics, switch), getattr(other.semantics, switch))
        for one, other in itertools.permutations(ROWS, 2) for switch in PHRASES
    }  # fmt: skip
    assert set(TURNS) <= turns_there_are


def test_what_a_failure_prints_leads_to_the_words():
    """No two values share a phrase."""
    phrases = [phrase for values in PHRASES.values() for phrase in values.values()]
    assert len(set(phrases)) == len(phrases)
    assert of_phrase("no image takes the fused kernel") is VALUES["fused_ranks"][()]


def test_what_differs_between_any_two_rows_can_be_told():
    """Each turn of a switch, in both directions, says what was and what is, and the two are not the same."""
    differing = {
        (switch, getattr(one.semantics, switch), getattr(other.semantics, switch))
        for one, other in itertools.permutations(ROWS, 2) for switch in PHRASES
        if getattr(one.semantics, switch) != getattr(other.semantics, switch)
    }  # fmt: skip
    assert len(differing) > len(PHRASES)
    for switch, was, now in differing:
        one = turn(switch, was, now)
        assert one.was != one.now.seen
        assert not too_long(one.was, one.now.title, one.now.seen, one.now.do)
    with pytest.raises(KeyError):
        turn("fused_ranks", (3,), ())


def test_every_topic_is_met_by_somebody_and_says_what_to_write():
    """No topic is stale: its facts hold between two of the pairs, its claims are registered, its sentences short."""
    assert len({topic.id for topic in topics()}) == len(topics())
    for topic in topics():
        named = {*topic.claims, *itertools.chain.from_iterable(fact_names(topic))}
        assert named <= {*load(), "surface", "tensorflow", "lacks"}, topic.id
        assert not too_long(topic.title, topic.was, topic.now, topic.instead), topic.id
        assert topic.instead.endswith(".")
    met = {entry.id for pair in PAIRS for entry in told(pair).entries}
    stale = {topic.id for topic in topics()} - met
    assert not stale, "no pair of releases meets these topics any more: change their facts, or take them out"


def fact_names(topic):
    """What the facts of a topic speak of."""
    for fact in (*topic.before, *topic.after):
        yield [one.partition(": ")[0] for one in (fact if isinstance(fact, list) else [fact])]


def test_a_fact_that_is_none_is_refused():
    """A verdict that does not exist is a mistake, not a fact that does not hold."""
    facts = Facts(side("keras@3.15.1"))
    assert facts.has(["surface: tf.layers", "surface: keras or tf_keras"])
    assert facts.has("lacks: fused")
    assert not facts.has("lacks: renorm")
    with pytest.raises(ValueError, match="is no fact"):
        facts.has("frozen-layer-infers: hold")


def test_every_group_of_claims_has_an_area():
    """So that a statement that no entry accounts for has its place."""
    assert set(AREA_OF_GROUP) == set(GROUPS), "scripts/support/moving/areas.py gives each group its area"
    assert set(AREA_OF_GROUP.values()) <= set(AREAS)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_a_report_rests_on_evidence_and_tells_nothing_twice(pair):
    """Each entry names a claim or a switch and an address; each claim that turned is told once, or left out."""
    found = told(pair)
    for entry in found.entries:
        assert entry.claims or entry.switches, entry.id
        assert entry.sources and all(source.startswith("https://") for source in entry.sources), entry.id
    accounted = {claim for entry in found.entries for claim in entry.claims}
    stated = [entry.id for entry in found.statements]
    assert len(set(stated)) == len(stated)
    assert not accounted & set(stated)
    before, after = map(Facts, sides(pair))
    for claim, verdicts in before.verdicts.items():
        now = after.verdicts.get(claim, {})
        turned = {
            (verdict, now[program]) for program, verdict in verdicts.items() if now.get(program, verdict) != verdict
        }
        assert not turned or claim in accounted or claim in stated or NOT_APPLICABLE in {then for then, _ in turned}
    assert [entry.kind == BETTER for entry in found.entries] == sorted(entry.kind == BETTER for entry in found.entries)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_a_report_is_two_screens_and_the_rest_is_on_demand(pair):
    """A hundred lines of a hundred columns, but for addresses; --all tells each entry at length."""
    found = told(pair)
    short, long = moving.lines(found), moving.lines(found, everything=True)
    assert len(short) <= 100
    assert all(len(line) <= 100 or "https://" in line for line in short)
    for entry in found.entries:
        assert entry.title in " ".join(" ".join(short).split())
        assert sum(line.startswith(f"* {entry.title} [") for line in long) == 1
    for statement in found.statements:
        assert statement.id not in " ".join(short)
        assert any(line.split()[:3] == ["see", "claim", f"{statement.id},"] for line in long)


def test_a_graph_program_is_told_first_what_every_one_meets():
    """Update ops, freezing, variance, mode; the variance once; what went, with what to write instead."""
    found = told(PAIRS[0])
    everyday = [entry.id for entry in found.entries if entry.area == EVERYDAY]
    assert everyday[:2] == ["update-ops", "frozen-normalizes-with"]
    assert everyday == [entry.id for entry in found.entries[: len(everyday)]]
    by_id = {entry.id: entry for entry in found.entries}
    assert [entry.title for entry in found.entries if "variance" in entry.title] == [
        "The moving variance is the biased one"
    ]
    assert "example-moving-statistics" in by_id["fused-ranks"].claims
    assert {"fused", "virtual-batches", "checkpoints-of-graphs", "names-of-variables", "positional-training"} <= set(
        by_id
    )
    # Nothing that a graph program cannot have, or that none has once it has left graphs.
    assert not {"two-masks", "sync", "trainable-is-read", "inference-updates-read-garbage"} & set(by_id)
    assert all(entry.instead for entry in found.entries)


def test_a_keras_program_is_told_first_that_freezing_takes_effect():
    """The everyday change between Keras 2 and 3, then what training does when it is given to a functional model."""
    assert [entry.id for entry in told(PAIRS[2]).entries][:2] == ["trainable-is-read", "training-given-when-built"]


def test_refusals_of_the_optimizer_are_told_once():
    """What changes alike run eagerly, in fit() and in a tf.function is one entry; what does not, three."""
    (one,) = [
        entry
        for entry in told(PAIRS[2]).entries
        if entry.id.startswith("optimizer-refuses") and "nothing" not in entry.id
    ]
    assert len(one.switches) == 3
    assert "Unfreezing after the first step raises ValueError" in one.title
    apart = told(("keras@3.6.0", "keras@3.9.2")).entries
    assert {entry.id for entry in apart if entry.kind == "raises"} >= {
        "optimizer-refuses-in-fit", "optimizer-refuses-in-function",
    }  # fmt: skip


def test_the_release_that_brought_a_change_is_named_within_one_surface():
    """Between two surfaces no release is."""
    since = {entry.id: entry.since for entry in told(PAIRS[3]).entries}
    assert since["frozen-normalizes-with"] == "2.0"
    assert {entry.since for entry in told(PAIRS[0]).entries} == {None}


def test_a_record_held_against_itself_has_no_change():
    """One line, and no invitation to read on."""
    found = told(("tf.keras@2.15.1", "tf.keras@2.15.1"))
    assert moving.lines(found) == ["tf.keras@2.15.1 → tf.keras@2.15.1: no change."]


def test_room_that_is_left_tells_what_is_no_longer_true():
    """Each statement with what to do, before what is better; a statement that does not fit is not cut."""
    told_ = told(("tf.keras@2.4.4", "tf.keras@2.15.1"))
    short = moving.lines(told_)
    gone = [one for one in told_.statements if one.kind != BETTER]
    first, second = short.index("NO LONGER TRUE, OR GONE"), short.index("BETTER NOW")
    between = " ".join(" ".join(short[first + 1 : second]).split())
    assert between == " ".join(f"* {one.title}{f' Instead: {one.instead}' * bool(one.instead)}" for one in gone)


def test_what_no_table_has_comes_first():
    """A record that answers otherwise than its release should is told before all that is known."""
    before = side("tf.keras@2.15.1")
    name = cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id
    seen = before.record["observations"][name]
    mutated = copy.deepcopy(seen)
    mutated["outputs"][0]["float32"][0] += 1.0
    one, other = (
        Side("2.15.1", before.surface, {**before.record, "observations": {name: observed}, "verdicts": {}})
        for observed in (seen, mutated)
    )  # fmt: skip
    found = moving.report(comparison.compare(one, other))
    assert len(found.unexpected) == 1
    first, _, second = moving.lines(found)[:3]
    assert first.endswith(": 1 change that nobody expected.")
    assert second == "NOT AS THE TABLES HAVE IT"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tf.layers@1.15.5", "keras"], "write SURFACE@RELEASE"),
        (["tf.layers@1.15.5", "torch@2.0"], "write SURFACE@RELEASE"),
        (["tf.layers@1.15.5", "keras@9.9"], "neither a release of the calendar nor a record file"),
        (["tf.keras@2.21.0", "keras@2.21.0"], "but not tf.keras"),
    ],
)
def test_wrong_usage_is_one_sentence(monkeypatch, capsys, arguments, said):
    """Exit code 64, and nothing on standard output."""
    monkeypatch.setattr(sys, "argv", ["compare.py", *arguments])
    assert compare.main() == USAGE
    out, err = capsys.readouterr()
    assert not out
    assert said in err
    assert err.count("\n") == 1


def test_the_command_tells_the_report_and_the_same_as_data(monkeypatch, capsys):
    """Exit code 1 where something differs; the names of Keras' releases need no prefix."""
    monkeypatch.setattr(sys, "argv", ["compare.py", "tf.layers@1.15.5", "keras@3.15.1", "--json"])
    assert compare.main() == CHANGED
    data = json.loads(capsys.readouterr().out)
    assert data["before"] == "tf.layers@1.15.5"
    assert data["after"] == "keras@keras-3.15.1"
    assert data["entries"][0]["title"] == "Update ops are gone: the layer updates by itself"
    assert set(data["entries"][0]) >= {
        "was",
        "now",
        "instead",
        "since",
        "sources",
        "area",
        "priority",
        "kind",
        "claims",
    }
    monkeypatch.setattr(sys, "argv", ["compare.py", "tf.layers@1.15.5", "tf.layers@1.15.5"])
    assert compare.main() == UNCHANGED
