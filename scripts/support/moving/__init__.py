"""What moving teams are told: the changes between two recorded surfaces, in their words, with what to write instead."""

from support.moving.report import Entry, Report, report
from support.moving.switches import turn, turns
from support.moving.text import lines

__all__ = ["Entry", "Report", "lines", "report", "turn", "turns"]
