"""Changes that are meant: what a file may say, what it covers, and that it does not go stale."""

import copy
import subprocess
import sys

import pytest
from support import comparison, gate_judgement, gate_report, known_changes, releases, running
from support.environments import NotATarget, Target
from support.known_changes import Known
from support.terminal import CHANGED, UNCHANGED, USAGE

from fixtures import cases, record
from fixtures.record import plain, restore

BASE = "2.4.4"
CALL = cases.layer_call(cases.TF_KERAS_BUNDLED, "True").id
CLAIM = "frozen-layer-infers tf.keras tf2-style"
OUTPUTS = "tf.keras layer_call numbers"
REFUTED = "tf.keras frozen-layer-infers regression"
GOOD = 'observations = 1, reason = "meant", issue = "#1"'


@pytest.fixture(scope="module")
def base():
    """The record to compare with."""
    return record.read(releases.calendar()[BASE].record)


@pytest.fixture
def seen(base):
    """A candidate's record in which a number and a verdict changed."""
    new = copy.deepcopy(base)
    outputs = restore(new["observations"][CALL])["outputs"]
    new["observations"][CALL]["outputs"] = plain([output + 1 for output in outputs])
    new["verdicts"][CLAIM] = "refuted"
    return new


def judged(seen, base, *expected):
    """The verdict on a candidate whose changes are expected."""
    run = running.Run(record=seen, outcomes={"a": "passed"})
    return gate_judgement.judge(run, gate_judgement.findings("candidate", run, BASE, base), expected=expected)


def known(name, observations=1):
    """A line of a file."""
    return Known(name, observations, "meant", "#1")


def test_a_change_is_called_by_what_changed_and_how(seen, base):
    """No number, version or sentence is part of it."""
    assert sorted(map(known_changes.name_of, judged(seen, base).behaviours)) == [REFUTED, OUTPUTS]


def test_a_known_change_is_listed_and_makes_no_no(seen, base):
    """With its reason and its issue; the other one is a change as ever."""
    found = judged(seen, base, known(OUTPUTS))
    assert (found.code, found.headline) == (CHANGED, f"1 regression against {BASE}.")
    assert [line.name for line, _ in found.accepted.covered] == [OUTPUTS]
    both = judged(seen, base, known(OUTPUTS), known(REFUTED))
    assert (both.code, both.behaviours) == (UNCHANGED, ())
    assert both.headline == f"behaves like {BASE}, but for 2 known changes, in 1 tests."
    report = gate_report.Report(Target("candidate"), running.Run(), both, BASE)
    for told in (gate_report.as_text(report), gate_report.as_markdown(report)):
        assert f"known: {OUTPUTS}: meant (#1): " in told
    assert [entry["became"] for entry in gate_report.as_data(report)["known_changes"]] == ["occurs", "occurs"]


def test_a_known_change_that_does_not_occur_is_an_error(seen, base):
    """Or the file would rot: a no, whether or not anything else changed."""
    stale = known("tf.keras frozen-layer-infers repaired")
    found = judged(base, base, stale)
    assert found.code == CHANGED
    assert found.headline == f"the known change {stale.name!r} does not occur any more."
    assert judged(seen, base, stale).headline == (
        f"1 regression, 1 other change against {BASE}; the known change {stale.name!r} does not occur any more."
    )
    assert known_changes.sentences(found.accepted) == [
        f"the known change {stale.name!r} does not occur any more: take its line out."
    ]


def test_what_was_not_run_is_not_stale(base):
    """Another surface, or cases that were left out: nobody looked."""
    elsewhere = known("keras frozen-layer-infers regression")
    assert judged(base, base, elsewhere).code == UNCHANGED
    assert judged(base, base, elsewhere).accepted.unasked == (elsewhere,)
    fewer = copy.deepcopy(base)
    fewer["verdicts"] = {name: verdict for name, verdict in base["verdicts"].items() if name != CLAIM}
    decide = {case.id for case in comparison.observed_in(CLAIM)}
    kept = {name: entry for name, entry in base["observations"].items() if name not in decide}
    fewer["observations"] = kept
    run = running.Run(record=fewer)
    compared = gate_judgement.findings("candidate", run, BASE, {**base, "observations": kept}).comparisons
    assert known_changes.held([known(REFUTED)], (), compared).unasked == (known(REFUTED),)


def test_a_quick_run_calls_nothing_stale(base):
    """It may have left out the very cases in which a known change shows."""
    run = running.Run(record=base)
    found = gate_judgement.findings("candidate", run, BASE, base)
    assert gate_judgement.judge(run, found, expected=[known(OUTPUTS)]).code == CHANGED
    quick = gate_judgement.judge(run, found, expected=[known(OUTPUTS)], partly=True)
    assert (quick.code, quick.accepted.unasked) == (UNCHANGED, (known(OUTPUTS),))
    assert known_changes.sentences(quick.accepted) == [f"the known change {OUTPUTS!r} was not looked for in this run."]


def test_what_shows_in_more_observations_is_more_than_was_accepted(seen, base):
    """The lines to paste keep the reason, and say the new number."""
    other = cases.layer_call(cases.TF_KERAS_BUNDLED, "False").id
    outputs = restore(seen["observations"][other])["outputs"]
    seen["observations"][other]["outputs"] = plain([output + 1 for output in outputs])
    found = judged(seen, base, known(OUTPUTS), known(REFUTED))
    assert found.code == CHANGED
    assert found.accepted.wider == ((known(OUTPUTS), 2),)
    line = f'"{OUTPUTS}" = {{observations = 2, reason = "meant", issue = "#1"}}'
    assert line in known_changes.to_paste(found.accepted)


def test_the_lines_to_paste_are_a_file_once_they_have_reasons(tmp_path, seen, base):
    """Read again they cover what they were made of; as printed they lack the reason."""
    found = judged(seen, base)
    report = gate_report.Report(Target("candidate"), running.Run(), found, BASE)
    pasted = [line for line in gate_report.as_text(report).splitlines() if line.startswith('"')]
    assert len(pasted) == 2
    path = tmp_path / "known.toml"
    path.write_text("\n".join(pasted))
    with pytest.raises(NotATarget, match="has no reason"):
        known_changes.read(path)
    path.write_text("\n".join(pasted).replace('reason = ""', 'reason = "meant"').replace('issue = ""', 'issue = "#1"'))
    assert judged(seen, base, *known_changes.read(path)).code == UNCHANGED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("known: [", "this is not TOML", id="not TOML"),
        pytest.param("", "it names no change", id="empty"),
        pytest.param(f'"{OUTPUTS}" = "meant"', "has no reason", id="a word"),
        pytest.param(f'"{OUTPUTS}" = {{observations = 1, issue = "#1"}}', "has no reason", id="no reason"),
        pytest.param(f'"{OUTPUTS}" = {{observations = 1, reason = " ", issue = "#1"}}', "has no reason", id="blank"),
        pytest.param(f'"{OUTPUTS}" = {{observations = 1, reason = "meant"}}', "has no issue", id="no issue"),
        pytest.param(f'"{OUTPUTS}" = {{reason = "meant", issue = "#1"}}', "in how many observations", id="no number"),
        pytest.param(f'"{OUTPUTS}" = {{{GOOD}, since = "now"}}', "says 'since'", id="another key"),
        pytest.param(f'"layer_call numbers" = {{{GOOD}}}', "does not begin with one of", id="no surface"),
        pytest.param(f'"tf.keras layer_call worse" = {{{GOOD}}}', "does not end with one of", id="no kind"),
        pytest.param(f'"tf.keras frozen numbers" = {{{GOOD}}}', "'frozen' is no claim, no switch", id="no claim"),
    ],
)
def test_a_wrong_file_is_one_sentence_before_anything_runs(tmp_path, text, sentence):
    """Exit code 64; there is no report, since there was no run."""
    (tmp_path / "known.toml").write_text(text)
    done = subprocess.run(
        [sys.executable, str(releases.ROOT / "scripts" / "gate.py"), "2.15.1", "--known", "known.toml"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["known.toml"]


def test_every_change_between_releases_has_a_name_of_its_own_kind():
    """Whatever changes between two real releases can be accepted: each name is one that a file may say."""
    old, new = (record.read(releases.calendar()[name].record) for name in ("2.15.1", "2.16.2"))
    run = running.Run(record=new)
    found = gate_judgement.findings("2.16.2", run, "2.15.1", old)
    names = set(map(known_changes.name_of, found.behaviours))
    assert len(names) > 3
    assert [name for name in names if known_changes._wrong_name(name)] == []
