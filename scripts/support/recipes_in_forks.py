"""Runs in the environment of a release: each program in a process of its own, forked after TensorFlow was imported.

    python recipes_in_forks.py < programs.json      a list of {"name", "text", "v2"}; prints a list of results as JSON

Python 3.7 and the standard library. ``v2``: tf.compat.v1.enable_v2_behavior() comes first.
"""

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback

PATIENCE = 150  # seconds for one program, on a machine that does much else


def last_line(text):
    """What a program said at the end, without addresses, times and paths, which differ in each run."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def run(text, v2, tf, write):
    """Run a program in this process: print how it ended, and what it said."""
    if v2:
        tf.compat.v1.enable_v2_behavior()
    try:
        exec(compile(text, "program.py", "exec"), {"__name__": "__main__"})
    except AssertionError as error:
        write("fails", str(error) or last_line(traceback.format_exc()))
    except BaseException as error:  # whatever it is: it is what the user sees
        said = str(error).strip().splitlines()
        write("raises", "{}: {}".format(type(error).__name__, said[0][:200] if said else ""))
    else:
        write("works", "")


def forked(program, tf):
    """How one program ended as ``support.site.recipes`` names it, and what it said."""
    folder = tempfile.mkdtemp()
    result, out = os.path.join(folder, "result"), os.path.join(folder, "out")
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        file = os.open(out, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

        def write(ended, said):
            sys.stdout.flush()
            with open(result, "w") as to:
                json.dump({"ended": ended, "says": said}, to)

        try:
            run(program["text"], program["v2"], tf, write)
        finally:
            os._exit(0)
    start = time.time()
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.time() - start > PATIENCE:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return {"ended": "hung", "says": "no end after {} s".format(PATIENCE)}
        time.sleep(0.05)
    if not os.path.exists(result):
        return {"ended": "crashed", "says": "the process was killed"}
    with open(result) as file:
        found = json.load(file)
    with open(out) as file:
        found["says"] = found["says"] or last_line(file.read())
    return found


def main():
    """Run what comes in."""
    programs = json.load(sys.stdin)
    import tensorflow as tf

    with contextlib.suppress(ImportError):  # each program says so itself
        tf.keras.layers.BatchNormalization  # noqa: B018  Keras is imported when it is first asked for
    results = {}
    for program in programs:
        results[program["name"]] = forked(program, tf)
        sys.stderr.write("{}: {}\n".format(program["name"], results[program["name"]]))
    print("RESULTS " + json.dumps(results))


if __name__ == "__main__":
    main()
