"""Moving from one API and release to another: the report of scripts/compare.py, as pages."""

from itertools import groupby

from fixtures import cases
from support import comparison, moving, releases
from support.comparison import Side
from support.pages.common import recorded, timeline
from support.site import moves
from support.site.render import Site
from support.site.told import named

KERAS_2, KERAS_3 = (cases.TF_KERAS_BUNDLED, "2.15.1"), (cases.KERAS3, "")  # no release: the newest stable one
# The moves that are often made: from, and where to.
ROUTES = (
    ((cases.TF_LAYERS, "1.15.5"), ((cases.TF_LAYERS, ""), KERAS_2, (cases.TF_KERAS, ""), KERAS_3)),
    ((cases.TF_LAYERS, ""), (KERAS_3,)),
    ((cases.TF_KERAS_BUNDLED, "1.15.5"), (KERAS_2, (cases.TF_KERAS, ""), KERAS_3)),
    ((cases.TF_KERAS_BUNDLED, "2.4.4"), (KERAS_2, KERAS_3)),
    ((cases.TF_KERAS_BUNDLED, "2.9.3"), (KERAS_3,)),
    (KERAS_2, ((cases.TF_KERAS, ""), KERAS_3)),
    ((cases.KERAS_V1, "2.15.1"), (KERAS_3,)),
    ((cases.TF_KERAS, ""), (KERAS_3,)),
    ((cases.KERAS3, "keras-3.0.5"), (KERAS_3,)),
    ((cases.KERAS3, "keras-3.9.2"), (KERAS_3,)),
    (KERAS_3, ((cases.KERAS3, releases.KERAS_NIGHTLY),)),
)
SHOWS = {"silent": "silent", "raises": "an error tells", "gone": "gone", "better": "better now"}


def side(surface: str, release: str) -> Side | None:
    """A recorded side; the newest stable one where no release is named, None where there is no record."""
    if not release:
        line = "keras" if surface == cases.KERAS3 else "tensorflow"
        release = next((one.name for one in releases.recorded(line) if one.name in recorded()), "")
    return next((one for one in timeline(surface) if one.name == release), None)


def path(before: Side, after: Side) -> str:
    """Where the page of a route is."""
    return f"migration/{before}--{after}.html".replace("@", "-")


def write(site: Site) -> None:
    """The page on which any two sides are chosen, and a page for each move that is often made."""
    listed: dict[str, list[tuple[str, str, int]]] = {}
    paths: dict[tuple[str, str], str] = {}
    for origin, goals in ROUTES:
        for goal in goals:
            before, after = side(*origin), side(*goal)
            if before is None or after is None or str(before) == str(after):
                continue
            told = moving.report(comparison.compare(before, after))
            changes = [entry for entry in told.entries if entry.kind != "better"]
            better = [entry for entry in told.entries if entry.kind == "better"]
            areas = [(area, list(rows)) for area, rows in groupby(changes, key=lambda entry: entry.area)]
            site.page(
                path(before, after), "moving.html", before=named(before), after=named(after), told=told, areas=areas,
                better=better, shows=SHOWS, count=len(changes), command=f"uv run scripts/compare.py {before} {after}",
            )  # fmt: skip
            paths[str(before), str(after)] = path(before, after)
            listed.setdefault(named(before), []).append((named(after), path(before, after), len(changes)))
            site.index(
                path(before, after), "migration", f"From {named(before)} to {named(after)}", "",
                "migrate migration upgrade port move", phrases=[entry.title for entry in changes],
            )  # fmt: skip
    site.page("migration/index.html", "migration.html", listed=listed)
    moves.write(site, paths, SHOWS)
