"""Stand-ins: a small NumPy batch normalization behind the observer's interface, broken in one named way each.

A stand-in answers any case as the observer would, without TensorFlow. What the matrix asks follows from a copy
of ``fixtures.expect`` of its own, on plain float64 numbers, in which a defect changes the switches, the layer's
arithmetic or what the flags of a call amount to. What a scenario asks starts from the record of the release: a
defect does to its states, outputs, names, counts and errors what it would have done to the program.
"""

from tests.harness.stand_ins.defects import DEFECTS, NONE, Defect
from tests.harness.stand_ins.release import RELEASES, stand_in

__all__ = ["DEFECTS", "NONE", "RELEASES", "Defect", "stand_in"]
