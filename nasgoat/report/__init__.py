"""Reports on runs and comparisons: one HTML page each, with everything in it."""

from nasgoat.report.architecture import architecture_svg, describe
from nasgoat.report.comparison_section import Comparison
from nasgoat.report.figures import Drawing, figure_svg
from nasgoat.report.page import read, report
from nasgoat.report.runs import Forecast, Run, Step

__all__ = [
    "Comparison",
    "Drawing",
    "Forecast",
    "Run",
    "Step",
    "architecture_svg",
    "describe",
    "figure_svg",
    "read",
    "report",
]
