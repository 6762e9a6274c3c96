"""Packages beside the one under test that differ between two records: another cause of what changed."""

from dataclasses import dataclass

from fixtures import cases
from support.comparison.identity import Side


@dataclass(frozen=True)
class Package:
    """A package, or Python, that differs.

    Attributes:
        name: as records spell it.
        before: its version on the first side.
        after: on the second; ``"none"`` where it is not there any more.
    """

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name} {self.before} → {self.after}"


def beside(record: dict) -> dict[str, str]:
    """What a record was made with that is not under test, but can change what TensorFlow does."""
    made = record["provenance"]
    return {"Python": made["python"], "numpy": made["numpy"], **made.get("beside", {})}


def other_packages(before: dict, after: dict) -> tuple[Package, ...]:
    """Packages beside TensorFlow and Keras, and Python, that differ between two records as far as both tell of them."""
    then, now = beside(before), beside(after)
    if "beside" in after["provenance"]:  # an older record does not tell of all packages
        now = {**dict.fromkeys(then, "none"), **now}
    return tuple(Package(n, then[n], now[n]) for n in then if now.get(n, then[n]) != then[n])


def also_changed(before: Side, after: Side) -> tuple[Package, ...]:
    """Packages beside the one under test that can have changed what it does: a patch of Python is none of them.

    TensorFlow is one where Keras 3 is what was released.
    """
    found = [
        package for package in other_packages(before.record, after.record)
        if package.name != "Python" or package.before.split(".")[:2] != package.after.split(".")[:2]
    ]  # fmt: skip
    if before.surface == after.surface == cases.KERAS3 and before.version != after.version:
        then, now = (side.record["provenance"]["tensorflow"] for side in (before, after))
        found += [Package("tensorflow", then, now)] if then != now else []
    return tuple(found)
