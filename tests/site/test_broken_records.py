"""A site of which records cannot be used: the newest of Keras 3 and of TensorFlow, and the last of TensorFlow 1."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
BROKEN = ("1.15.5", "2.21.0", "keras-3.15.1")
MAKES = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {scripts!r}]
from support import standing
from fixtures.record import Broken
whole = standing.read
def read(path):
    if path.stem in {broken!r}:
        raise Broken(path.name + " is truncated <b>here</b>")
    return whole(path)
standing.read = read
from support.site import build, migration
# Comparing takes most of the time. One move from a record that is broken, and one whose newest release is another now:
migration.ROUTES = (migration.ROUTES[0], migration.ROUTES[-1])
build.write(Path({folder!r}), with_programs=False)
"""


def test_site_is_made_of_the_other_records_and_says_so(tmp_path):
    """Each broken record has a page that says why, as text; every page names them; all others are there."""
    program = MAKES.format(root=str(ROOT), scripts=str(ROOT / "scripts"), broken=BROKEN, folder=str(tmp_path / "site"))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    for name in BROKEN:
        page = (tmp_path / "site" / "releases" / f"{name}.html").read_text(encoding="utf-8")
        assert f"{name}.json is truncated &lt;b&gt;here&lt;/b&gt;" in page
    first = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert all(f'releases/{name}.html">{name}</a>' in first for name in BROKEN)
    moves = {path.name for path in (tmp_path / "site" / "migration").glob("*.html")}
    assert moves == {"index.html", "keras-keras-3.14.1--keras-keras-nightly.html"}
    assert "training × trainable" in (tmp_path / "site" / "releases" / "keras-3.14.1.html").read_text(encoding="utf-8")
