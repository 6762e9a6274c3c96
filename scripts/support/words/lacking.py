"""What has no words yet, and words that nothing needs any more: what ``scripts/lint_claims.py`` says of them."""

from collections.abc import Iterator

from fixtures.cases import Case
from support import words

WRITE = "write it into scripts/support/words/scenarios.toml"


def problems(known: dict[str, Case]) -> Iterator[str]:
    """What is wrong with the titles of scenarios and the words of flags, in sentences.

    Args:
        known: every case, by id.
    """
    scenarios = {case.name for case in known.values() if case.kind == "scenario"}
    for name in sorted(scenarios - words.titles().keys()):
        yield f"scenario {name}: has no title for the gate's report: {WRITE}."
    for name in sorted(words.titles().keys() - scenarios):
        yield f"scenario {name}: has a title in scripts/support/words/scenarios.toml, but no case asks for it."
    told: set[str] = set()
    for case in known.values():
        for name, value in case.flags if case.kind != "situation" else ():
            flag = f"{name}={value}"
            if name not in words.NOT_WORDS and flag not in told and not words.has_words(name, value):
                yield f"flag {flag}: has no words in scripts/support/words/flags.toml."
            told.add(flag)
