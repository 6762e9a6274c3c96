"""Coverage of our own code: what did not run is named, and a run with a failed test is not measured."""

import subprocess
import sys
from types import SimpleNamespace

import cover
import pytest
from support.client import Failure

SAID = {
    "totals": {"percent_covered": 90.04},
    "files": {
        "fixtures/record.py": {
            "summary": {"num_statements": 3, "percent_covered": 66.666},
            "functions": {
                "write": {"missing_lines": [4]},
                "read": {"missing_lines": []},
                "": {"missing_lines": [9]},
            },
        },
        "fixtures/__init__.py": {"summary": {"num_statements": 0, "percent_covered": 100.0}, "functions": {}},
    },
}


def test_what_did_not_run_is_named():
    """By function; what stands outside of all is the module's; a file without statements is left out."""
    assert cover.summary(SAID) == {
        "percent": 90.0,
        "files": {"fixtures/record.py": {"percent": 66.7, "missing": ["the module", "write"]}},
    }


def test_failed_tests_are_not_measured(tmp_path, monkeypatch):
    """What ran then says little."""
    monkeypatch.setattr(cover.development, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    with pytest.raises(Failure, match="a test failed under coverage: nothing was measured"):
        cover.run(tmp_path)


def test_data_that_is_not_there_is_one_sentence(tmp_path):
    """And leaves the results on record as they were."""
    before = cover.RESULTS.read_bytes() if cover.RESULTS.exists() else None
    done = subprocess.run(
        [sys.executable, str(cover.ROOT / "scripts" / "cover.py"), "--data", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "coverage combine failed" in done.stderr
    assert (cover.RESULTS.read_bytes() if cover.RESULTS.exists() else None) == before
