"""A record keeps what was observed, whole or not at all."""

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fixtures import record

RECORD = {"provenance": {"tensorflow": "2.15.1"}, "counts": {}, "verdicts": {}, "observations": {"a": {"x": 1}}}


@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, max_dims=3), elements=st.floats(width=32)))
def test_float32_numbers_come_back_to_the_bit(values):
    """Shortest decimals, NaN and infinities included."""
    restored = record.restore(json.loads(json.dumps(record.plain({"it": [values]}))))["it"][0]
    assert restored.dtype == np.float32
    assert np.array_equal(restored, values, equal_nan=True)


def test_record_is_json_with_its_provenance(tmp_path):
    """What is written can be read."""
    path = tmp_path / "record.json"
    record.write(str(path), RECORD)
    assert json.loads(path.read_text()) == dict(RECORD, schema=record.SCHEMA)


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
