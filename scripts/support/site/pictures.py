"""Pictures of what was observed, against the formula where there is one: SVG that prints, each with its words."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("svg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from fixtures import cases
from fixtures.claims.predictions import FROZEN, TRAINS, ways
from fixtures.images import IMAGES, PUBLISHED_FIGURES, parameters
from fixtures.settings import MOMENTUM
from support import ranges, releases
from support.comparison import Side
from support.pages.common import seen_by, timeline
from support.pages.example import example_figures
from support.site.render import Site
from support.site.told import APIS

# Told apart by all kinds of colour blindness (Okabe and Ito), and by line and marker as well.
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#999999"
STYLE: Any = {
    "svg.fonttype": "none", "svg.hashsalt": "batchnorm-spec", "font.size": 10, "font.family": "sans-serif",
    "axes.spines.top": False, "axes.spines.right": False, "figure.constrained_layout.use": True,
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A picture of the site.

    Attributes:
        file: its name below pictures/.
        words: what it shows, for who does not see it.
        caption: what stands below it.
        draw: makes the figure.
    """

    file: str
    words: str
    caption: str
    draw: Callable[[], Figure]


def newest(surface: str) -> Side:
    """The newest stable recorded side of a surface."""
    stable = {one.name for line in ("tensorflow", "keras") for one in releases.recorded(line)}
    return [side for side in timeline(surface) if side.name in stable][-1]


def moving_statistics() -> Figure:
    """How far the moving statistics are after n steps: the formula, and what was observed."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.4))
    steps = np.arange(0, 1001)
    for momentum, colour, line in ((0.9, GREEN, "-"), (0.99, BLUE, "--"), (0.999, ORANGE, ":")):
        left.plot(steps, 100 * (1 - momentum**steps), line, color=colour, label=f"momentum {momentum}")
    left.set(xlabel="training steps", ylabel="share of the data, %", title="1 − momentumⁿ")
    left.legend(frameon=False)
    side = newest(cases.KERAS3)
    drift = (seen_by(side, cases.layer_call(cases.KERAS3, "True", "constructor-True")) or {})["drift"]
    axes = tuple(range(IMAGES["rank4"].ndim - 1))
    batch = {"moving_mean": IMAGES["rank4"].mean(axes), "moving_variance": IMAGES["rank4"].var(axes)}
    steps = np.arange(0, 121)
    for name, colour, line, marker in (("moving_mean", BLUE, "-", "o"), ("moving_variance", ORANGE, "--", "s")):
        start, goal = parameters(3)[name][1], batch[name][1]
        word = name.replace("_", " ")
        right.plot(
            steps, start * MOMENTUM**steps + goal * (1 - MOMENTUM**steps), line, color=colour, label=f"{word}, formula"
        )
        shown = sorted(map(int, drift))
        right.plot(shown, [drift[str(n)][name][1] for n in shown], marker, color=colour, label=f"{word}, observed")
    right.set(xlabel="training steps", title=f"Keras {side.version}, momentum {MOMENTUM}")
    right.legend(frameon=False)
    return figure


def steps_of(side: Side, compiled: str, toggle: str) -> list[str]:
    """What three steps of fit() did to the layer; empty where it is not measured."""
    seen = seen_by(side, cases.compiled_model(side.surface, compiled, toggle, "fit", False))
    return ways(seen["steps"]) if seen and "steps" in seen else []


def timeline_of_a_toggle() -> Figure:
    """Compile, step, toggle, step, compile again, step: what fit() does, per Keras."""
    old = next((side for side in timeline(cases.TF_KERAS_BUNDLED) if side.name.startswith("1.15")), None)
    sides = [side for side in (old, newest(cases.TF_KERAS), newest(cases.KERAS3)) if side]
    toggles = (
        ("before_first_step", "compile, toggle, three steps"), ("after_first_step", "compile, step, toggle, two steps"),
        ("then_compile", "compile, step, toggle, compile, two steps"),
    )  # fmt: skip
    figure, panels = plt.subplots(1, len(sides), figsize=(8.6, 3.6), sharey=True, squeeze=False)
    rows = [(compiled, *toggle) for compiled in ("unfrozen", "frozen") for toggle in toggles]
    for panel, side in zip(panels[0], sides, strict=True):
        for number, (compiled, toggle, _) in enumerate(rows):
            for step, did in enumerate(steps_of(side, compiled, toggle)):
                trains = did == TRAINS
                panel.barh(
                    number, 0.94, left=step, color=GREEN if trains else "#d9d9d9", edgecolor="black", linewidth=0.6,
                    hatch="" if trains else "//",
                )  # fmt: skip
                word = "trains" if trains else "frozen" if did.startswith(FROZEN) else "other"
                panel.text(step + 0.47, number, word, ha="center", va="center", fontsize=8,
                           bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1})  # fmt: skip
            if toggle != "before_first_step":
                panel.plot([0.97, 0.97], [number - 0.45, number + 0.45], color=ORANGE, linewidth=3)
        panel.set(title=f"{APIS[side.surface].split(',')[0]} {ranges.minor(side.name)}", xticks=[0.47, 1.47, 2.47])
        panel.set_xticklabels(["step 1", "step 2", "step 3"])
        panel.spines[:].set_visible(False)
    made = {"unfrozen": "trainable", "frozen": "frozen"}
    panels[0][0].set_yticks(range(len(rows)), [f"made {made[compiled]}: {words}" for compiled, _, words in rows])
    panels[0][0].invert_yaxis()
    return figure


def variance_by_batch_size() -> Figure:
    """Bessel's correction by the number of values in a channel: the formula, and what was observed."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    counts = np.arange(2, 65)
    axes.plot(counts, counts / (counts - 1), "-", color=BLUE, label="divided by n − 1 (Bessel's correction)")
    axes.plot(counts, np.ones(len(counts)), "--", color=ORANGE, label="divided by n")
    for surface, marker, colour in ((cases.TF_KERAS, "o", BLUE), (cases.KERAS3, "s", ORANGE)):
        side, found = newest(surface), []
        states = {
            case.image: (seen_by(side, case) or {}).get("state")
            for case in cases.LAYER_IMAGES
            if case.surface == surface and case.program == cases.TF2_STYLE and case.training == "True"
        }
        called = seen_by(side, cases.layer_call(surface, "True", "constructor-True")) or {}
        states["rank4"] = called.get("drift", {}).get("1")
        for name, state in states.items():
            image = IMAGES[name]
            if state and image.shape[-1] == 3 and image.size > 3:
                over = tuple(range(image.ndim - 1))
                start = np.asarray(parameters(3)["moving_variance"], float)
                taken = (np.asarray(state["moving_variance"], float) - MOMENTUM * start) / (1 - MOMENTUM)
                found.append((image.size // image.shape[-1], float(np.mean(taken / image.astype(float).var(over)))))
        if found:
            axes.plot(*zip(*found, strict=True), marker, color=colour, markerfacecolor="none", markersize=9,
                      label=f"{APIS[surface]} {ranges.minor(side.name)}, observed")  # fmt: skip
    axes.set(xlabel="values in each channel, n", ylabel="accumulated variance / biased variance", xscale="log")
    axes.set_xticks([2, 4, 8, 16, 32, 64], ["2", "4", "8", "16", "32", "64"])
    axes.minorticks_off()
    axes.legend(frameon=False)
    return figure


def published_example() -> Figure:
    """What the published example prints for its pixel, in each API and for each pair of flags."""
    flags = ("training=False\ntrainable=True", "training=False\ntrainable=False", "training=True\ntrainable=True",
             "training=True\ntrainable=False")  # fmt: skip
    sides = [side for side in timeline(cases.TF_LAYERS) if side.name.startswith("1.15")][-1:]
    sides += [newest(surface) for surface in (cases.TF_KERAS_BUNDLED, cases.TF_KERAS, cases.KERAS3)]
    figure, panels = plt.subplots(1, 4, figsize=(8.6, 3.2), sharey=True)
    styles = ((GREY, "o"), (BLUE, "s"), (GREEN, "^"), (ORANGE, "D"))
    for number, (panel, title) in enumerate(zip(panels, flags, strict=True)):
        for place, (side, (colour, marker)) in enumerate(zip(sides, styles, strict=False)):
            told = example_figures(side)[number].split("]")[0].lstrip("[")
            pixel = [float(part) for part in told.replace(",", " ").split()] if told[:1] in "-0123456789" else []
            panel.plot(np.arange(len(pixel)) + (place - 1.5) * 0.15, pixel, marker, color=colour, markersize=6,
                       label=f"{APIS[side.surface].split(',')[0]} {ranges.minor(side.name)}")  # fmt: skip
        for word, line in (("inference_output", ":"), ("training_output", "-.")):
            printed = [*PUBLISHED_FIGURES[word], PUBLISHED_FIGURES[word][-1]]
            label = f"printed, {word.split('_')[0]}"
            panel.step(np.arange(-0.5, 4.5), printed, line, where="post", color="black", linewidth=0.8, label=label)
        panel.set(title=title, xticks=range(4), xlabel="channel")
        panel.title.set_fontsize(9)
    panels[0].set_ylabel("output")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


PICTURES = (
    Picture(
        "moving-statistics.svg",
        "Left: the share of the data in the moving statistics after n steps. It reaches 99 % after 44 steps with "
        "momentum 0.9, 459 with 0.99, 4603 with 0.999. Right: observed moving mean and variance lie on the formula.",
        "How many steps until inference is right: after n steps the start values weigh momentum to the power of n.",
        moving_statistics,
    ),
    Picture(
        "timeline.svg",
        "Three steps of fit() for each order of compile, step, toggle and compile. Keras 2 goes on as compiled; "
        "Keras 3 reads trainable at the first step; another compile() applies the toggle in both.",
        "What fit() does when trainable is toggled; the thick bar is the toggle between two steps.",
        timeline_of_a_toggle,
    ),
    Picture(
        "variance-by-batch-size.svg",
        "The accumulated variance over the biased one, by the number of values in a channel: n / (n - 1) where "
        "Bessel's correction is applied, 1 elsewhere. It is 2 for two values, and 1.02 for 64.",
        "The fused kernel of Keras 2 accumulates the variance with n − 1, Keras 3 and the unfused form with n.",
        variance_by_batch_size,
    ),
    Picture(
        "published-example.svg",
        "Outputs of the published example for one pixel. With training=True and trainable=False TensorFlow 1 gives the "
        "figures of training, TensorFlow 2 and Keras 3 those of inference; elsewhere all agree.",
        "The published example, run again: only training=True with trainable=False differs between releases.",
        published_example,
    ),
)  # fmt: skip


def write(site: Site) -> dict[str, Picture]:
    """All pictures and the page that shows them; by file name."""
    with matplotlib.rc_context(STYLE):
        for one in PICTURES:
            figure, out = one.draw(), io.StringIO()
            figure.savefig(out, format="svg", metadata={"Date": None, "Title": one.caption})
            plt.close(figure)
            site.file(f"pictures/{one.file}", out.getvalue())
    site.page("pictures/index.html", "pictures.html", shown=PICTURES)
    site.index("pictures/index.html", "page", "Pictures", "", " ".join(one.words for one in PICTURES))
    return {one.file: one for one in PICTURES}
