"""Who did it, TensorFlow or a package beside it: what was found when each was exchanged alone.

``fixtures/proof/causes.json``, which ``scripts/causes.py`` writes, holds for each pair of releases and each case that
changed: package -> what came with that package as the other release has it.
"""

import functools
import json
from pathlib import Path

from support.comparison import Behaviour

RESULTS = Path(__file__).resolve().parents[2] / "fixtures" / "proof" / "causes.json"
DOES_IT, NO_PART, OTHERWISE = "does it alone", "has no part in it", "changes it, too"


@functools.cache
def known() -> dict[str, dict[str, dict[str, str]]]:
    """The results, by pair of releases and case; empty when there are none yet."""
    return json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}


def pair(before: str, after: str) -> str:
    """How results name two releases."""
    return f"{before} → {after}"


def in_words(behaviour: Behaviour, before: str, after: str) -> str | None:
    """The packages that changed with a behaviour that nothing explains, and which of them does it; None without any.

    Args:
        behaviour: what changed.
        before: the name of the release that it changed from.
        after: of the one that it changed to.
    """
    if not behaviour.also_changed:
        return None
    tried = known().get(pair(before, after), {})
    found = [tried[change.subject] for change in behaviour.changes if change.subject in tried]
    words, cleared = [], 0
    for package in behaviour.also_changed:
        results = {result.get(package.name) for result in found}
        if results == {DOES_IT}:
            return f"also changed: {package}, which does it alone"
        cleared += results == {NO_PART}
        words.append(f"{package} (tried: {NO_PART})" if results == {NO_PART} else str(package))
    if cleared == len(words):
        packages = "; ".join(map(str, behaviour.also_changed))
        return f"also changed: {packages}; exchanged alone, none has a part in it"
    return f"also changed: {'; '.join(words)}"
