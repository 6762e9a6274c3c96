"""The calendar, and what the user's words for a candidate mean."""

import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from packaging.version import Version
from support import environments, releases
from support.client import Failure
from support.environments import NotATarget, resolve
from support.releases import Release, derived, derived_keras, nightly_age, order, partner

KNOWN = releases.calendar()
OFFERED = {
    Version("2.15.0"): "3.11",
    Version("2.15.1"): "3.11",
    Version("2.16.0"): "3.12",
    Version("2.16.0rc1"): "3.12",
}


def test_calendar_is_in_order_and_whole():
    """Every release has its line, its day, its interpreter, and a requirement file that names no index."""
    assert list(KNOWN) == sorted(KNOWN, key=order)
    for release in KNOWN.values():
        assert release.line in ("tensorflow", "keras")
        assert release.python in releases.PYTHONS
        if release.name not in releases.NIGHTLIES:
            assert datetime.fromisoformat(release.date)
            text = release.file.read_text()
            assert "://" not in text
            assert all(pin.partition("<")[0].lower() in text for pin in release.requires)


def test_requirements_can_be_imported_together():
    """What their own requirements left open: numpy 2, protobuf 4, h5py 3 [1]_, another Keras.

    .. [1] https://github.com/tensorflow/tensorflow/issues/44467
    """
    for release in KNOWN.values():
        if release.line != "tensorflow" or release.version is None or release.version >= Version("2.16"):
            continue
        pins = releases.pins(release)
        minor = release.version.release[:2]
        assert Version(pins["numpy"]).major == 1, release.name
        assert minor >= (2, 12) or Version(pins["protobuf"]).major == 3, release.name
        assert minor >= (2, 5) or Version(pins["h5py"]).major == 2, release.name
        assert minor < (2, 6) or Version(pins["keras"]).release[:2] == minor, release.name


@pytest.mark.parametrize("line, oldest, count", [("tensorflow", "1.13.1", 81), ("keras", "3.0.5", 17)])
def test_calendar_covers_both_lines(line, oldest, count):
    """TensorFlow since 1.13.1, Keras 3 since 3.0."""
    names = [release.name for release in KNOWN.values() if release.line == line]
    assert names[0].removeprefix("keras-") == oldest
    assert len(names) >= count


@pytest.mark.parametrize(
    "name, other", [("2.4.4", "2.4.4"), ("2.4.0", "2.4.4"), ("2.15.0.post1", "2.15.1"), ("nightly", "nightly")]
)
def test_patch_without_a_record_should_behave_like_the_newest_one(name, other):
    """A release that has a record is told by its own."""
    assert releases.like(KNOWN[name]).name == other


def test_release_of_which_no_patch_has_a_record_is_like_none():
    """One sentence."""
    with pytest.raises(Failure, match=r"^3\.0\.0 has no record, nor has any other patch of it\.$"):
        releases.like(Release("3.0.0", "tensorflow", None, "3.13", []))


@pytest.mark.parametrize(
    "version, own",
    [("2.15.0", "2.15.0"), ("2.15.1", "2.15.1"), ("2.16.2", "2.16.0"), ("2.17.0", None), ("2.17.0rc0", None)],
)
def test_partner_belongs_to_the_minor_release(version, own):
    """The newest tf-keras that is not newer in patch; none of another minor release."""
    assert partner(Version(version), OFFERED) == (own and Version(own))


def test_new_patch_release_takes_the_pins_of_its_neighbour():
    """What 2.4.4 needs, 2.4.9 needs."""
    by_version = {r.version: r for r in KNOWN.values() if r.line == "tensorflow" and r.version}
    entry = derived(Version("2.4.9"), "3.8", by_version, {}, {})
    assert (entry.python, entry.requires) == ("3.8", ["tensorflow==2.4.9", "protobuf<3.21"])


def test_keras_stands_on_the_tensorflow_of_its_day():
    """And on none that is older than Keras 3."""
    assert derived_keras(Version("3.5.0"), "3.13", "2024-08-12", KNOWN).requires[0] == "tensorflow==2.17.0"
    assert derived_keras(Version("3.0.0"), "3.13", "2023-11-27", KNOWN).requires[0] == "tensorflow==2.16.1"


def test_nightly_tells_its_age():
    """From the day in its version."""
    day = (datetime.now(UTC) - timedelta(9)).strftime("%Y%m%d")
    assert nightly_age(f"2.23.0-dev{day}") == 9
    assert nightly_age("2.21.0") is None


def test_names_of_the_calendar_are_targets():
    """A version, and keras==VERSION."""
    assert resolve("2.15.1").release == KNOWN["2.15.1"]
    assert resolve("keras==3.0.5").release == KNOWN["keras-3.0.5"]
    assert resolve("keras==3.0.5").line == "keras"


@pytest.mark.parametrize(
    "word, sentence",
    [
        ("two", "'two' is not a target"),
        ("1.4.0", "tensorflow 1.4.0 is too old"),
        ("keras==2.15.0", "keras 2.15.0 is too old"),
        ("no/such-1-py3-none-any.whl", "no such file"),
    ],
)
def test_other_words_are_refused_in_one_sentence(word, sentence):
    """Wrong usage, before anything is looked up or installed."""
    with pytest.raises(NotATarget, match=sentence):
        resolve(word)


def test_version_that_never_existed_is_said_to_be_none(monkeypatch):
    """Not wrong usage: nothing of that name can be had."""
    monkeypatch.setattr(releases, "published", lambda package: {Version("2.21.0"): "3.13"})
    with pytest.raises(Failure, match=r"tensorflow 2\.99\.0 was never released for Linux; the newest is 2\.21\.0"):
        resolve("2.99.0")


@pytest.mark.slow
def test_without_an_index_one_sentence_says_so(monkeypatch):
    """No network, or a mirror without the package."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(Failure, match="no release of tensorflow was found: can pip reach its index"):
        resolve("latest")


def wheel(folder, name, package, version):
    """A wheel with nothing but its name in it."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        info = f"{package.replace('-', '_')}-{version}.dist-info/METADATA"
        archive.writestr(info, f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    return path


def test_wheel_of_another_project_is_refused(tmp_path):
    """By name."""
    path = wheel(tmp_path, "numpy-2.0-py3-none-any.whl", "numpy", "2.0")
    with pytest.raises(NotATarget, match=r"not a TensorFlow or Keras wheel, but numpy 2\.0"):
        resolve(str(path))


def test_file_that_is_no_wheel_is_refused(tmp_path):
    """Whatever its name says."""
    path = tmp_path / "tensorflow-2.21.0-cp313-cp313-linux_x86_64.whl"
    path.write_text("nothing")
    with pytest.raises(NotATarget, match="not a wheel that can be read"):
        resolve(str(path))


@pytest.mark.slow
def test_tensorflow_wheel_takes_the_pins_of_its_release(tmp_path):
    """And the interpreter of its tag."""
    path = wheel(tmp_path, "tensorflow-2.21.0-cp312-cp312-linux_x86_64.whl", "tensorflow", "2.21.0")
    target = resolve(str(path))
    assert target.wheel == path
    assert target.release.python == "3.12"
    assert not any(pin.startswith("tensorflow==") for pin in target.release.requires)


def test_interrupted_environment_is_built_again(tmp_path, monkeypatch):
    """One without its stamp is not finished."""
    monkeypatch.setenv("BATCHNORM_CACHE", str(tmp_path))
    built = []

    def uv(*arguments, **options):
        built.append(arguments[0])
        if arguments[0] == "venv":
            (tmp_path / "x" / "bin").mkdir(parents=True, exist_ok=True)
            (tmp_path / "x" / "bin" / "python").touch()
        elif len(built) == 2:
            raise Failure("killed")
        return ""

    monkeypatch.setattr(environments, "uv", uv)
    target = environments.Target("x", Release("x", "tensorflow", None, "3.11", ["tensorflow==2.15.1"]))
    with pytest.raises(Failure, match="killed"):
        environments.python(target)
    assert environments.python(target) == tmp_path / "x" / "bin" / "python"
    assert environments.python(target).exists()
    assert built == ["venv", "pip", "venv", "pip"]
