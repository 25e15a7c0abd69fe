"""Draw the figures of the lessons into the folder of this script: `make figures`.

Every figure stands on a light card of its own, so that it reads well on light and on dark pages.
The output is deterministic: the same matplotlib writes the same bytes each time.
"""

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

FOLDER = Path(__file__).resolve().parent

INK = "#1f2933"
FAINT_INK = "#5b6773"
CARD = "#fcfcfa"
CARD_EDGE = "#c3cad2"
GRID = "#e3e7eb"
BLUE = "#0067a8"
ORANGE = "#c8500a"
GREEN = "#00795a"
SHADE = "#eef1f4"

WIDTH, HEIGHT = 6.4, 4.0
PIXELS_PER_INCH = 120


def card(width: float = WIDTH, height: float = HEIGHT) -> Figure:
    """Return an empty figure: a light card with round corners on a transparent ground."""
    figure = Figure(figsize=(width, height), facecolor="none")
    margin = 0.008
    figure.add_artist(
        FancyBboxPatch(
            (margin, margin * width / height),
            1 - 2 * margin,
            1 - 2 * margin * width / height,
            boxstyle="round,pad=0,rounding_size=0.03",
            mutation_aspect=width / height,
            transform=figure.transFigure,
            facecolor=CARD,
            edgecolor=CARD_EDGE,
            zorder=-1,
        )
    )
    return figure


def plane(figure: Figure, title: str, xlim: tuple[float, float], ylim: tuple[float, float]) -> Axes:
    """Add the axes that every function plot uses, with its two zero lines."""
    axes = figure.add_axes((0.125, 0.14, 0.825, 0.735))
    axes.set_title(title, fontsize=12.5, fontweight="bold", pad=9)
    axes.set(xlim=xlim, ylim=ylim, xlabel="input x", ylabel="output f(x)")
    axes.set_facecolor(CARD)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axhline(0, color=FAINT_INK, linewidth=0.8, zorder=1)
    axes.axvline(0, color=FAINT_INK, linewidth=0.8, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def save(figure: Figure, name: str) -> None:
    """Write the figure without a date or a version, so that the bytes do not change."""
    stamp = "Software" if name.endswith(".png") else "Date"
    figure.savefig(FOLDER / name, dpi=PIXELS_PER_INCH, metadata={stamp: None})


def relu() -> None:
    """Figure 1 of the lesson on ReLU."""
    figure = card()
    axes = plane(figure, "ReLU:  f(x) = max(0, x)", (-6, 6), (-1, 6.4))
    axes.axvspan(-6, 0, color=SHADE, zorder=0)
    axes.plot([-6, 0, 6], [0, 0, 6], color=BLUE, linewidth=3, solid_joinstyle="round")
    axes.text(-3, 0.45, "silent: output 0, slope 0", color=INK, ha="center")
    axes.text(5.85, 0.45, "passes: output x, slope 1", color=INK, ha="right")
    axes.annotate(
        "kink at 0",
        xy=(0, 0),
        xytext=(1.6, -0.72),
        color=FAINT_INK,
        arrowprops={"arrowstyle": "->", "color": FAINT_INK, "shrinkB": 4},
    )
    save(figure, "ReLU.png")


def saturating(
    name: str,
    title: str,
    function: Callable[[np.ndarray], np.ndarray],
    slope: Callable[[np.ndarray], np.ndarray],
    flat_beyond: float,
    ylim: tuple[float, float],
) -> None:
    """Draw an S-shaped function with its derivative and the zones where it is almost flat."""
    figure = card()
    axes = plane(figure, title, (-6, 6), ylim)
    x = np.linspace(-6, 6, 601)
    height = ylim[1] - ylim[0]
    for left, right in ((-6, -flat_beyond), (flat_beyond, 6)):
        axes.axvspan(left, right, color=SHADE, zorder=0)
        axes.text((left + right) / 2, ylim[0] + 0.93 * height, "saturated", ha="center")
    axes.plot(x, function(x), color=BLUE, linewidth=3, label="f(x)")
    axes.plot(x, slope(x), color=ORANGE, linewidth=2.2, linestyle="--", label="slope of f")
    peak = float(slope(np.zeros(1))[0])
    axes.annotate(
        f"steepest slope: {peak:g}",
        xy=(0, peak),
        xytext=(0.75, peak + 0.05 * height),
        color=ORANGE,
        va="center",
        arrowprops={"arrowstyle": "->", "color": ORANGE, "shrinkB": 3},
    )
    axes.legend(loc="center left", bbox_to_anchor=(0.0, 0.66), edgecolor=CARD_EDGE)
    save(figure, name)


def logistic() -> None:
    """Figure 2a of the lesson on ReLU."""

    def function(x: np.ndarray) -> np.ndarray:
        return np.asarray(1 / (1 + np.exp(-x)))

    saturating(
        "Activation_logistic.svg",
        "Logistic sigmoid:  f(x) = 1 / (1 + exp($-$x))",
        function,
        lambda x: function(x) * (1 - function(x)),
        flat_beyond=4,
        ylim=(-0.15, 1.25),
    )


def tanh() -> None:
    """Figure 2b of the lesson on ReLU."""
    saturating(
        "Activation_tanh.svg",
        "Hyperbolic tangent:  f(x) = tanh(x)",
        np.tanh,
        lambda x: 1 - np.tanh(x) ** 2,
        flat_beyond=2,
        ylim=(-1.25, 1.5),
    )


def in_place() -> None:
    """Figure 3 of the lesson on ReLU: what happens to the memory."""
    figure = card(6.4, 3.3)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 64), ylim=(0, 33))
    axes.axis("off")

    def tensor(left: float, bottom: float, label: str, values: str, color: str) -> None:
        cells = values.split()
        axes.text(left, bottom + 4.1, label, ha="left", va="bottom", fontsize=10)
        for index, cell in enumerate(cells):
            axes.add_patch(
                FancyBboxPatch(
                    (left + 4.2 * index, bottom),
                    4.2,
                    3.4,
                    boxstyle="square,pad=0",
                    facecolor="white",
                    edgecolor=color,
                    linewidth=1.6,
                )
            )
            axes.text(left + 4.2 * index + 2.1, bottom + 1.7, cell, ha="center", va="center")

    def arrow(start: tuple[float, float], end: tuple[float, float], bend: float = 0.0) -> None:
        axes.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>",
                mutation_scale=14,
                color=FAINT_INK,
                connectionstyle=f"arc3,rad={bend}",
                linewidth=1.5,
            )
        )

    axes.text(4, 28.6, "inplace=False: a new tensor", fontweight="bold", color=BLUE)
    tensor(4, 19.4, "input, untouched", "$-$2 $-$1 0 1 2", BLUE)
    arrow((26.4, 21.1), (37.4, 21.1))
    axes.text(31.9, 22.3, "f", ha="center", style="italic")
    tensor(39, 19.4, "output, memory of its own", "0 0 0 1 2", BLUE)

    axes.plot([4, 60], [16.3, 16.3], color=CARD_EDGE, linewidth=1)

    axes.text(4, 12.6, "inplace=True: the same tensor", fontweight="bold", color=ORANGE)
    tensor(4, 3.4, "input, before", "$-$2 $-$1 0 1 2", CARD_EDGE)
    arrow((26.4, 5.1), (37.4, 5.1))
    axes.text(31.9, 6.3, "overwrites", ha="center", style="italic", fontsize=10)
    tensor(39, 3.4, "input = output, one memory", "0 0 0 1 2", ORANGE)
    save(figure, "InPlace.png")


def leaky_relu() -> None:
    """Figure 1 of the lesson on leaky ReLU."""
    figure = card()
    axes = plane(figure, "Leaky ReLU:  f(x) = max(0, x) + n · min(0, x)", (-6, 6), (-1.4, 6.4))
    axes.plot([-6, 0, 6], [0, 0, 6], color=FAINT_INK, linewidth=2, linestyle="--", label="ReLU")
    axes.plot([-6, 0, 6], [-0.6, 0, 6], color=BLUE, linewidth=3, label="leaky ReLU, n = 0.1")
    axes.annotate(
        "the leak: slope n",
        xy=(-4, -0.4),
        xytext=(-4.9, 1.35),
        color=BLUE,
        arrowprops={"arrowstyle": "->", "color": BLUE, "shrinkB": 4},
    )
    axes.text(3.0, 2.0, "slope 1", color=INK, ha="left")
    axes.legend(loc="upper left", edgecolor=CARD_EDGE)
    save(figure, "LeakyReLU.png")


def thresholded_relu() -> None:
    """Figure 1 of the lesson on thresholded ReLU."""
    figure = card()
    axes = plane(figure, "Thresholded ReLU:  f(x) = max(0, x $-$ T)", (-3, 6), (-0.9, 6.4))
    axes.axvspan(-3, 1, color=SHADE, zorder=0)
    axes.plot([-3, 0, 6], [0, 0, 6], color=FAINT_INK, linewidth=2, linestyle="--", label="ReLU")
    axes.plot([-3, 1, 6], [0, 0, 5], color=BLUE, linewidth=3, label="thresholded ReLU, T = 1")
    axes.plot([1, 1], [-0.9, 0], color=ORANGE, linewidth=1.6, linestyle=":")
    axes.text(1.12, -0.66, "threshold T", color=ORANGE)
    axes.text(-1.55, 0.35, "silent: output 0", ha="center")
    axes.annotate(
        "",
        xy=(4.5, 3.5),
        xytext=(4.5, 4.5),
        arrowprops={"arrowstyle": "<->", "color": GREEN, "shrinkA": 0, "shrinkB": 0, "lw": 1.5},
    )
    axes.text(4.39, 3.72, "T", color=GREEN, fontweight="bold", ha="right")
    axes.legend(loc="upper left", edgecolor=CARD_EDGE)
    save(figure, "ThresholdedReLU.png")


def main() -> None:
    """Draw every figure."""
    with mpl.rc_context(
        {
            "axes.edgecolor": FAINT_INK,
            "axes.labelcolor": INK,
            "axes.titlecolor": INK,
            "font.family": "DejaVu Sans",
            "font.size": 11,
            "legend.facecolor": CARD,
            "legend.framealpha": 1.0,
            "mathtext.fontset": "dejavusans",
            "svg.fonttype": "path",
            "svg.hashsalt": "rectify",
            "text.color": INK,
            "xtick.color": FAINT_INK,
            "ytick.color": FAINT_INK,
        }
    ):
        for draw in (relu, logistic, tanh, in_place, leaky_relu, thresholded_relu):
            draw()


if __name__ == "__main__":
    main()
