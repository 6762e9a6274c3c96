"""What is known of one recorded surface, asked by the facts that ``entries`` rest on."""

from collections.abc import Iterable
from functools import cached_property

from fixtures import cases, installed, subjects
from fixtures.claims import VERDICTS
from support.comparison import Side, environment

SIGNATURES = "signatures.signatures"  # the scenario that observes what arguments a layer takes
OTHER_FACTS = ("surface", "tensorflow", "lacks")  # all others name a claim
_RELEASES = {"<2": lambda version: installed.key(version) < (2,), ">=2": lambda version: installed.key(version) >= (2,)}


class Facts:
    """Facts of one side: ``claim: verdict``, ``surface: A or B``, ``tensorflow: <2``, ``lacks: argument``."""

    def __init__(self, side: Side) -> None:
        self.side = side

    @cached_property
    def verdicts(self) -> dict[str, dict[str, str]]:
        """Claim -> program -> verdict, as recorded."""
        found: dict[str, dict[str, str]] = {}
        for name, verdict in self.side.record["verdicts"].items():
            at = subjects.parse(name)
            if at is not None and at.surface == self.side.surface:
                found.setdefault(at.claim, {})[at.program] = verdict
        return found

    def verdict(self, claim: str) -> str | None:
        """The verdict in a program of TensorFlow 2, or in the only one in which it was asked; None if it was not."""
        by_program = self.verdicts.get(claim, {})
        return by_program.get(cases.TF2_STYLE, next(iter(by_program.values()), None))

    @cached_property
    def arguments(self) -> set[str]:
        """Names of the arguments that the constructor, and the function if there is one, are observed to have."""
        name = cases.scenario(SIGNATURES, self.side.surface).id
        seen = self.side.record["observations"].get(name, {})
        return {argument[0] for part in ("class", "function") for argument in seen.get(part, [])}

    def has(self, fact: "str | list[str]") -> bool:
        """Whether a fact is true of this side; of a list, whether one of them is.

        Raises:
            ValueError: it is not written as a fact is.
        """
        if isinstance(fact, list):
            return any(self.has(one) for one in fact)
        name, _, value = fact.partition(": ")
        if name == "surface":
            return self.side.surface in value.split(" or ")
        if name == "tensorflow":
            return _RELEASES[value](environment(self.side.record).tensorflow)
        if name == "lacks":
            return bool(self.arguments) and value not in self.arguments
        if value not in VERDICTS:
            raise ValueError(f"{fact!r} is no fact")
        return self.verdict(name) == value

    def claims_in(self, facts: "Iterable[str | list[str]]") -> list[str]:
        """The claims that facts speak of and that are true of this side, in their order."""
        flat = [one for fact in facts for one in (fact if isinstance(fact, list) else [fact])]
        names = [one.partition(": ")[0] for one in flat if self.has(one)]
        return [name for name in names if name not in OTHER_FACTS]
