"""The end of a standalone script: how it holds what it sees against a record. Its text is copied, see standalone.py."""

import numpy as np


def flat(value, where=""):
    """What was observed, as pairs of a place and the numbers or words there."""
    if isinstance(value, dict):
        return [pair for name in value for pair in flat(value[name], f"{where} {name}")]
    nested = (dict, list, tuple, np.ndarray)
    if isinstance(value, (list, tuple)) and any(isinstance(entry, nested) for entry in value):
        return [pair for number, entry in enumerate(value, 1) for pair in flat(entry, f"{where} {number}")]
    return [(where.strip(), value)]


def alike(one, other, drift):
    """The same words, or numbers that differ by no more than builds do: by this part of the largest."""
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or "f" not in one.dtype.kind + other.dtype.kind:
        return one.shape == other.shape and bool(np.all(one == other))
    if one.dtype.kind not in "fiub" or other.dtype.kind not in "fiub":
        return False
    largest = max(np.abs(other[np.isfinite(other)]).tolist(), default=0)
    return np.allclose(one, other, rtol=0, atol=drift * largest, equal_nan=True)


def print_beside_record(seen, recorded, release, drift):
    """Print what was observed, and where it is not what is on record; how many such places there are."""
    seen, different = dict(flat(seen)), 0
    for where in dict(seen, **recorded):
        same = not recorded or (where in seen and where in recorded and alike(seen[where], recorded[where], drift))
        here, there = (
            np.array2string(np.asarray(of[where]), separator=", ").replace("\n", "") if where in of else "nothing"
            for of in (seen, recorded)
        )
        different += not same
        print(f"{' ' if same else '!'} {where}: {here}" + ("" if same else f", but {there} in {release}"))
    if recorded:
        print(f"{different} of {len(recorded)} differ from {release}" if different else f"the same as {release}")
    return different
