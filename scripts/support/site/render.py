"""Templates filled and written: all text is escaped, and every page knows the way to the first one."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import jinja2
import markupsafe
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, String

from support import threads
from support.pages.reports import name as report_name
from support.reports import Report
from support.site import reasons

TEMPLATES = Path(__file__).resolve().parents[2] / "site_templates"
NAVIGATION = (
    ("Your release", "index.html"),
    ("Questions", "questions/index.html"),
    ("Which row is mine?", "which.html"),
    ("Behaviour", "behaviour.html"),
    ("Releases", "releases/index.html"),
    ("Migration", "migration/index.html"),
    ("Pictures", "pictures/index.html"),
    ("Findings", "findings/index.html"),
    ("Reports", "reports/index.html"),
)
COLOURED = ((Comment, "c"), (String, "s"), (Keyword, "k"))


def plain(text: str) -> markupsafe.Markup:
    """A text between tags: quotation marks, of which programs are full, need no escape there."""
    return markupsafe.Markup(escape(text, quote=False))


def python(text: str) -> markupsafe.Markup:
    """A program with comments, strings and keywords marked; its text stays what it is."""
    tokens = PythonLexer(stripnl=False, ensurenl=False).get_tokens(text)
    styled = ((next((style for group, style in COLOURED if kind in group), None), part) for kind, part in tokens)
    lines = []
    for style, parts in groupby(styled, key=itemgetter(0)):
        safe = plain("".join(part for _, part in parts))
        lines.append(markupsafe.Markup('<span class="{}">{}</span>').format(style, safe) if style else safe)
    return markupsafe.Markup("").join(lines)


@dataclass(frozen=True)
class Line:
    """A line of a program on a page.

    Attributes:
        text: marked up, with its end.
        indent: how many spaces it begins with.
        differs: whether the program beside it has no such line there.
    """

    text: markupsafe.Markup
    indent: int
    differs: bool


def lines(text: str, same: Iterable[int] | None = None) -> list[Line]:
    """The lines of a program; those differ whose numbers are not in ``same``, none where it is not given."""
    found, still_open = [], ""
    plain_lines, marked = text.splitlines(keepends=True), str(python(text)).splitlines(keepends=True)
    for number, (part, whole) in enumerate(zip(marked, plain_lines, strict=True)):
        # What began on an earlier line, as a long string does, is ended with each line and begins again with the next.
        shown = still_open + part
        tags = re.findall(r"<span[^>]*>|</span>", shown)
        still_open = tags[-1] if tags and tags[-1] != "</span>" else ""
        indent = len(whole) - len(whole.lstrip(" "))
        differs = same is not None and bool(whole.strip()) and number not in same
        found.append(Line(markupsafe.Markup(shown + ("</span>" if still_open else "")), indent, differs))
    return found


def compared(wrong: str, right: str) -> dict[str, list[Line]]:
    """Kind -> lines of both programs of a question, those marked in which they differ; none where one is empty."""
    if not wrong or not right:
        return {"wrong": lines(wrong), "right": lines(right)}
    texts = wrong.splitlines(), right.splitlines()
    blocks = difflib.SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
    return {
        "wrong": lines(wrong, {one.a + step for one in blocks for step in range(one.size)}),
        "right": lines(right, {one.b + step for one in blocks for step in range(one.size)}),
    }


def address(text: str) -> str:
    """An address as it is read: without its scheme, and short."""
    shown = re.sub(r"^https?://(www\.)?", "", text).rstrip("/")
    return shown if len(shown) <= 90 else shown[:60] + "…" + shown[-28:]


def addresses(text: str) -> list[str]:
    """All addresses in a text."""
    return re.findall(r"https?://[^\s,;)]+", text)


def thread_numbers(texts: Iterable[str]) -> str:
    """The numbers of issues and pull requests in some addresses, each a word."""
    return " ".join(dict.fromkeys(re.findall(r"/(?:issues|pull)/(\d+)", " ".join(texts))))


def release_name(name: str) -> str:
    """``keras-3.15.1`` -> ``Keras 3.15.1``; ``2.15.1`` -> ``TensorFlow 2.15.1``."""
    return f"Keras {name.removeprefix('keras-')}" if name.startswith("keras-") else f"TensorFlow {name}"


def report_file(report: Report) -> str:
    """File name of a report's page."""
    words = re.sub(r"[^a-z0-9]+", "-", report.address.split("://", 1)[1].lower()).strip("-")
    return f"{words.removeprefix('github-com-')}.html"


@dataclass(frozen=True)
class Indexed:
    """What the search knows of a page.

    Attributes:
        kind: of page.
        title: of it.
        shown: the text below the title.
        words: that are searched beside them, and not shown.
        names: what else it is called: the words of people who look for it.
        answers: the pages that answer what is told there, the one that does so most first.
        phrases: what else it says, shown where words of it were asked for.
        not_so: where what is shown does not hold, and nothing where it holds everywhere.
    """

    kind: str
    title: str
    shown: str = ""
    words: str = ""
    names: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    not_so: str = ""


class Site:
    """The pages of one site, as they are written.

    Attributes:
        folder: where they go.
        written: path below it -> bytes.
        indexed: path -> what the search knows of a page.
    """

    def __init__(self, folder: Path, **common: Any) -> None:
        """``common`` is what every template may use."""
        self.folder = folder
        self.written: dict[str, int] = {}
        self.indexed: dict[str, Indexed] = {}
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        filters: dict[str, Callable] = {
            "plain": plain, "python": python, "address": address, "addresses": addresses, "release_name": release_name,
            "in_short": reasons.in_short, "not_so": reasons.not_so, "reasons": reasons.reasons,
            "unmeasured": reasons.unmeasured,
            "report_name": lambda report: report_name(report.address), "report_file": report_file,
        }  # fmt: skip
        self.templates.filters.update(filters)
        self.templates.globals.update(
            {"navigation": NAVIGATION, "repository": "", "thread_titles": threads.titles(), **common}
        )

    def page(self, path: str, template: str, **given: Any) -> None:
        """Fill a template and write it."""
        root = "../" * path.count("/")
        text = self.templates.get_template(template).render(root=root, here=path, **given)
        self.file(path, re.sub(r"\n\s*\n+", "\n", text) if "<pre" not in text else text)

    def file(self, path: str, text: str) -> None:
        """Write a text."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self.written[path] = len(text.encode())

    def index(
        self, path: str, kind: str, title: str, shown: str = "", words: str = "", *, names: Iterable[str] = (),
        answers: Iterable[str] = (), phrases: Iterable[str] = (), not_so: str = "",
    ) -> None:  # fmt: skip
        """Let the search find a page: first, if its title or another of its names has all the words asked for."""
        self.indexed[path] = Indexed(kind, title, shown, words, tuple(names), tuple(answers), tuple(phrases), not_so)
