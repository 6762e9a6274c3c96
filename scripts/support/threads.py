"""The threads that claims cite: what their readers know them by, in ``scripts/reports/threads.toml``."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fixtures.claims import Claim
from support import reports

THREADS = Path(__file__).resolve().parent.parent / "reports" / "threads.toml"


@dataclass(frozen=True)
class Thread:
    """A public thread that is the source of a claim, or of a reason for its verdict, and no report of the list.

    Attributes:
        address: where it is public.
        title: word for word: what somebody who comes from there searches for.
        error: the last line of the error in the thread, or its beginning, as the library prints it.
    """

    address: str
    title: str
    error: str = ""


def load(path: Path = THREADS) -> list[Thread]:
    """The threads of a file, in its order.

    Raises:
        ValueError: a thread lacks a field, or has one that is not known.
    """
    return reports.entries(path, "thread", Thread)


@cache
def by_address() -> dict[str, Thread]:
    """Address -> its thread; not those of the list of reports."""
    return {thread.address: thread for thread in load()}


@cache
def titles() -> dict[str, str]:
    """Address -> what its thread is called, where it is known: of the reports as well."""
    known = {report.address: report.title for report in reports.load() if report.title}
    return known | {address: thread.title for address, thread in by_address().items()}


def cited(claim: Claim) -> list[str]:
    """The addresses that a claim rests on: its sources, and those of the reasons for its verdicts; each once."""
    reasons = [since.because for history in claim.verdicts.values() for since in history if since.because]
    return list(dict.fromkeys([*claim.sources, *(because.source for because in reasons)]))


def of_claim(claim: Claim) -> list[Thread]:
    """The threads that a claim rests on, and that are no report of the list."""
    return [by_address()[address] for address in cited(claim) if address in by_address()]


def problems(threads: Iterable[Thread], cited: Collection[str], reported: Collection[str]) -> list[str]:
    """Everything that is wrong with a list, in sentences.

    Args:
        threads: the list.
        cited: the addresses that claims and reasons cite.
        reported: the addresses of the list of reports.
    """
    found, addresses = [], set()
    for thread in threads:
        wrong = reports.line_problems(thread.title, thread.error)
        if thread.address in addresses:
            wrong.append("it is in the list twice")
        addresses.add(thread.address)
        if thread.address in reported:
            wrong.append("it is a report of the list of reports, which tells its title")
        if thread.address not in cited:
            wrong.append("no claim cites it")
        found += [f"{thread.address}: {problem}." for problem in wrong]
    return found
