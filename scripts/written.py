"""Write fixtures/written.py anew: small files, each written by the release that its key names.

    uv run scripts/written.py

Of weights, the model is a functional one with another inside, of two batch normalizations and a head; see
``fixtures/observer/scenarios/keeping.py``. A file is written of it as it is, and with its first layer frozen. Of a
whole model, it is a Sequential whose layer was made with trainable=True, 0 and 1; see ``trainable_values.py`` beside.
1.14 wrote a whole model with renorm=True, too: it holds a variable that later releases do not have.
"""

# /// script
# requires-python = "==3.13.*"
# dependencies = [
# "attrs==26.1.0", "covertable==3.2.0", "filelock==4.2.12", "jsonschema==4.26.0",
# "jsonschema-specifications==2025.9.1", "markdown-it-py==4.3.0", "mdurl==0.1.2", "numpy==2.5.5", "packaging==26.3",
# "pip==26.3", "psutil==7.2.2", "pygments==2.21.0", "referencing==0.37.0", "rich==15.0.0", "rpds-py==2026.9.1",
# "ruff==0.17.6"
# ]
# [tool.batchnorm-spec]
# requirements = "requirements/tools.txt"
# ///

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from support import asked  # noqa: E402


def options() -> asked.Parser:
    """What the command line takes: nothing."""
    return asked.Parser(__doc__)


asked.for_help(__name__, options)

from support import environments, releases  # noqa: E402

WRITERS = {
    "hdf5-of-2.15.1": ("2.15.1", "tf.keras", ".h5"),
    "weights-of-keras-3.0.5": ("keras-3.0.5", "keras", ".weights.h5"),
}
MODELS = {"model-of-2.15.1": ("2.15.1", "tf.keras", ".h5")}
MODEL = """
import base64, os, sys, tempfile, zlib
import tensorflow as tf
from fixtures.observer.namespaces import namespace
from fixtures.observer.scenarios import trainable_values
surface, ending = sys.argv[1:]
for trainable in (True, 0, 1):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "kept" + ending)
        trainable_values.sequential(namespace(tf, surface), trainable).save(path)
        with open(path, "rb") as file:
            print("written", trainable, base64.b85encode(zlib.compress(file.read(), 9)).decode())
"""
WEIGHTS = """
import base64, os, sys, tempfile, zlib
import tensorflow as tf
from fixtures.observer.namespaces import namespace
from fixtures.observer.scenarios import keeping
surface, ending = sys.argv[1:]
keras = namespace(tf, surface)
for frozen in ("nothing", "layer"):
    model = keeping.made(tf, keras, "functional-inside", keeping.classes(keras))
    keeping.freeze(model, "functional-inside", frozen)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "kept" + ending)
        model.save_weights(path)
        with open(path, "rb") as file:
            print("written", frozen, base64.b85encode(zlib.compress(file.read(), 9)).decode())
"""
RENORMALIZING = """
import base64, os, sys, tempfile, zlib
import tensorflow as tf
from fixtures.images import parameters
from fixtures.observer.namespaces import namespace
from fixtures.settings import EPSILON, MOMENTUM, NAMES
surface, ending = sys.argv[1:]
keras = namespace(tf, surface)
layer = keras.layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, renorm=True, name="norm")
inputs = keras.Input((3,), name="rows")
model = keras.Model(inputs, layer(inputs))
layer.set_weights([parameters(3).get(v.name.split("/")[-1].split(":")[0], value)
                   for v, value in zip(layer.weights, layer.get_weights())])
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "kept" + ending)
    model.save(path)
    with open(path, "rb") as file:
        print("written", True, base64.b85encode(zlib.compress(file.read(), 9)).decode())
"""
HEAD = '''"""Files as releases wrote them, in base 85: made by ``scripts/written.py``, not by hand.

The key of a file in ``FILES`` names the release; then what was frozen in the model when it was written, or what
trainable was.
"""

ENDINGS = {endings}

FILES = {{
'''


def written(program: str, release: str, surface: str, ending: str) -> dict[str, str]:
    """What was frozen, or trainable -> the file that a release wrote, compressed, in base 85."""
    python = environments.python(environments.Target(release, releases.calendar()[release]))
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", program, surface, ending],
        env=variables, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [line.split(" ") for line in done.stdout.splitlines() if line.startswith("written ")]
    return {variant: content for _, variant, content in lines}


def in_lines(content: str, indent: int) -> str:
    """A long text as string literals, one to a line."""
    return "".join(f"{' ' * indent}{content[at : at + 96]!r}\n" for at in range(0, len(content), 96))


def main() -> int:
    """Command line; see the module's first lines."""
    options().parse_args()
    writers = {name: (WEIGHTS, *one) for name, one in WRITERS.items()}
    writers.update({name: (MODEL, *one) for name, one in MODELS.items()})
    text = HEAD.format(endings={name: writer[-1] for name, writer in writers.items()})
    for name, writer in writers.items():
        text += f"    {name!r}: {{\n"
        for variant, content in written(*writer).items():
            text += f"        {variant!r}: (\n{in_lines(content, 12)}        ),\n"
        text += "    },\n"
    (content,) = written(RENORMALIZING, "1.14.0", "tf.keras", ".h5").values()
    text += "}\n\n# A functional model with renorm=True, as 1.14.0 wrote it.\n"
    text += f"RENORMALIZING = (\n{in_lines(content, 4)})\n"
    (ROOT / "fixtures" / "written.py").write_text(text.replace("'", '"'), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
