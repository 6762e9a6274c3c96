"""A pytest plugin for official tests: which lines of some files does each test execute?

    python -m pytest -p lines_by_official_test ...        with this folder and ``scripts`` on PYTHONPATH

BATCHNORM_LINES holds ``{"files": [...], "out": FILE}``; FILE gets ``{test: {file: [lines]}}``, and under ``""`` what
ran outside of any test: while TensorFlow and the tests were imported.
"""

import json
import os
from typing import Any

import pytest
from support.executed_lines import ExecutedLines

ASKED = json.loads(os.environ["BATCHNORM_LINES"])
LINES = ExecutedLines(ASKED["files"])
EXECUTED: dict[str, Any] = {"": {}}


def note(test):
    """What ran since the last note."""
    for file, lines in LINES.take().items():
        found = EXECUTED.setdefault(test, {}).setdefault(file, [])
        found += [line for line in lines if line not in found]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """One test, with its set-up and what follows."""
    note("")
    yield
    EXECUTED.setdefault(item.nodeid, {})
    note(item.nodeid)


def pytest_sessionfinish():
    """Write everything."""
    note("")
    with open(ASKED["out"], "w") as out:
        json.dump(EXECUTED, out)
