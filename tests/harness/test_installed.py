"""What an environment holds, from metadata alone."""

import pytest

from fixtures import cases, installed
from fixtures.installed import NO_API, NOT_INSTALLED, Environment, Unusable


def packages(monkeypatch, **versions):
    """Pretend that exactly these distributions are installed."""

    def version(name):
        try:
            return versions[name.replace("-", "_")]
        except KeyError:
            raise installed.metadata.PackageNotFoundError(name) from None

    monkeypatch.setattr(installed.metadata, "version", version)


@pytest.mark.parametrize(
    "versions, words",
    [
        ({}, "No TensorFlow is installed"),
        ({"tensorflow": "1.12.3"}, "TensorFlow 1.12.3 is too old"),
        ({"tensorflow": "2.21.0", "tf_keras": "2.19.0"}, "tf-keras 2.19.0 does not belong to TensorFlow 2.21.0"),
    ],
)
def test_unusable_environment_says_why(monkeypatch, versions, words):
    """One sentence for each reason."""
    packages(monkeypatch, **versions)
    with pytest.raises(Unusable, match=words):
        installed.environment()


@pytest.mark.parametrize(
    "versions, expected",
    [
        ({"tensorflow": "2.4.4"}, ("2.4.4", None, None)),
        ({"tensorflow": "2.15.1", "keras": "2.15.0"}, ("2.15.1", None, None)),
        ({"tensorflow_cpu": "2.21.0", "tf_keras": "2.21.0", "keras": "3.15.1"}, ("2.21.0", "2.21.0", "3.15.1")),
        ({"tf_nightly": "2.23.0.dev20261122", "keras_nightly": "3.16.0.dev1"},
         ("2.23.0.dev20261122", None, "3.16.0.dev1")),
    ],
)  # fmt: skip
def test_environment_names_what_is_under_test(monkeypatch, versions, expected):
    """TensorFlow under any of its names; a Keras 2 package is not a surface of its own."""
    packages(monkeypatch, **versions)
    assert installed.environment() == expected


def test_packages_beside_tensorflow_are_named_with_their_versions(monkeypatch):
    """Those that are there, as a requirement file spells them."""
    packages(monkeypatch, tensorflow="2.15.1", h5py="3.16.0", ml_dtypes="0.3.2", absl_py="2.5.1")
    assert installed.beside() == {"h5py": "3.16.0", "ml-dtypes": "0.3.2"}


OLD, BRIDGE, NEW, BARE = (
    Environment("2.4.4", None, None),
    Environment("2.15.1", "2.15.1", None),
    Environment("2.21.0", "2.21.0", "3.15.1"),
    Environment("2.22.0rc0", None, "3.15.1"),
)


@pytest.mark.parametrize(
    "surface, reasons",
    [
        (cases.TF_LAYERS, (None, None, None, NOT_INSTALLED)),
        (cases.TF_KERAS_BUNDLED, (None, None, NO_API, NO_API)),
        (cases.TF_KERAS, (NO_API, None, None, NOT_INSTALLED)),
        (cases.KERAS3, (NO_API, NO_API, None, None)),
        (cases.KERAS_V1, (None, None, None, NOT_INSTALLED)),
    ],
)
def test_absent_surface_has_a_reason_from_the_list(surface, reasons):
    """For each surface in an old, a bridging, a new and a bare environment."""
    assert tuple(installed.absent(surface, env) for env in (OLD, BRIDGE, NEW, BARE)) == reasons


@pytest.mark.parametrize(
    "version, key", [("2.15.1", (2, 15, 1)), ("2.22.0rc0", (2, 22, 0)), ("2.23.0-dev2026", (2, 23, 0))]
)
def test_versions_compare_by_number(version, key):
    """Suffixes of candidates and nightlies are left out."""
    assert installed.key(version) == key
