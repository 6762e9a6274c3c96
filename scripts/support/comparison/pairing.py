"""Which observations of two records belong together: the same case, or one situation of a graph and an eager layer."""

from collections.abc import Iterable

from fixtures import cases
from fixtures.cases import Case
from support.comparison.identity import Side, known_cases, surfaces

# What a graph calls one way and an eager call another. A graph moves its statistics when the update ops
# run, an eager layer when it is called: both are compared as one run.
GRAPH_FIELDS = {
    "graph_layer": {"outputs_with_updates": "outputs", "drift_with_updates": "drift", "gradients": "gradients"},
    "graph_image": {"output": "output", "state": "state"},
    "graph_published": {"outputs": "outputs", "states": "states"},
}
EAGER_KINDS = {"layer_call": "graph_layer", "layer_image": "graph_image", "layer_published": "graph_published"}


def neutral(case: Case) -> tuple | None:
    """The situation of a case, the same for a graph and an eager surface; None when only one has it."""
    flags = dict(case.flags)
    if case.kind == "graph_layer" and (flags["form"], flags["fused"], case.program) == (
        "functional", "None", cases.TF2_STYLE,
    ):  # fmt: skip
        training = flags["training"].replace("constant-", "tensor-")
        return ("graph_layer", training, flags["trainable"])
    if case.kind == "layer_call" and flags["trainable"].startswith("constructor-"):
        return ("graph_layer", flags["training"], flags["trainable"].endswith("True"))
    if case.kind == "graph_image" and flags["fused"] == "None" and case.program == cases.TF2_STYLE:
        return ("graph_image", flags["training"], flags["image"])
    if case.kind == "layer_image":
        return ("graph_image", flags["training"], flags["image"])
    if case.kind == "graph_published" and flags["form"] == "functional" and case.program == cases.TF2_STYLE:
        return ("graph_published", flags["training"], flags["trainable"])
    if case.kind == "layer_published":
        return ("graph_published", flags["training"], flags["trainable"])
    return None


def observations(side: Side, across: bool) -> dict[tuple, tuple[Case, dict[str, object]]]:
    """What a record holds for a surface, by situation; ``across`` a graph and an eager surface, in common terms."""
    found = {}
    for name, seen in side.record["observations"].items():
        case = known_cases().get(name)
        if case is None or case.surface != side.surface:
            continue
        if not across:
            found[(case.kind, case.program, case.flags)] = (case, seen)
            continue
        situation = neutral(case)
        if situation is not None:
            names = GRAPH_FIELDS.get(case.kind)
            if names is None:
                common = {word: seen[word] for word in GRAPH_FIELDS[EAGER_KINDS[case.kind]].values() if word in seen}
            else:
                common = {word: seen[own] for own, word in names.items() if own in seen}
            found[situation] = (case, common or seen)
    return found


def own_field(case: Case, name: str, across: bool) -> str:
    """The name a case's kind has for a field in common terms."""
    if not across:
        return name
    return {common: own for own, common in GRAPH_FIELDS.get(case.kind, {}).items()}.get(name, name)


def pairs(before: dict, after: dict, only: Iterable[str] | None = None) -> tuple[list[str], list[str], list[str]]:
    """Surfaces that two records share, that the second lacks, and that it adds."""
    one, other = surfaces(before), surfaces(after)
    if only:
        one, other = [s for s in one if s in only], [s for s in other if s in only]
    return [s for s in one if s in other], [s for s in one if s not in other], [s for s in other if s not in one]
