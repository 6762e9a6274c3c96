"""What can be checked of the words that people read: length, words of the field, sentences that stand alone.

It holds for all texts of a claim: sentence, title, why it matters, what to do, and why its verdicts changed.
"""

import re
from collections.abc import Iterator

from fixtures.claims import Claim

WORDS = 30  # at most, in one sentence
TITLE = 8  # words at most
FORBIDDEN = (
    (r"\bmov(e|es|ed)\b", 'statistics do not move: they "are updated" or "accumulate"'),
    (r"\b(take|takes|took|taken|taking) in\b", 'a layer does not take in: its statistics "are updated with" a batch'),
    (r"\bimages?\b", 'a layer gets "inputs"'),
)  # fmt: skip
NEGATION = r"(?:not|no|never|nothing|none|nobody|nowhere|cannot|neither)"
TWICE = re.compile(rf"\b{NEGATION}\b[^,.;:()]*\b(?:{NEGATION}|without|unless)\b", re.IGNORECASE)
BACKWARDS = re.compile(r"(?:^|[.:;] )(It|This|That|They|These|Those|Its|Their)\b")  # speaks of a sentence before
VERDICT = re.compile(r"\b(holds|refuted|not applicable|wrong|wrongly|claims?)\b", re.IGNORECASE)
# Addresses of a site or a repository as a whole, a listing or a search: of no claim in particular.
GENERAL = re.compile(r"https://([^/]+/?|github\.com/[^/]+(/[^/]+)?/?|.*/(issues|pulls|search)/?)")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a full stop within a name or a number ends none."""
    return [one for one in re.split(r"(?<=[.?!])\s+(?=[A-Z(`])", text) if one]


def text_problems(name: str, text: str) -> Iterator[str]:
    """What is wrong with the words of one text, in sentences."""
    for pattern, better in FORBIDDEN:
        if word := re.search(pattern, text, re.IGNORECASE):
            yield f'its {name} says "{word[0]}": {better}'
    if words := TWICE.search(text):
        yield f'its {name} negates twice: "{words[0]}"'


def prose_problems(name: str, text: str) -> Iterator[str]:
    """What is wrong with a text of whole sentences, in sentences."""
    yield from text_problems(name, text)
    if word := BACKWARDS.search(text):
        yield f'its {name} begins a sentence with "{word[1]}": say what is meant'
    if not text.endswith(".") or "\n" in text:
        yield f"its {name} does not end with a full stop on one line"
    yield from length_problems(name, text)


def length_problems(name: str, text: str) -> Iterator[str]:
    """Whether a sentence of a text is too long, in a sentence."""
    longest = max(len(sentence.split()) for sentence in sentences(text))
    if longest > WORDS:
        yield f"its {name} has {longest} words, and {WORDS} are the most that a reader in a hurry takes in"


def source_problems(source: str) -> Iterator[str]:
    """Whether an address can be a source of one claim, in a sentence."""
    if not source.startswith("https://"):
        yield f"its source {source} is no https address"
    elif GENERAL.fullmatch(source):
        yield f"its source {source} is a site or a repository as a whole, and speaks of no claim in particular"


def title_problems(title: str | None) -> Iterator[str]:
    """What is wrong with a title, in sentences."""
    if not title:
        yield "it has no title"
        return
    yield from text_problems("title", title)
    if len(title.split()) > TITLE or title.endswith("."):
        yield f"its title is no title of at most {TITLE} words"
    if word := VERDICT.search(title):
        yield f'its title says "{word[0]}": a title names the behaviour, verdicts say what became of it'


def problems(claim: Claim) -> Iterator[str]:
    """What is wrong with the words of a claim, in sentences."""
    for histories in claim.verdicts.values():
        for since in histories:
            if since.because is not None:
                yield from prose_problems(f"reason for {since.release}", since.because.text)
                yield from source_problems(since.because.source)
    for source in claim.sources:
        yield from source_problems(source)
    yield from prose_problems("sentence", claim.sentence)
    yield from title_problems(claim.title)
    if not claim.matters:
        yield "it does not say why it matters"
    else:
        yield from prose_problems("matters", claim.matters)
        if len(claim.matters.split()) > WORDS:
            yield f"why it matters is not said in {WORDS} words"
    if claim.advice is not None:
        yield from prose_problems("advice", claim.advice)
    if not claim.search or len(set(claim.search)) != len(claim.search):
        yield "it has no words to be found by, or one twice"
