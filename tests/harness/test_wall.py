"""What runs inside the TensorFlow under test keeps to Python 3.7 and to tensorflow, numpy and pytest."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSIDE = sorted(
    path
    for pattern in ("conftest.py", "fixtures/**/*.py", "tests/tf1_compat/*.py", "tests/keras_v2/*.py")
    for path in ROOT.glob(pattern)
)
# Backport that pytest brings on Python 3.7; xdist only where pytest has loaded it.
ALLOWED = {"numpy", "pytest", "fixtures", "importlib_metadata", "xdist"}


def imports(tree):
    """Top-level names of all modules a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", INSIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_inside_is_python_3_7_and_imports_nothing_from_outside(path):
    """The grammar parses as 3.7, and imports are the standard library's, numpy, pytest, fixtures."""
    tree = ast.parse(path.read_text(), feature_version=(3, 7))
    allowed = ALLOWED | ({"tensorflow"} if "observer" in path.parts else set())
    assert set(imports(tree)) - allowed <= sys.stdlib_module_names


@pytest.mark.parametrize(
    "path", [path for path in INSIDE if "tests" in path.parts or "claims" in path.parts], ids=lambda path: path.name
)
def test_no_test_and_no_claim_asks_for_a_version(path):
    """What differs between releases stands in tables."""
    assert "__version__" not in path.read_text()
