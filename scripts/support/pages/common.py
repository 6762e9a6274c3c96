"""What all pages share: the records in order, the observations of a side, titles, and tables in Markdown."""

import functools

from fixtures import cases
from fixtures.record import Broken, restore
from support import comparison, releases, standing
from support.comparison import Side

TITLES = {
    cases.TF_LAYERS: "tf.compat.v1.layers (and tf.layers of TensorFlow 1)",
    cases.TF_KERAS_BUNDLED: "tf.keras, as TensorFlow up to 2.15 carries it",
    cases.TF_KERAS: "tf_keras, Keras 2 beside TensorFlow",
    cases.KERAS3: "Keras 3",
    cases.KERAS_V1: "tf.compat.v1.keras",
}


@functools.cache
def unusable() -> dict[str, str]:
    """Why a record cannot be used, by release: once this was called, pages are made of the others alone."""
    _leave_out.append(True)
    return _read()[1]


_leave_out: list[bool] = []


@functools.cache
def _read() -> tuple[dict[str, dict], dict[str, str]]:
    found, broken = {}, {}
    for name, release in releases.calendar().items():
        if release.record.is_file():
            try:
                found[name] = standing.read(release.record)
            except Broken as error:
                broken[name] = str(error)
    return found, broken


def recorded() -> dict[str, dict]:
    """What stands of every record, by release, in order.

    Raises:
        Broken: one of them cannot be used, and nobody asked which (:func:`unusable`).
    """
    found, broken = _read()
    if broken and not _leave_out:
        raise Broken(next(iter(broken.values())))
    return found


@functools.cache
def timeline(surface: str) -> tuple[Side, ...]:
    """The recorded sides of a surface in order: Keras 3 by its own releases, all others by TensorFlow's."""
    line = "keras" if surface == cases.KERAS3 else "tensorflow"
    known = releases.calendar()
    return tuple(
        Side(name, surface, seen) for name, seen in recorded().items()
        if known[name].line == line and surface in held(name)
    )  # fmt: skip


@functools.cache
def held(name: str) -> list[str]:
    """The surfaces that the record of a release holds."""
    return comparison.surfaces(recorded()[name])


def seen_by(side: Side, case: cases.Case) -> dict | None:
    """One observation of a side, numbers as arrays; None when it was not made."""
    found = side.record["observations"].get(case.id)
    return None if found is None else restore(found)


def grid(header: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in lines]
