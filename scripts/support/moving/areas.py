"""Whom a change concerns: areas of use, the most common first, each with the reason for its place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """A use of the layer that changes have in common.

    Attributes:
        id: stable name, for machines.
        title: heading.
        because: why it stands where it does.
    """

    id: str
    title: str
    because: str


EVERYDAY = Area(
    "everyday", "Every program that trains the layer, or freezes it",
    "Whoever trains meets it on the first day, whoever fine-tunes on the second.",
)  # fmt: skip
KEEPING = Area(
    "keeping", "Saving, loading, names, converting",
    "Nearly every program saves, and whoever moves takes the files along.",
)  # fmt: skip
FREEZING = Area(
    "freezing", "Freezing and fine-tuning, in detail",
    "Fine-tuning is what batch normalization is asked about most; only some freeze this way.",
)  # fmt: skip
MODELS = Area(
    "models", "Models, layers and training loops of one's own",
    "A part of all programs write a call() or a loop; there a mistake is silent.",
)  # fmt: skip
ARGUMENTS = Area(
    "arguments", "Arguments that went, came or mean something else",
    "Few programs pass them, and nearly all that do are told by an error.",
)  # fmt: skip
INPUTS = Area(
    "inputs", "Inputs, masks and precision",
    "It takes inputs out of the ordinary: masks, float16, channels first, values far from 0.",
)  # fmt: skip
SEQUENCES = Area(
    "sequences", "TimeDistributed and recurrent cells",
    "Batch normalization within sequences is uncommon.",
)  # fmt: skip
REPLICAS = Area(
    "replicas", "Several replicas",
    "It takes a distribution strategy and more than one replica.",
)  # fmt: skip
OLD_GRAPHS = Area(
    "graphs", "Graphs and sessions",
    "Graph programs are the fewest among those written today.",
)  # fmt: skip
SELDOM = Area(
    "seldom", "Seldom",
    "Differences in the last digits, errors of programs that were wrong, or uses that hardly anybody has.",
)  # fmt: skip

AREAS = (EVERYDAY, KEEPING, FREEZING, MODELS, ARGUMENTS, INPUTS, SEQUENCES, REPLICAS, OLD_GRAPHS, SELDOM)

# Claims that no entry accounts for are told in the area of their group.
AREA_OF_GROUP = {
    **dict.fromkeys(("published", "published_flags", "published_example"), EVERYDAY),
    **dict.fromkeys(("trainable", "training_values", "compiling", "compile_warnings"), EVERYDAY),
    **dict.fromkeys(("trainable_values", "callbacks", "adversarial", "fine_tuning", "nesting"), FREEZING),
    **dict.fromkeys(("methods", "several_calls", "training_argument", "loops"), MODELS),
    **dict.fromkeys(("learning_phase", "optimizers", "layer_updates"), MODELS),
    **dict.fromkeys(("saving", "saved_unbuilt", "keeping", "files_of_other_releases"), KEEPING),
    **dict.fromkeys(("held_layers", "cloning", "exports"), KEEPING),
    **dict.fromkeys(("signatures", "defaults_and_config", "axis"), ARGUMENTS),
    **dict.fromkeys(("renorm", "renorm_bounds", "adjustment", "virtual_batches"), ARGUMENTS),
    **dict.fromkeys(("inputs", "masking", "passing_masks", "precision", "numerics", "gradients"), INPUTS),
    **dict.fromkeys(("fused_kernel", "regularizers_and_constraints"), INPUTS),
    **dict.fromkeys(("recurrent", "time_distributed", "inside_time_distributed"), SEQUENCES),
    **dict.fromkeys(("strategies", "synchronized", "models_in_strategies"), REPLICAS),
    **dict.fromkeys(("update_ops", "control_flow", "variables", "sessions", "estimators", "migration"), OLD_GRAPHS),
    **dict.fromkeys(("xla", "rematerialization"), SELDOM),
}
