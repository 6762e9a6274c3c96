"""A record keeps what was observed, whole or not at all."""

import contextlib
import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fixtures import record

PROVENANCE = dict.fromkeys(record.PROVENANCE, "1")
CASE = "layer_call-keras-tf2-style-training=True-image=rank4"
OBSERVATIONS = {CASE: {"x": [1], "y": {"error": "KeyError"}}, CASE.replace("True", "0"): {"x": [1]}}
RECORD = {
    "provenance": PROVENANCE,
    "counts": {"keras": 1},
    "verdicts": {"a b c": "holds"},
    "observers": {"layer_call": "0123456789"},
    "observations": OBSERVATIONS,
    "elsewhere": {},
}


@given(
    st.sampled_from([16, 32, 64]).flatmap(lambda width: arrays.arrays(
        f"float{width}", arrays.array_shapes(min_dims=0, max_dims=3), elements=st.floats(width=width)
    ))
)  # fmt: skip
def test_numbers_come_back_to_the_bit(values):
    """Shortest decimals, NaN and infinities included, which JSON does not know."""
    text = json.dumps(record.plain({"it": [values]}), allow_nan=False)
    restored = record.restore(json.loads(text))["it"][0]
    assert restored.dtype == values.dtype
    assert np.array_equal(restored, values, equal_nan=True)


def test_outputs_that_are_none_are_recorded_as_nothing():
    """A model that returns None is told as such, and not as an array of objects."""
    assert record.plain({"output": np.asarray(None)}) == {"output": None}
    assert record.plain(np.array([None, 1.5], object)) == [None, 1.5]


@pytest.fixture
def path(tmp_path):
    """A record, written."""
    record.write(str(tmp_path / "record.json"), RECORD)
    return tmp_path / "record.json"


def test_record_comes_back(path):
    """What is written is read, and written again it is the same to the letter."""
    assert record.read(path) == RECORD
    assert record.serialize(record.read(path)) == path.read_text()


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.builds(
            "{}-{}-{}-training={}-image={}".format,
            st.sampled_from(["layer_call", "compiled"]), st.sampled_from(["keras", "tf.compat.v1.keras"]),
            st.sampled_from(["tf2-style", "keras-3-only"]), st.sampled_from(["None", "tensor-True", "0"]),
            st.sampled_from(["rank4", "one-value-per-channel"]),
        ),
        st.dictionaries(
            st.text(),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
                max_leaves=5,
            ),
            max_size=3,
        ),
        max_size=4,
    )
)  # fmt: skip
def test_any_observations_come_back(tmp_path_factory, observations):
    """Folding equal values loses nothing."""
    path = tmp_path_factory.mktemp("records") / "record.json"
    record.write(str(path), dict(RECORD, observations=observations))
    assert record.read(path)["observations"] == observations


def test_known_cases_survive_folding():
    """The id of every case of the suite comes back from its folded form."""
    from fixtures import cases

    ids = list(cases.known())
    assert len(ids) > 1000
    assert [record._join(*record._split(name)) for name in ids] == ids


def test_truncated_record_is_refused_at_every_length(path):
    """However little is missing."""
    text = path.read_text()
    for length in range(0, len(text) - 1, 7):
        path.write_text(text[:length])
        with pytest.raises(record.Broken, match="not a whole record"):
            record.read(path)


def test_edited_record_is_refused(path):
    """A record is evidence: nobody corrects it."""
    path.write_text(path.read_text().replace("KeyError", "TypeError"))
    with pytest.raises(record.Broken, match="changed after it was written"):
        record.read(path)


@pytest.mark.parametrize("seen", [[CASE], list(OBSERVATIONS), []])
def test_which_environment_saw_a_case_comes_back(path, seen):
    """One of the cases of a place, all, none."""
    there = dict(PROVENANCE, platform="another")
    record.write(str(path), dict(RECORD, elsewhere=dict.fromkeys(seen, there)))
    assert record.read(path) == dict(RECORD, elsewhere=dict.fromkeys(seen, there))
    assert path.read_text().count('"another"') == bool(seen)
    assert path.read_text().count('"True,rank4": ') == (2 if seen == [CASE] else 1)


def test_newer_schema_is_refused_by_name(path):
    """A newer suite wrote it."""
    path.write_text(path.read_text().replace('"schema": 3', '"schema": 4'))
    with pytest.raises(record.Broken, match="schema 4, this suite reads schema 3"):
        record.read(path)


def test_record_without_provenance_is_refused(path):
    """An observation of nobody knows what is none."""
    record.write(str(path), dict(RECORD, provenance={"tensorflow": "2.15.1"}))
    with pytest.raises(record.Broken, match=r"does not say its provenance.*numpy"):
        record.read(path)


ANOTHER = dict(RECORD, observations={CASE: OBSERVATIONS[CASE], CASE.replace("rank4", "rank2"): {"x": [3]}})


@pytest.fixture
def folder(tmp_path, path):
    """Two records that share one of their observations, after sharing, and a file that is none."""
    record.write(str(tmp_path / "another.json"), ANOTHER)
    (tmp_path / "schema.json").write_text("{}")
    record.share(tmp_path)
    return tmp_path


def test_what_two_records_hold_stands_once(folder):
    """In a file beside them; each says the rest itself, and both are read as before."""
    assert record.read(folder / "record.json") == RECORD
    assert record.read(folder / "another.json") == ANOTHER
    texts = {name: (folder / name).read_text() for name in ("record.json", "another.json", record.SHARED)}
    assert [name for name, text in texts.items() if '{"error": "KeyError"}' in text] == [record.SHARED]
    assert [name for name, text in texts.items() if "[3]" in text] == ["another.json"]
    assert (folder / "schema.json").read_text() == "{}"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != record.SHARED}
    record.share(folder)
    assert before == {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != record.SHARED}


def test_what_is_read_belongs_to_its_reader(folder):
    """Nobody else sees what becomes of it."""
    record.read(folder / "record.json")["observations"][CASE]["x"].append(2)
    assert record.read(folder / "record.json") == RECORD


def test_what_is_no_longer_shared_goes_back(folder):
    """The file beside them keeps nothing for one alone."""
    record.write(str(folder / "another.json"), dict(ANOTHER, observations={}))
    record.share(folder)
    assert json.loads((folder / record.SHARED).read_text())["values"] == {}
    assert record.read(folder / "record.json") == RECORD
    assert record.serialize(RECORD) == (folder / "record.json").read_text()


@pytest.mark.parametrize("moment", range(5))
def test_killed_while_sharing_every_record_can_be_read(tmp_path, path, monkeypatch, moment):
    """After each file that it writes."""
    record.write(str(tmp_path / "another.json"), ANOTHER)
    left, write = [moment], record._write

    def until(path, text):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        write(path, text)

    monkeypatch.setattr(record, "_write", until)
    with contextlib.suppress(KeyboardInterrupt):
        record.share(tmp_path)
    assert record.read(tmp_path / "record.json") == RECORD
    assert record.read(tmp_path / "another.json") == ANOTHER


def test_record_without_what_it_shares_is_one_sentence(folder):
    """It was copied alone; or the file beside it was edited."""
    text = (folder / record.SHARED).read_text()
    (folder / record.SHARED).unlink()
    with pytest.raises(record.Broken, match=r"is not in shared\.json beside it"):
        record.read(folder / "record.json")
    (folder / record.SHARED).write_text(text.replace("KeyError", "TypeError"))
    with pytest.raises(record.Broken, match="truncated or edited"):
        record.read(folder / "record.json")


def test_nothing_is_let_go_of_while_a_record_cannot_be_read(folder):
    """That of a newer suite may need it."""
    path = folder / "another.json"
    text = path.read_text()
    path.write_text(text.replace('"schema": 3', '"schema": 4'))
    record.share(folder)
    path.write_text(text)
    assert record.read(path) == ANOTHER


def test_what_is_recorded_meanwhile_stays(folder, monkeypatch):
    """Another run writes a record between its reading and its writing."""
    newer, write, left = dict(RECORD, counts={"keras": 2}), record._write, [True]

    def after_another(path, text):
        if left.pop() if left else False:
            write(str(folder / "record.json"), record.serialize(newer))
        write(path, text)

    record.write(str(folder / "another.json"), dict(ANOTHER, observations={}))
    monkeypatch.setattr(record, "_write", after_another)
    record.share(folder)
    assert record.read(folder / "record.json") == newer


def test_sharing_without_what_was_shared_is_one_sentence(folder):
    """Nothing is written."""
    (folder / record.SHARED).unlink()
    before = {path.name: path.read_text() for path in folder.iterdir()}
    with pytest.raises(record.Broken, match=r"is not in shared\.json beside it"):
        record.share(folder)
    assert before == {path.name: path.read_text() for path in folder.iterdir()}


def test_missing_record_is_one_sentence(tmp_path):
    """No traceback of ours."""
    with pytest.raises(record.Broken, match="cannot be read"):
        record.read(tmp_path / "none.json")


def test_full_disk_leaves_the_older_record_as_it_was(tmp_path, monkeypatch):
    """Nothing half written, nothing lost, nothing left behind."""
    path = tmp_path / "record.json"
    record.write(str(path), RECORD)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        record.write(str(path), dict(RECORD, observations={}))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
