"""Import modules from other files: how a mutant, or a commit's parent, is put before the installed sources.

Python runs this at its start when its folder is on PYTHONPATH. The environment itself stays as it is.
BATCHNORM_OVERLAY holds ``module=file``, several of them apart by ``os.pathsep``.
"""

import importlib.machinery
import importlib.util
import os
import sys


class Overlay:
    """A finder for some modules; every other one is found as ever."""

    def __init__(self, files):
        self.files = files

    def find_spec(self, name, path=None, target=None):
        """The overlaid module, with the search path of a package if it is one."""
        if name not in self.files:
            return None
        real = importlib.machinery.PathFinder.find_spec(name, path, target)
        return importlib.util.spec_from_file_location(
            name, self.files[name], submodule_search_locations=real.submodule_search_locations if real else None
        )


if os.environ.get("BATCHNORM_OVERLAY"):
    FILES = dict(entry.split("=", 1) for entry in os.environ["BATCHNORM_OVERLAY"].split(os.pathsep))
    sys.meta_path.insert(0, Overlay(FILES))
