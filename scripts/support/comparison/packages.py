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


def also_changed(before: Side, after: Side) -> tuple[Package, ...]:
    """Packages beside the one under test that differ between two sides.

    TensorFlow is one of them where Keras 3 is what was released. A patch of Python is none, and an older record does
    not tell of all packages.
    """
    then, now = beside(before.record), beside(after.record)
    if "beside" in after.record["provenance"]:
        now = {**dict.fromkeys(then, "none"), **now}
    then["Python"], now["Python"] = (made["Python"].rpartition(".")[0] for made in (then, now))
    if before.surface == after.surface == cases.KERAS3 and before.version != after.version:
        then["tensorflow"], now["tensorflow"] = (
            side.record["provenance"]["tensorflow"] for side in (before, after)
        )  # fmt: skip
    return tuple(Package(n, then[n], now[n]) for n in then if now.get(n, then[n]) != then[n])
