"""The gate's report as a stranger reads it: in a terminal, on the page of a CI job, and as data."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from support import comparison, environments, gate_files, gate_judgement, gate_report, releases, running, standing

from fixtures import record, summary

INSIDE = r"in the programs that decide|silent: |was holds|is refuted|\b(scenario|observation) [a-z]+\.[a-z]+\b|…\]"


def reported(before, after, line="tensorflow"):
    """The report on one release as if it were the candidate."""
    old, new = (standing.read(releases.calendar()[name].record) for name in (before, after))
    run = running.Run(record=new)
    found = gate_judgement.findings(after, run, before, old)
    judgement = gate_judgement.judge(run, found)
    report = gate_report.Report(environments.Target(after, line=line), run, judgement, before)
    return report, old


@pytest.fixture(scope="module")
def keras():
    """Keras 3.16's nightly beside 3.15.1: one upstream change is behind most of it."""
    return reported("keras-3.15.1", "keras-nightly", "keras")


def test_first_lines_say_what_to_know(keras):
    """The verdict, what was judged, what most changes have in common, then a line for each."""
    text = gate_report.as_text(keras[0])
    first, second, _, third = text.splitlines()[:4]
    assert first.startswith("NO: Keras 3.16.0")
    assert second.startswith("Judged: keras against the record of keras-3.15.1.")
    assert re.match(r"\[A\] \d+ of the \d+ changes have in common, all of: in a functional model; the value of", third)
    assert "  1  regression " in text


def test_a_change_is_told_with_what_was_done_was_and_is(keras):
    """And with the statement, its address and the advice of the registry."""
    text = gate_report.as_text(keras[0])
    (told,) = re.findall(r"^\d+\. REGRESSION: \[A\] Moving statistics across predict\(\)\n(.*?)\n\n", text, re.M | re.S)
    labels = re.findall(r"^    (\S[a-z, ]+?)  +", told, re.M)
    assert labels[:3] == ["done", "was", "now"]
    assert "    done         predict() of a functional model built with training=True\n" in told
    assert "    was          moving mean: not updated, [0.5, 2, 3.5]\n" in told
    assert "    now          updated by up to 0.109, to [0.6094, 2.078, 3.557]\n" in told
    assert "    documented   A call of predict() " in told


@pytest.mark.parametrize("held", [(), ("True",), ("False", "True", "None")])
def test_the_table_has_what_was_looked_at(keras, held):
    """A quick gate asks few cells or none: no wall of "not observed", and no empty table."""
    whole = keras[0].run.record
    cells = {summary.case_of("keras", *row).id: row[0] for row in summary.ROWS}
    seen = {name: one for name, one in whole["observations"].items() if name not in cells or cells[name] in held}
    report = replace(keras[0], run=running.Run(record={**whole, "observations": seen}))
    for text in (gate_report.as_text(report), gate_report.as_markdown(report)):
        assert "not observed" not in text
        shown = {line.split("|")[0].strip() for line in text.splitlines() if re.match(r" (True|False|None) +\|", line)}
        assert shown == set(held)


@pytest.mark.parametrize("of", [gate_report.as_text, gate_report.as_markdown])
def test_no_inside_words(keras, of):
    """Nothing that only this suite calls so, and no dump that is cut off."""
    told = re.sub(r"scripts/\S+\.py|^\"keras .*$|`scripts[^`]*`", "", of(keras[0]), flags=re.M)
    assert not re.search(INSIDE, told), re.search(INSIDE, told)[0]


def test_page_has_a_table_of_kinds_and_a_fold_for_each_change(keras, tmp_path):
    """With its program; and it fits a CI summary, which holds 1 MiB."""
    report, old = keras
    report.scripts = gate_files.write_scripts(
        report.judgement, report.run.seen, "keras-3.15.1", old, tmp_path / "scripts"
    )
    gate_files.write(report, tmp_path)
    page = (tmp_path / "summary.md").read_text()
    assert re.search(r"\| regression \| \d+ \|", page)
    assert page.count("<details>") == page.count("</details>") == len(report.told)
    assert page.count("```python") == len(report.told)
    assert len(page.encode()) < 2**20
    for name in report.scripts.values():
        assert (tmp_path / name).is_file()


def test_data_has_the_same_as_fields(keras):
    """Each change as it is told, with the names by which a file of known changes calls it."""
    data = json.loads(json.dumps(gate_report.as_data(keras[0])))
    first = data["report"][0]
    assert first["kind"] == "regression"
    assert {line["label"] for line in first["lines"]} >= {"done", "was", "now", "documented"}
    names = {behaviour["name"] for behaviour in data["behaviours"]}
    assert {name for told in data["report"] for name in told["names"]} == names
    assert data["in_common"][0]["mark"] == "A"
    assert sum(told["in_common"] == "A" for told in data["report"]) == data["in_common"][0]["changes"]


def test_what_several_surfaces_show_is_one_change():
    """And counted once."""
    report, _ = reported("2.1.0", "2.1.4")
    assert report.judgement.headline == "4 regressions, 5 repairs against 2.1.0."
    # What 2.1.1 mended: which class a name in a file stands for, and of which layers keras.applications are made.
    assert [(one.told.heading, one.told.surfaces) for one in report.told] == [
        ("A layer saved by 1.13 freezes as then", ("tf.keras", "tf.compat.v1.keras")),
        ("HDF5 files that hold trainable as an integer", ("tf.keras", "tf.compat.v1.keras")),
        ("The class of batch normalizations in keras.applications", ("tf.compat.v1.keras",)),
        ("A model from HDF5 normalizes as before", ("tf.compat.v1.keras",)),
        ("A frozen model of keras.applications in training", ("tf.keras", "tf.compat.v1.keras")),
        ("Training goes on from an HDF5 file", ("tf.keras",)),
        ("A clone with its weights trains on", ("tf.keras",)),
        ("The class of batch normalizations in keras.applications", ("tf.keras",)),
        ("A model from HDF5 normalizes as before", ("tf.keras",)),
    ]
    assert "    in           tf.keras and tf.compat.v1.keras\n" in gate_report.as_text(report)


def test_an_api_that_went_is_one_change():
    """With all that is said of it."""
    report, _ = reported("2.15.1", "2.16.2")
    (gone,) = [one for one in report.told if one.told.api == "-Estimator"]
    assert gone.heading == "Estimator is gone"
    assert len(gone.told.statements) > 2
    assert all(statement.endswith("it cannot be asked") for statement in gone.told.statements)


def test_few_changes_need_no_list_above_them():
    """They are there at once."""
    report, _ = reported("2.17.1", "2.18.1")
    assert not re.search(r"^  1  ", gate_report.as_text(report), re.M)


def test_a_switch_says_what_a_user_sees_and_what_to_do():
    """In the words that compare.py has, too; and only in which cases of its matrix it shows."""
    report, _ = reported("1.13.2", "1.14.0")
    (told,) = [
        one for one in report.told
        if one.kind.value == "lists or names changed" and one.heading == "Freezing a model freezes the layers inside"
    ]  # fmt: skip
    lines = dict(gate_report.lines_of(report, told))
    assert lines["seen"].startswith("model.trainable = False sets trainable of every layer inside")
    assert lines["only where"] == "frozen by a model around it"
    assert "call compile()" in lines["advice"]


def test_a_release_in_which_everything_differs_is_told(keras):
    """Whatever kind of case it is: no flag, field or number stops the report."""
    base = keras[1]
    kinds = {}
    for name, case in comparison.known_cases().items():
        if name in base["observations"] and case.kind != "situation":
            kinds.setdefault(case.name if case.kind == "scenario" else case.kind, []).append(name)
    names = [name for group in kinds.values() for name in group[:2]]

    def otherwise(value):
        if isinstance(value, dict):
            return {name: otherwise(entry) for name, entry in value.items()}
        if isinstance(value, list):
            return [otherwise(entry) for entry in value]
        return value + 1 if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value

    seen = dict(base, observations=dict(base["observations"]))
    for name in names:
        seen["observations"][name] = record.plain(otherwise(record.restore(base["observations"][name])))
    run = running.Run(record=seen)
    judgement = gate_judgement.judge(run, gate_judgement.findings("candidate", run, "keras-3.15.1", base))
    report = gate_report.Report(environments.Target("candidate", line="keras"), run, judgement, "keras-3.15.1")
    assert len(report.told) > 100
    for text in (gate_report.as_text(report), gate_report.as_markdown(report)):
        assert not re.search(INSIDE, text), re.search(INSIDE, text)[0]
    assert len(gate_report.as_data(report)["report"]) == len(report.told)
