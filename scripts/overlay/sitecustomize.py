"""Import one module from another file: how ``scripts/mutate.py`` puts a mutant before the installed source.

Python runs this at its start when its folder is on PYTHONPATH. The environment itself stays as it is.
BATCHNORM_OVERLAY holds ``module=file``.
"""

import importlib.machinery
import importlib.util
import os
import sys


class Overlay:
    """A finder for one module; every other one is found as ever."""

    def __init__(self, module, path):
        self.module, self.path = module, path

    def find_spec(self, name, path=None, target=None):
        """The overlaid module, with the search path of a package if it is one."""
        if name != self.module:
            return None
        real = importlib.machinery.PathFinder.find_spec(name, path, target)
        return importlib.util.spec_from_file_location(
            name, self.path, submodule_search_locations=real.submodule_search_locations
        )


if os.environ.get("BATCHNORM_OVERLAY"):
    sys.meta_path.insert(0, Overlay(*os.environ["BATCHNORM_OVERLAY"].split("=", 1)))
