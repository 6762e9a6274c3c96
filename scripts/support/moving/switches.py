"""What differs between two rows of the semantics table, in words, and whom it concerns."""

from typing import Any, NamedTuple

from fixtures.semantics import Row
from support.moving.areas import EVERYDAY, FREEZING, INPUTS, MODELS, OLD_GRAPHS, SELDOM, Area
from support.words.switches import REFUSALS, VALUES, Value, refused_anywhere, turned


class Place(NamedTuple):
    """Where a change is told: in which area, and in which order there (lower is earlier; 50 where nothing says)."""

    area: Area
    priority: int = 50


PLACES = {
    # What happens to a model that is frozen at the wrong time is silent and total; how a frozen layer normalizes shows
    # in every loss; the variance is off by 1/N, which few notice.
    "trainable_is_read": Place(EVERYDAY, 15),
    "freezing_recurses": Place(EVERYDAY, 18),
    "frozen_normalizes_with": Place(EVERYDAY, 20),
    "frozen_moves_statistics": Place(EVERYDAY, 21),
    "frozen_moves_parameters": Place(EVERYDAY, 22),
    "inference_moves_statistics": Place(EVERYDAY, 23),
    "fused_variance": Place(EVERYDAY, 30),
    "plain_variance": Place(EVERYDAY, 30),
    "fused_ranks": Place(EVERYDAY, 30),
    "run_eagerly_rereads": Place(FREEZING),
    "optimizer_refuses_new_variables": Place(FREEZING),
    "optimizer_refuses_in_fit": Place(FREEZING),
    "optimizer_refuses_in_function": Place(FREEZING),
    "compile_lists_weights": Place(FREEZING),
    "compile_waits_for_inputs": Place(FREEZING),
    "callback_reaches_eager_steps": Place(FREEZING),
    "freezing_reaches_lists": Place(FREEZING, 40),
    "frozen_before_build_trains": Place(FREEZING, 40),
    "made_frozen_stays_untrainable": Place(FREEZING, 40),
    "made_frozen_is_unwatched": Place(FREEZING, 60),
    "frozen_direct_call_moves_statistics": Place(FREEZING, 60),
    "unfrozen_layer_in_frozen_model_trains": Place(FREEZING, 30),
    "frozen_model_keeps_inner_statistics": Place(FREEZING, 31),
    "add_to_frozen_model_freezes": Place(FREEZING, 60),
    "without_training_argument_infers": Place(MODELS, 10),
    "without_training_argument_raises": Place(MODELS, 11),
    "subclassed_models_run_eagerly": Place(MODELS),
    "optimizer_refuses_nothing": Place(MODELS, 60),
    "fused_kernel_takes_axis_1": Place(INPUTS, 10),
    "inference_updates_read_garbage": Place(OLD_GRAPHS, 10),
    "constant_false_leaves_empty_updates": Place(OLD_GRAPHS, 60),
    "left_out_belongs_to_a_graph": Place(OLD_GRAPHS, 70),
    "momentum_in_float32": Place(SELDOM),
    "fit_traces_each_batch_size": Place(FREEZING, 45),
}

# Turns that concern fewer than their switch does.
PLACES_OF_TURNS = {
    ("fused_ranks", (4,), (4, 5)): Place(SELDOM, 40),
    ("fused_ranks", (4, 5), (4,)): Place(SELDOM, 40),
}


class Turn(NamedTuple):
    """A change of one switch, or of several that are told as one.

    Attributes:
        switches: their names.
        was: what a user saw before.
        now: the words of the value from now on.
        place: where it is told.
    """

    switches: tuple[str, ...]
    was: str
    now: Value
    place: Place


def turn(switch: str, was: Any, now: Any) -> Turn:
    """A switch that was one value and is another.

    Raises:
        KeyError: the tables know no such switch or value.
    """
    place = PLACES_OF_TURNS.get((switch, was, now), PLACES[switch])
    return Turn((switch,), VALUES[switch][was].seen, turned(switch, was, now), place)


def turns(before: Row, after: Row) -> list[Turn]:
    """What differs between two rows of the semantics table, switch by switch, as far as both surfaces have it.

    What the optimizer does with variables that are unfrozen later is told once where it is the same everywhere.
    """

    def differing(switch: str) -> tuple[Any, Any] | None:
        if switch not in before.origins or switch not in after.origins:
            return None
        pair = getattr(before.semantics, switch), getattr(after.semantics, switch)
        return None if pair[0] == pair[1] else pair

    found = {switch: pair for switch in VALUES if (pair := differing(switch)) is not None}
    alike = {found.get(switch) for switch in REFUSALS}
    if len(alike) == 1 and None not in alike:
        was, now = (refused_anywhere(value) for value in found[REFUSALS[0]])
        merged = [Turn(REFUSALS, was.seen, now, PLACES[REFUSALS[0]])]
        found = {switch: pair for switch, pair in found.items() if switch not in REFUSALS}
    else:
        merged = []
    return merged + [turn(switch, *pair) for switch, pair in found.items()]
