"""Ids that claims had before they were renamed, and that old links still hold: each with the claim that answers now.

They are in ``fixtures/claims/former_ids.txt``, a line for each: the old id and the id of today, or the old id alone
where the claim was none about batch normalization and nothing took its place.
"""

from collections.abc import Collection, Mapping

from support.releases import ROOT

FILE = ROOT / "fixtures" / "claims" / "former_ids.txt"


def load() -> dict[str, str]:
    """Old id -> id of today; empty where nothing took its place."""
    lines = (line.split() for line in FILE.read_text(encoding="utf-8").splitlines())
    return {words[0]: " ".join(words[1:]) for words in lines}


def problems(former: Mapping[str, str], known: Collection[str]) -> list[str]:
    """Old ids that are in use again, or that lead nowhere, in sentences.

    Args:
        former: old id -> id of today.
        known: the ids of all claims.
    """
    again = [f"claim {old}: it has an id that another claim had; give it a new one." for old in former if old in known]
    return again + [
        f"former id {old}: there is no claim {new} to which it leads."
        for old, new in former.items() if new and new not in known
    ]  # fmt: skip
