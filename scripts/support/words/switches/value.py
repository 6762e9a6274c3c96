"""How one value of a switch of ``fixtures/semantics.py`` is told."""

from dataclasses import dataclass

# What a change does to a program that was right before.
SILENT, RAISES, GONE, BETTER = "silent", "raises", "gone", "better"
KINDS = (SILENT, RAISES, GONE, BETTER)


@dataclass(frozen=True)
class Value:
    """One value of a switch in words.

    Attributes:
        title: a heading.
        seen: what a user sees of it.
        do: what to write, or to look for, in a program that was written for another value.
        kind: one of ``KINDS``; ``BETTER`` where a program that was right before needs nothing.
    """

    title: str
    seen: str
    do: str
    kind: str = SILENT


COMPILE_AGAIN = "Call compile() after each change of trainable: that is right in every release."
