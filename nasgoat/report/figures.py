"""Plots as SVG elements that follow the colours of the page around them."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING

from nasgoat.study import COLOURS, folded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What the plots are drawn in, and the page's names for it.
GREYS = {"#000000": "--ink", "#ededed": "--shade", "#e0e0e0": "--line"}
THEME = {colour.lower(): f"--c{i}" for i, colour in enumerate(COLOURS[:-1])} | GREYS

SIZE = (5.6, 3.7)  # inches; as wide as a telephone, so that text stays readable there


class Drawing(str):
    """An SVG element as text; a notebook shows the picture."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def empty_axes() -> tuple[Figure, Axes]:
    """A figure with one panel."""
    from matplotlib.figure import Figure  # noqa: PLC0415  (0.5 s)

    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.grid(visible=True, color="0.88", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def finished(axes: Axes, x: str, y: str) -> None:
    """Name the axes, number evaluations by whole numbers, and explain the colours."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    if x.startswith("evaluation"):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(x)
    axes.set_ylabel(folded(y))
    axes.legend(frameon=False, fontsize="small")


def figure_svg(figure: Figure, name: str, description: str) -> Drawing:
    """A figure as an SVG element.

    Args:
        figure: drawn in the colours of ``THEME``; others stay as they are.
        name: unique on the page, a word.
        description: for those who cannot see it.
    """
    import matplotlib as mpl  # noqa: PLC0415

    text = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 11}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    body = text.getvalue()
    body = body[body.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", body)
    for colour, variable in THEME.items():
        body = body.replace(colour, f"var({variable}, {colour})")
    body = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font: \1px system-ui, sans-serif", body)
    label = escape(description, quote=True)
    (box,) = re.findall(r'viewBox="[^"]*"', body[: body.index(">")])
    head = f'<svg {box} class="plot" role="img" aria-label="{label}" style="max-width:38rem">'
    head += f"<title>{label}</title>"
    head = head.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ')
    return Drawing(head + body[body.index(">") + 1 :].strip())
