"""The files of a gate's report: gate.json, summary.md, log.txt, and programs that show what changed."""

import contextlib
import json
from pathlib import Path

from support import comparison, standalone
from support.comparison import Behaviour, Side
from support.gate_judgement import Judgement
from support.gate_report import Report, as_data, as_markdown
from support.terminal import NOT_JUDGED

PAGE = 500_000  # bytes of programs on the page: a CI summary holds 1 MiB


def write(report: Report, folder: Path) -> None:
    """The report as data and as a page; the log of a run that could not be judged.

    Raises:
        OSError: they cannot be written.
    """
    left = PAGE
    for name in filter(None, map(report.script_of, report.told)):
        text = (folder / name).read_text()
        left -= len(text.encode())
        if left > 0:
            report.programs[name] = text
    (folder / "gate.json").write_text(json.dumps(as_data(report), indent=1) + "\n")
    (folder / "summary.md").write_text(as_markdown(report))
    if report.run.log and report.judgement.code == NOT_JUDGED:
        (folder / "log.txt").write_text(report.run.log)


def write_scripts(judgement: Judgement, seen: dict, base_name: str, base: dict, folder: Path) -> dict[Behaviour, str]:
    """For each behaviour that changed, a program that shows it and holds it against the baseline.

    Returns:
        behaviour -> the file that shows it, of those that can be told as one program.

    Raises:
        OSError: they cannot be written.
    """
    env, scripts = comparison.environment(seen), {}
    for known in comparison.known_cases().values():  # those of a run before; nothing else that may lie there
        (folder / standalone.file_name(known)).unlink(missing_ok=True)
    for behaviour in judgement.behaviours:
        subjects = [behaviour.told.shown_by, *(change.subject for change in behaviour.changes)]
        case = next((case for subject in subjects for case in comparison.observed_in(subject)), None)
        if case is None:
            continue
        side = Side(base_name, case.surface, base)
        with contextlib.suppress(standalone.NotStandalone):
            text = standalone.script(case, env, base["observations"].get(case.id), str(side))
            folder.mkdir(exist_ok=True)
            (folder / standalone.file_name(case)).write_text(text)
            scripts[behaviour] = f"{folder.name}/{standalone.file_name(case)}"
    return scripts
