"""The committed records: valid, complete, of the release they are named after, and small."""

import json

import jsonschema
import pytest
from support import comparison, releases, standing

from fixtures import installed, judging, record, subjects
from fixtures.claims import load
from fixtures.expect import expect
from fixtures.record import restore
from fixtures.semantics import row

FOLDER = releases.ROOT / "fixtures" / "observed"
RECORDS = {name: r for name, r in releases.calendar().items() if r.record.is_file()}
SCHEMA = json.loads((FOLDER / "schema.json").read_text())


def test_every_record_belongs_to_a_release_of_the_calendar():
    """No file that nobody knows of."""
    assert {path.stem for path in FOLDER.glob("*.json")} - {"schema", "shared"} == set(RECORDS)


def test_what_records_share_stands_once():
    """The command that shares has run: no value stands in two records, and none for one alone."""
    sections = ("values", "observations")
    held = {path.name: json.loads(path.read_text()) for path in FOLDER.glob("*.json") if path.stem != "schema"}
    shared = held.pop(record.SHARED)
    own = [digits for one in held.values() for section in sections for digits in one[section]]
    assert len(set(own)) == len(own)
    assert not set(own) & {digits for section in sections for digits in shared[section]}


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDS)
def test_record_is_valid_whole_and_of_its_release(name):
    """By the published schema, by its provenance, and made of the packages that are pinned now."""
    release = RECORDS[name]
    jsonschema.validate(json.loads(release.record.read_text()), SCHEMA)
    found = record.read(release.record)
    provenance = found["provenance"]
    assert provenance["complete"]
    assert (provenance["threads"], provenance["onednn"]) == ("1", "0")
    assert releases.of_other_packages(release, provenance) == []
    if release.version and release.line == "keras":
        assert provenance["keras"] == str(release.version)
    elif release.version:
        assert provenance["tensorflow"].replace("-rc", "rc") in (str(release.version), release.version.base_version)
    assert not [name for name, seen in found["observations"].items() if "ended" in seen]
    others = {json.dumps(one) for one in found["elsewhere"].values()}
    assert all(
        provenance[n] == other.get(n) for other in map(json.loads, others) for n in record.UNDER_TEST if n in provenance
    )
    if name in standing.whole():
        found = standing.followed(found)
        assert set(found["observations"]) <= set(comparison.known_cases())
        assert not standing.lacking(found)


def test_schema_refuses_a_record_of_another_shape():
    """It can fail."""
    for broken in ({}, {"schema": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


def test_records_are_small():
    """Well under 20 MB in all."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 15e6


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDS)
def test_record_is_as_specified(name):
    """Every observation and verdict that stands is what the semantics table and the registry say today."""
    found = standing.read(RECORDS[name].record)
    env = comparison.environment(found)
    wrong = []
    for subject, seen in found["observations"].items():
        case = comparison.known_cases()[subject]
        if case.kind != "scenario":
            semantics = row(case.surface, installed.release(case.surface, env)).semantics
            fields = expect(case, semantics)
            wrong += filter(None, (judging.verdict(case, field, restore(seen), env) for field in fields))
    for subject, verdict in found["verdicts"].items():
        where = subjects.parse(subject)
        release = installed.release(where.surface, env)
        expected = load()[where.claim].expected(where.surface, where.program, release)
        if verdict != expected:
            wrong.append(f"{subject} is {verdict}, but {expected} is on record")
    assert not wrong, "\n".join(wrong[:5])
