"""Two recorded surfaces compared, and their differences told."""

from support.comparison.changes import (
    CLAIM,
    DANGERS,
    ENDED,
    ERROR,
    GONE,
    MOVEMENT,
    OUTPUTS,
    STRUCTURE,
    Change,
    Comparison,
    compare,
)
from support.comparison.difference import SCENARIO_DRIFT, drift_of, near
from support.comparison.identity import (
    Side,
    claims_of,
    environment,
    failure_of,
    known_cases,
    largest_part_of_bound,
    observed_in,
    runnable,
    surfaces,
)
from support.comparison.kinds import ORDER, SPECIFICATION, Kind, counted
from support.comparison.packages import Package, also_changed, other_packages
from support.comparison.pairing import pairs
from support.comparison.telling import Behaviour, behaviours, merged, of_bits, with_its_call
from support.comparison.told import Told, told_of_test

__all__ = [
    "CLAIM",
    "DANGERS",
    "ENDED",
    "ERROR",
    "GONE",
    "MOVEMENT",
    "ORDER",
    "OUTPUTS",
    "SCENARIO_DRIFT",
    "SPECIFICATION",
    "STRUCTURE",
    "Behaviour",
    "Change",
    "Comparison",
    "Kind",
    "Package",
    "Side",
    "Told",
    "also_changed",
    "behaviours",
    "claims_of",
    "compare",
    "counted",
    "drift_of",
    "environment",
    "failure_of",
    "known_cases",
    "largest_part_of_bound",
    "merged",
    "near",
    "observed_in",
    "of_bits",
    "other_packages",
    "pairs",
    "runnable",
    "surfaces",
    "told_of_test",
    "with_its_call",
]
