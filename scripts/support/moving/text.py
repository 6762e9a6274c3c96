"""A report as lines that a person reads: two screens, unless everything is asked for."""

import re
from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

from support.moving.areas import EVERYDAY
from support.moving.report import HELD, Entry, Report, Seen
from support.words.switches import BETTER, GONE, RAISES, SILENT

WIDTH = 100
SCREENS = 100  # lines of two screens
MENDED = 6  # lines for what is true now, before changes that are not everyday ones are told at length
GOES, COMES = "No longer true, or gone", "Better now"
SHOWS = {SILENT: "silent", RAISES: "raises", GONE: "gone", BETTER: "better"}


def lines(told: Report, everything: bool = False) -> list[str]:
    """The report, at most about two screens of it; ``everything``: with all statements and details."""
    found = [*head(told), *_seen("Not as the tables have it", told.unexpected)]
    changes = [entry for entry in told.entries if entry.kind != BETTER]
    better = [entry for entry in told.entries if entry.kind == BETTER]
    if everything:
        found += _whole(changes) + _whole(better, COMES)
        found += _statements(told, GOES, [one for one in told.statements if one.kind != BETTER])
        found += _statements(told, "True now", [one for one in told.statements if one.kind == BETTER])
        found += _seen("Programs that answer otherwise, though no statement turned", told.details)
        return found
    end, extra = _better_in_short(better), _mended(told)
    if not told.entries:
        end += _seen("Programs that answer otherwise", told.details)
    more, everyday = _more(told), sum(entry.area == EVERYDAY for entry in changes)
    for count in range(len(changes), -1, -1):
        shown = [*found, *_whole(changes[:count]), *_in_short(changes[count:])]
        free = SCREENS - len(shown) - len(end) - len(more)
        wanted = min(sum(map(len, extra)), MENDED) if count > everyday else 0
        if free >= wanted or count == 0:
            break
    for title, pieces in ((GOES, _statements_in_short(told)), (COMES, extra)):
        first = [] if title == COMES and better else ["", title.upper()]
        fitting = _fitting([[*first, *pieces[0]], *pieces[1:]], free) if pieces else []
        free -= len(fitting)
        shown, end = (shown + fitting, end) if title == GOES else (shown, end + fitting)
    return [*shown, *end, *more]


def _fitting(pieces: list[list[str]], free: int) -> list[str]:
    """The first pieces, as many as there is room for."""
    found: list[str] = []
    for piece in pieces:
        if len(found) + len(piece) > free:
            break
        found += piece
    return found


def head(told: Report) -> list[str]:
    """What is compared, and how much there is."""
    counts = {kind: sum(entry.kind == kind for entry in told.entries) for kind in SHOWS}
    changes = sum(counts.values()) - counts[BETTER]
    parts = [
        f"{counts[SILENT]} silent, without any error" if counts[SILENT] else "",
        f"{_many(counts[RAISES], 'raises', 'raise')} an error" if counts[RAISES] else "",
        f"{_many(counts[GONE], 'is', 'are')} about what is gone" if counts[GONE] else "",
    ]
    said = []
    if told.unexpected:
        said.append(_many(len(told.unexpected), "change", "changes") + " that nobody expected")
    if changes:
        said.append(f"{_many(changes, 'change', 'changes')} ({'; '.join(filter(None, parts))})")
    if counts[BETTER]:
        said.append(f"{_many(counts[BETTER], 'thing is', 'things are')} better")
    words = ", ".join(said) or "no change"
    if not said and told.details:
        words += f" of what is documented; {_many(len(told.details), 'program answers', 'programs answer')} otherwise"
    found = wrap(f"{told.before} → {told.after}: {words}.{' The most common first.' * bool(changes)}", WIDTH)
    return found + [piece for line in told.bits for piece in wrap(f"{line}.", WIDTH)]


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _seen(title: str, every: tuple[Seen, ...]) -> list[str]:
    found = ["", title.upper()] if every else []
    packages = {one.also_changed for one in every}
    for one in every:
        found += wrap(f"* {one.heading}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
        parts = {"done": one.done, "was": one.was, "now": one.now}
        parts |= {"should": one.expected, "also": one.also_changed if len(packages) > 1 else ""}
        for name, said in parts.items():
            found += _field(name, said) if said else []
    if len(packages) == 1 and packages != {""}:
        found += wrap(f"Beside that changed, and may have a part in it: {packages.pop()}.", WIDTH)
    return found


def _field(name: str, words: str) -> list[str]:
    return wrap(
        words, WIDTH, initial_indent=f"  {name:<6} ", subsequent_indent=" " * 9, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _entry(entry: Entry) -> Iterator[str]:
    yield f"* {entry.title} [{_marks(entry)}]"
    yield from _field("was", entry.was)
    yield from _field("now", entry.now)
    yield from _field("write" if entry.kind != BETTER else "so", entry.instead)
    rests = f"switch {entry.switches[0]}" if entry.switches else f"claim {entry.claims[0]}"
    yield from _field("see", f"{rests}, {entry.sources[0]}")


def _marks(entry: Entry) -> str:
    return ", ".join(filter(None, [SHOWS[entry.kind], f"since {entry.since}" if entry.since else ""]))


def _whole(entries: list[Entry], title: str = "") -> list[str]:
    found = ["", title.upper()] if title and entries else []
    for area, group in groupby(entries, key=lambda entry: entry.area):
        if not title:
            found += ["", area.title.upper()]
        for entry in group:
            found += _entry(entry)
    return found


def _in_short(entries: list[Entry]) -> list[str]:
    if not entries:
        return []
    found = ["", "LESS COMMON, WITH WHAT TO WRITE"]
    for entry in entries:
        first = re.split(r"(?<=[.!?]) (?=[A-Z])", entry.instead)[0]
        words = f"* {entry.title} [{_marks(entry)}]: {first}"
        found += wrap(words, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return found


def _better_in_short(entries: list[Entry]) -> list[str]:
    if not entries:
        return []
    return ["", COMES.upper(), *(f"* {entry.title}" for entry in entries)]


def _statements_in_short(told: Report) -> list[list[str]]:
    """Statements that are not true any more, each with what to do, in its lines."""
    gone = [one for one in told.statements if one.kind != BETTER]
    sentences = [f"* {one.title} Instead: {one.instead}" if one.instead else f"* {one.title}" for one in gone]
    return [wrap(sentence, WIDTH, subsequent_indent="  ", break_on_hyphens=False) for sentence in sentences]


def _mended(told: Report) -> list[list[str]]:
    """Statements that are true now, each in its lines."""
    return [
        wrap(f"* {one.title}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
        for one in told.statements if one.kind == BETTER
    ]  # fmt: skip


def _more(told: Report) -> list[str]:
    parts = []
    if told.statements:
        parts.append(
            _many(len(told.statements), "documented statement", "documented statements") + " with another answer"
        )
    if told.details and told.entries:
        parts.append(_many(len(told.details), "program", "programs") + " that answer otherwise in detail")
    more = f"--all tells all of it{', with ' + ' and '.join(parts) if parts else ''}; --json is the same as data."
    out = ""
    if told.left_out:
        out = f" Left out: {_many(told.left_out, 'statement', 'statements')} about what only {told.after} has."
    return ["", *wrap(more + out, WIDTH)] if told.entries or parts else []


def _statements(told: Report, title: str, entries: list[Entry]) -> list[str]:
    if not entries:
        return []
    found = ["", title.upper()]
    for entry in entries:
        words = f"* {entry.title}" + (f" (since {entry.since})" if entry.since else "")
        found += wrap(words, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
        if entry.now not in HELD.values():
            found += [*_field("was", entry.was), *_field("now", entry.now)]
        elif entry.kind == GONE:
            found += _field("now", f"There is no such thing in {told.after}.")
        found += _field("write", entry.instead) if entry.instead else []
        found += _field("see", f"claim {entry.id}, {entry.sources[0]}")
    return found
