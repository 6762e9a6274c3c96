"""Which lines of some files run, by the interpreter's own events (Python ≥ 3.12); runs inside an environment."""

import sys
from typing import Any


class ExecutedLines:
    """Notes the lines of the files that run; functions of other files are looked at once, and cost nothing more."""

    TOOL = 1  # sys.monitoring.COVERAGE_ID

    def __init__(self, files: list[str]) -> None:
        self.files = files
        self.found: dict[str, set[int]] = {file: set() for file in files}
        events = sys.monitoring.events
        sys.monitoring.use_tool_id(self.TOOL, "executed lines")
        sys.monitoring.register_callback(self.TOOL, events.PY_START, self.start)
        sys.monitoring.register_callback(self.TOOL, events.LINE, self.line)
        sys.monitoring.set_events(self.TOOL, events.PY_START)

    def start(self, code: Any, offset: int) -> Any:
        """A function begins for the first time: follow its lines if its file is among ours."""
        file = code.co_filename.partition("site-packages/")[2]
        if file in self.found:
            sys.monitoring.set_local_events(self.TOOL, code, sys.monitoring.events.LINE)
        return sys.monitoring.DISABLE

    def line(self, code: Any, number: int) -> Any:
        """A line is about to run for the first time since the last ``take()``."""
        self.found[code.co_filename.partition("site-packages/")[2]].add(number)
        return sys.monitoring.DISABLE

    def take(self) -> dict[str, list[int]]:
        """What ran since the last call."""
        taken = {file: sorted(lines) for file, lines in self.found.items() if lines}
        for lines in self.found.values():
            lines.clear()
        sys.monitoring.restart_events()
        return taken
