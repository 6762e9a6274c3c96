"""Where an answer changed: halving, what stands in its way, and that nothing that was answered is lost."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import bisection
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version
from support import asking, comparison, environments, halving, questions, releases, running, search, standing, steps
from support.client import Failure
from support.environments import NotATarget
from support.questions import NotAnswered
from support.terminal import NOT_JUDGED, USAGE

CLAIM = "layer-given-none-when-built-trains-in-fit"
SUBJECT = f"{CLAIM} keras tf2-style"
FIRST_BAD = Version("3.16.0.dev2026080504")
NIGHTLIES = [Version(f"3.16.0.dev202608{day:02}04") for day in range(1, 9)]
OLD, NEW = "keras==3.15.1", "keras-nightly==3.16.0.dev2026080804"


# --- halving ------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.integers(2, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))))
def test_halving_finds_the_neighbours(sizes):
    """In as many steps as a binary search takes."""
    count, first = sizes
    asked = []

    def same(step):
        asked.append(step)
        return step < first

    assert halving.halve(count, same) == halving.Found(first - 1, first)
    assert len(asked) <= halving.steps_left(0, count - 1)
    assert not {0, count - 1} & set(asked)


@settings(max_examples=50)
@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1), st.sets(st.integers(1, n)))))
def test_what_cannot_be_judged_lies_between_the_neighbours_or_does_not_matter(sizes):
    """All other steps are on their side."""
    count, first, broken = sizes
    found = halving.halve(count, lambda step: None if step in broken else step < first)
    assert found.last < first <= found.first
    assert set(range(found.last + 1, found.first)) == set(found.between)
    assert set(found.between) <= broken


def test_what_is_free_goes_first():
    """However far from the middle: nothing is run for it."""
    asked = []

    def same(step):
        asked.append(step)
        return step < 7

    assert halving.halve(11, same, free={2, 9}) == halving.Found(6, 7)
    assert asked[:2] == [2, 9]


# --- a package index with nightlies of Keras, and runs that answer by their version ---------------


class World:
    """What the index has and what the environments answer; ``runs`` are the versions that were run."""

    def __init__(self, path, base):
        self.runs: list[str] = []
        self.dies_at: int | None = None
        self.broken: set[str] = set()
        self.first_bad = FIRST_BAD
        self.base = base
        self.path = path

    def run(self, python, case_timeout, only, variables):
        """What an environment gives: the version stands in the folder that is put before it."""
        assert only == [SUBJECT]
        folder = Path(variables["PYTHONPATH"].split(":")[0]) if variables else None
        (about,) = folder.glob("keras-*.dist-info") if folder else [Path(f"keras-{Path(python).name}.dist-info")]
        version = about.name.removesuffix(".dist-info").removeprefix("keras-").removeprefix("keras-")
        self.runs.append(version)
        if len(self.runs) == self.dies_at:
            raise KeyboardInterrupt
        if version in self.broken:
            return running.Run(problem="the import failed.")
        seen = copy.deepcopy(self.base)
        seen["provenance"]["keras"] = version
        marked = folder / "keras" / "src" / "bad.py" if folder else Path("/no")
        bad = marked.exists() or Version(version.partition("+")[0]) >= self.first_bad
        seen["verdicts"] = {SUBJECT: "refuted" if bad else "holds"}
        return running.Run(record=seen)


@pytest.fixture(scope="module")
def base():
    """What a release answers."""
    whole = standing.read(releases.calendar()["keras-3.15.1"].record)
    return questions.part(questions.question(SUBJECT, "keras"), whole)


@pytest.fixture
def world(monkeypatch, tmp_path, base):
    """Takes the place of the index, of uv and of all environments."""
    here = World(tmp_path, base)
    monkeypatch.setenv("BATCHNORM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(steps, "offered", lambda package: dict.fromkeys(NIGHTLIES, "3.13"))
    monkeypatch.setattr(asking, "uv", lambda *arguments: "")
    monkeypatch.setattr(environments, "python", lambda target, ephemeral=False: Path(target.name))
    monkeypatch.setattr(running, "run", here.run)
    return here


def found(*arguments, **options):
    """A search, and what it said meanwhile."""
    said = []
    return search.search(*arguments, say=said.append, **options), said


def test_the_nightly_that_changed_it_is_found(world):
    """The release is on record; the calendar has nothing between, so the nightlies are halved."""
    result, said = found(SUBJECT, OLD, NEW)
    assert (result.old.version, result.new.version) == (NIGHTLIES[3], FIRST_BAD)
    assert len(world.runs) == 1 + 3
    assert "3.15.1" not in world.runs
    told = search.told(result)
    assert "last good:  keras-nightly 3.16.0.dev2026080404" in told
    assert "first bad:  keras-nightly 3.16.0.dev2026080504" in told
    assert "  keras tf2-style: was holds, is refuted" in told
    assert any(line.endswith("commits/master/?since=2026-08-03&until=2026-08-05") for line in told)
    assert any("(at most 3 steps left)" in line for line in said)
    assert not result.between


def test_a_case_is_asked_as_a_claim_is(world, monkeypatch):
    """A scenario runs in the tests of the claims that it decides; its observation is the answer, and not a verdict."""
    case = comparison.observed_in(SUBJECT)[0].id
    ran = []

    def run(python, case_timeout, only, variables):
        ran.append(only)
        seen = world.run(python, case_timeout, [SUBJECT], variables).seen
        if seen["verdicts"][SUBJECT] == "refuted":
            seen["observations"][case] = {"ended": "raised ValueError", "error": "ValueError"}
        return running.Run(record=seen)

    monkeypatch.setattr(running, "run", run)
    result, said = found(case, OLD, NEW)
    assert result.new.version == FIRST_BAD
    assert SUBJECT in ran[0]
    assert "    as keras-3.15.1" in said
    assert "    other than keras-3.15.1" in said
    assert search.told(result)[0] == case


def test_the_repair_is_found_when_good_is_newer(world):
    """The same search; the words are turned around."""
    told = search.told(found(SUBJECT, NEW, OLD)[0])
    assert "last bad:   keras-nightly 3.16.0.dev2026080404" in told
    assert "first good: keras-nightly 3.16.0.dev2026080504" in told


def test_a_search_that_was_killed_goes_on_where_it_was(world):
    """Nothing is asked twice, and nothing that was laid out stays."""
    world.dies_at = 3
    with pytest.raises(KeyboardInterrupt):
        found(SUBJECT, OLD, NEW)
    before, world.dies_at = world.runs[:2], None
    world.runs.clear()
    result, _ = found(SUBJECT, OLD, NEW)
    assert result.new.version == FIRST_BAD
    assert not set(before) & set(world.runs)
    assert len(before) + len(world.runs) == 4
    world.runs.clear()
    found(SUBJECT, OLD, NEW)
    assert world.runs == []
    assert not list(environments.cache().glob(f"{asking.LAID_OUT}*"))


def test_what_a_killed_process_laid_out_is_removed(world):
    """By the next search; what a living one laid out stays."""
    cache = environments.cache()
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True,
                           check=True).stdout.strip()  # fmt: skip
    for number in (ended, "1"):
        (cache / f"{asking.LAID_OUT}{number}-x").mkdir(parents=True)
    asking.tidy()
    assert [path.name for path in cache.iterdir()] == [f"{asking.LAID_OUT}1-x"]


def test_a_step_that_cannot_be_judged_is_gone_around(world, capsys, monkeypatch):
    """Away from the change it costs one more step; beside it the answer is a range, and the exit code says so."""
    world.broken = {str(NIGHTLIES[1])}
    result, _ = found(SUBJECT, OLD, NEW)
    assert (result.old.version, result.new.version, result.between) == (NIGHTLIES[3], FIRST_BAD, {})
    world.broken = {str(FIRST_BAD)}
    (environments.cache() / "bisection" / f"keras-nightly-{FIRST_BAD}").rename(world.path / "forgotten")
    monkeypatch.setattr(sys, "argv", ["bisection.py", SUBJECT, OLD, NEW])
    assert bisection.main() == NOT_JUDGED
    out = capsys.readouterr().out
    assert "last good:  keras-nightly 3.16.0.dev2026080404\nfirst bad:  keras-nightly 3.16.0.dev2026080604" in out
    assert f"could not be judged between them: keras-nightly {FIRST_BAD} cannot be judged: the import failed." in out


def test_a_nightly_that_is_gone_is_gone_around(world, monkeypatch):
    """It was there when the index was read, and is not when it is to be installed: uv says so."""

    def uv(*arguments):
        if arguments[-1].endswith(str(NIGHTLIES[5])):
            raise Failure("uv pip install failed: no such version.")
        return ""

    monkeypatch.setattr(asking, "uv", uv)
    world.first_bad = NIGHTLIES[5]
    result, _ = found(SUBJECT, OLD, NEW)
    assert list(result.between) == [f"keras-nightly {NIGHTLIES[5]}"]
    assert "cannot be had: uv pip install failed" in result.between[f"keras-nightly {NIGHTLIES[5]}"]


def test_an_index_without_nightlies_leaves_the_releases(world, monkeypatch):
    """And says so."""
    monkeypatch.setattr(steps, "offered", lambda package: {})
    told = search.told(found("masked-nan-stays-out-of-statistics", "keras==3.14.1", OLD)[0])
    assert "the package index has no keras-nightly of the time between them." in told
    assert "upstream:   https://github.com/keras-team/keras/compare/v3.14.1...v3.15.1" in told
    assert "0 steps were run; the others were on record." in told


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        pytest.param([SUBJECT, OLD, "keras==3.14.1"], USAGE, "do not differ: holds.", id="no difference"),
        pytest.param([SUBJECT, OLD, OLD], USAGE, "good and bad are both keras-3.15.1.", id="one release"),
        pytest.param([SUBJECT, OLD, "2.21.0"], USAGE, "are of two packages", id="two packages"),
        pytest.param(["frozen", OLD, NEW], USAGE, "'frozen': neither a claim nor a case.", id="no claim"),
        pytest.param([f"{CLAIM} tf.layers", OLD, NEW], USAGE, "that claim is made in", id="no place"),
        pytest.param(["frozen-layer-infers tf.keras", OLD, NEW], USAGE, "Keras 3 alone is asked", id="not of Keras"),
        pytest.param([SUBJECT, "first", NEW], USAGE, "'first' is not a target", id="no release"),
        pytest.param(
            [SUBJECT, OLD, "keras-nightly==3.16.0.dev2020010104"], NOT_JUDGED,
            "is not in the package index: of its nightlies it has 8, from 3.16.0.dev2026080104 to", id="gone",
        ),
        pytest.param(
            [SUBJECT, OLD, NEW, "--broken"], NOT_JUDGED, "2026080804 cannot be judged: the import failed.", id="an end"
        ),
        pytest.param([SUBJECT, OLD, NEW, "--checkout", "/"], USAGE, "not the folder of a git repository", id="no git"),
        pytest.param(
            ["frozen-layer-infers tf.keras", "2.15.1", "2.16.2"], NOT_JUDGED, "2.16.2 cannot be judged: tf.keras: API",
            id="no such surface",
        ),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_one_sentence(world, monkeypatch, capsys, arguments, code, sentence):
    """With its exit code, and no traceback."""
    if "--broken" in arguments:
        arguments, world.broken = arguments[:-1], {str(NIGHTLIES[-1])}
    if arguments[-1] == "2.16.2":
        monkeypatch.setattr(running, "run", lambda *a, **k: running.Run(
            record=standing.read(releases.calendar()["2.16.2"].record)
        ))  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["bisection.py", *arguments])
    assert bisection.main() == code
    seen = capsys.readouterr()
    assert seen.out == ""
    assert sentence in seen.err.splitlines()[-1]


def test_interrupted_search_says_that_nothing_is_lost(world, monkeypatch, capsys):
    """As Ctrl-C does it, and a CI job that is cancelled."""
    world.dies_at = 2
    monkeypatch.setattr(sys, "argv", ["bisection.py", SUBJECT, OLD, NEW])
    assert bisection.main() == 130
    assert "the same command goes on from there" in capsys.readouterr().err


# --- commits ------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path):
    """Keras in eight commits, the fifth of which changes the answer, and a release on a branch of its own."""
    folder = tmp_path / "keras"
    (folder / "keras" / "src").mkdir(parents=True)
    (folder / "keras" / "api").mkdir()
    (folder / "keras" / "src" / "version.py").write_text('__version__ = "3.15.0"\n')
    (folder / "keras" / "api" / "__init__.py").write_text("")

    def git(*arguments, day=1):
        command = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=e@e.example", *arguments]
        made = dict(os.environ, GIT_COMMITTER_DATE=f"2026-11-{day:02}T12:00:00Z")
        return subprocess.run(command, capture_output=True, text=True, check=True, env=made).stdout.strip()

    git("init", "-q", "-b", "master")
    for number in range(8):
        (folder / "keras" / "src" / "number.py").write_text(str(number))
        if number == 4:
            (folder / "keras" / "src" / "bad.py").write_text("")
        git("add", ".")
        git("commit", "-q", "-m", f"change {number}")
        git("tag", f"c{number}")
    git("checkout", "-q", "-b", "release", "c1")
    (folder / "keras" / "src" / "number.py").write_text("released")
    git("commit", "-q", "-a", "-m", "released", day=2)  # a patch is released later than what master holds
    git("tag", "v3.14.1")
    git("checkout", "-q", "master")
    return folder


def test_the_commit_that_changed_it_is_found(world, checkout):
    """From where the release left its branch; the commit is named with its title and its address."""
    result, said = found(SUBJECT, "keras==3.14.1", "master", checkout=checkout)
    told = search.told(result)
    assert result.old.title.endswith("change 3")
    assert result.new.title.endswith("change 4")
    assert any(line.startswith("first bad:  commit ") and line.endswith("change 4") for line in told)
    assert f"upstream:   https://github.com/keras-team/keras/commit/{result.new.commit}" in told
    assert all("+g" in version for version in world.runs)
    assert any("commits between" in line for line in said)


def test_a_commit_that_needs_a_build_is_gone_around(world, checkout):
    """One whose sources are not where a package has them."""
    subprocess.run(["git", "-C", checkout, "rm", "-q", "keras/api/__init__.py"], check=True)
    assert steps.commit(checkout, steps.commit_of(checkout, "c3"))
    subprocess.run(
        ["git", "-C", checkout, "-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "moved"], check=True
    )
    with pytest.raises(NotAnswered, match="cannot be imported from it without a build"):
        steps.commit(checkout, steps.commit_of(checkout, "master"))


@pytest.mark.parametrize(
    ("good", "bad", "error", "sentence"),
    [
        ("c0", "c3", NotATarget, "do not differ: holds"),
        ("c0", "c0", NotATarget, "are the same commit"),
        ("c0", "nowhere", NotATarget, "it has no commit, tag or branch 'nowhere'"),
        ("c0", "keras-nightly==3.99.0.dev2099010104", Failure, "fetch, then run again"),
        ("c0", "keras-nightly", Failure, "no commit as old as 3.16.0.dev"),
    ],
)
def test_commits_that_cannot_be_searched(world, checkout, good, bad, error, sentence):
    """One sentence each."""
    with pytest.raises(error, match=sentence):
        found(SUBJECT, good, bad, checkout=checkout)


def test_a_branch_that_differs_from_where_it_left(world, checkout):
    """The change is on the branch, not between the two: nothing is halved."""
    with pytest.raises(Failure, match="is on a branch of its own, and where it left"):
        world_of_the_branch = subprocess.run(
            ["git", "-C", checkout, "checkout", "-q", "-b", "other", "c5"], check=True
        ).returncode
        assert world_of_the_branch == 0
        subprocess.run(["git", "-C", checkout, "rm", "-q", "keras/src/bad.py"], check=True)
        subprocess.run(
            ["git", "-C", checkout, "-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "mended"],
            check=True, env={"GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        found(SUBJECT, "other", "c7", checkout=checkout)


# --- ends, and where commits stand ---------------------------------------------------------------


def test_nightlies_between_two_ends_are_in_the_order_of_their_days(world, monkeypatch):
    """Of the minor release that a release was branched from, too; not what is newer than the newer end."""
    have = ["3.14.0.dev2026010104", "3.15.0.dev2026060104", "3.16.0.dev2026070104", "3.16.0.dev2026080104", "3.15.1"]
    monkeypatch.setattr(steps, "offered", lambda package: {Version(one): "3.13" for one in reversed(have)})
    old, new = steps.end("keras==3.15.1"), steps.end("keras-nightly==3.16.0.dev2026080104")
    names = [str(step.version) for step in steps.nightlies(old, new)]
    assert names == ["3.15.1", "3.15.0.dev2026060104", "3.16.0.dev2026070104", "3.16.0.dev2026080104"]


def test_a_nightly_on_record_is_answered_by_it(world):
    """The word keras-nightly names the one that was recorded; a bare version is one of its package."""
    end = steps.end("keras-nightly")
    assert asking.on_record(end) == releases.calendar()["keras-nightly"].record
    assert steps.end(str(end.version)) == end
    assert steps.end("2.23.0.dev20261001").line == "tensorflow"
    assert asking.on_record(steps.end("3.16.0.dev2026080104")) is None


def test_commits_of_tensorflow_stand_between_those_that_it_was_built_from():
    """A nightly says which; a release has a tag."""
    one, other = steps.end("tf-nightly==2.23.0.dev20261001"), steps.end("tf-nightly==2.23.0.dev20261002")
    built_from = {one.name: "v1.12.1-148158-gef696751006", other.name: "v1.12.1-148160-g0123456789a"}
    compare = "https://github.com/tensorflow/tensorflow/compare/"
    assert steps.upstream(one, other, built_from) == f"{compare}ef696751006...0123456789a"
    assert steps.upstream(steps.end("2.21.0"), one, built_from) == f"{compare}v2.21.0...ef696751006"


def test_a_tensorflow_has_a_keras_whose_commits_stand_elsewhere():
    """Keras 2 from 2.6 on, tf-keras and Keras 3: where both are released, from tag to tag."""
    old, new = {"keras": "2.14.0", "tf_keras": "2.14.1"}, {"keras": "2.15.0", "tf_keras": "2.14.1"}
    assert steps.upstream_of_keras(old, new) == ["https://github.com/keras-team/keras/compare/v2.14.0...v2.15.0"]
    new = {"keras": "3.16.0.dev2026102704"}
    assert steps.upstream_of_keras(old, new) == [
        "https://github.com/keras-team/keras from 2.14.0 to 3.16.0.dev2026102704"
    ]
    assert steps.upstream_of_keras({}, new) == []
