"""Pictures of what was observed, release by release: bars of like behaviour, as plain SVG."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from support import ranges

PAPER = "#fff"
UNMEASURED = "#f6f0dc"  # neither the paper nor a verdict
CELL = 22  # pixels that one release is wide
ROW = 18
TEXT = {"font-family": "sans-serif", "font-size": "11", "fill": "#222"}


@dataclass
class Strip:
    """One line: a label, and a value for each release.

    Attributes:
        label: what the line is about.
        values: pairs of release and value, in order; ``ranges.NOT_YET`` is a value.
    """

    label: str
    values: Sequence[tuple[str, str]]

    @property
    def runs(self) -> Iterator[tuple[int, int, str, str]]:
        """Neighbours with one value: how far from the left, how many, their range, the value."""
        left = 0
        for name, value, releases in ranges.fold(self.values):
            yield left, len(releases), name, value
            left += len(releases)


@dataclass
class Panel:
    """Lines under one title that share their releases.

    Attributes:
        title: what they have in common.
        strips: the lines.
        note: what is to be said below them, or nothing.
    """

    title: str
    strips: list[Strip] = field(default_factory=list)
    note: str = ""


class Drawing:
    """An SVG image in the making."""

    def __init__(self, words: str) -> None:
        """``words`` say what it shows, to those who do not see it."""
        self.root = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
        ElementTree.SubElement(self.root, "title").text = words
        self.width = self.height = 0.0
        self.paper = ElementTree.SubElement(self.root, "rect", {"width": "100%", "height": "100%", "fill": PAPER})

    def text(self, x: float, y: float, words: str, **more: str) -> None:
        """Words whose base line begins at a point."""
        given = {name.replace("_", "-"): value for name, value in more.items()}
        element = ElementTree.SubElement(self.root, "text", {"x": f"{x:g}", "y": f"{y:g}", **TEXT, **given})
        element.text = words
        if "transform" not in more:
            self.reach(x + 0.56 * float(element.get("font-size", "11")) * len(words), y + 4)

    def box(self, x: float, y: float, width: float, height: float, fill: str, words: str) -> None:
        """A rectangle that tells its words to who points at it."""
        place = {"x": f"{x:g}", "y": f"{y:g}", "width": f"{width:g}", "height": f"{height:g}", "fill": fill}
        element = ElementTree.SubElement(self.root, "rect", place)
        ElementTree.SubElement(element, "title").text = words
        self.reach(x + width, y + height)

    def reach(self, x: float, y: float) -> None:
        """Grow to hold a point."""
        self.width, self.height = max(self.width, x), max(self.height, y)

    def svg(self) -> str:
        """The file."""
        size = (self.width + 12, self.height + 8)
        self.root.set("viewBox", f"0 0 {size[0]:g} {size[1]:g}")
        self.root.set("width", f"{size[0]:g}")
        self.root.set("height", f"{size[1]:g}")
        ElementTree.indent(self.root, " ")
        return ElementTree.tostring(self.root, encoding="unicode") + "\n"


def legend(drawing: Drawing, y: float, colours: dict[str, str]) -> float:
    """What the colours mean, side by side; the height below."""
    x = 12.0
    for words, fill in colours.items():
        drawing.box(x, y, 12, 12, fill, words)
        drawing.text(x + 17, y + 10, words)
        x += 36 + 6.2 * len(words)
    return y + 12 + ROW


def with_unmeasured(colours: dict[str, str], strips: Iterable[Strip]) -> dict[str, str]:
    """The colours, and that of what was not measured yet where there is such a thing."""
    missing = any(value == ranges.NOT_YET for strip in strips for _, value in strip.values)
    return {**colours, ranges.NOT_YET: UNMEASURED} if missing else colours


def bars(words: str, panels: Sequence[Panel], colours: dict[str, str]) -> str:
    """Panels of bars, wide enough for words, each panel with its releases above it.

    Args:
        words: what the picture shows.
        panels: what to draw.
        colours: value -> fill; a value that is not among them is drawn in the last one's.

    Returns:
        The SVG file.
    """
    drawing, left = Drawing(words), 205.0
    y = legend(drawing, 12, with_unmeasured(colours, (strip for panel in panels for strip in panel.strips)))
    other = list(colours.values())[-1]
    for panel in panels:
        y += 14
        drawing.text(12, y, panel.title, font_weight="bold")
        y += 26
        for number, (release, _) in enumerate(panel.strips[0].values):
            x = left + number * CELL + CELL / 2 + 3
            drawing.text(x, y, ranges.minor(release), font_size="9", transform=f"rotate(-50 {x:g} {y:g})")
        y += 6
        for strip in panel.strips:
            drawing.text(12, y + 12, strip.label)
            for start, count, name, value in strip.runs:
                width = count * CELL
                fill = UNMEASURED if value == ranges.NOT_YET else colours.get(value, other)
                drawing.box(left + start * CELL, y, width - 1, ROW - 2, fill, f"{name}: {value}")
                if 5.6 * len(value) < width:
                    drawing.text(left + start * CELL + 5, y + 12, value, font_size="10")
            y += ROW
        if panel.note:
            drawing.text(left, y + 9, panel.note, font_size="9")
            y += ROW
        y += 6
    return drawing.svg()
