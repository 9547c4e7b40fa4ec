"""Search spaces, kernels and acquisition functions as Pyomo constraint blocks."""

from nasgoat.mip.belief import Belief, encode_belief
from nasgoat.mip.cell import Cell, Encoding, cell_block
from nasgoat.mip.curves import Curve, Cut, Root, Square
from nasgoat.mip.features import Count, encode_counts
from nasgoat.mip.graph_encoding import GraphEncoding, graph_encoding
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.layered import LayeredEncoding, layered_encoding
from nasgoat.mip.posterior import LinearBelief
from nasgoat.mip.problem import (
    AcquisitionProblem,
    ModelOptions,
    acquisition_problem,
    objective,
)
from nasgoat.mip.rules import encode_rule
from nasgoat.mip.symmetry import NO_SYMMETRY, Symmetry

__all__ = [
    "NO_SYMMETRY",
    "AcquisitionProblem",
    "Belief",
    "Cell",
    "Count",
    "Curve",
    "Cut",
    "Encoding",
    "GraphEncoding",
    "LayeredEncoding",
    "LinearBelief",
    "ModelOptions",
    "PathHandles",
    "Root",
    "Square",
    "Symmetry",
    "acquisition_problem",
    "cell_block",
    "encode_belief",
    "encode_counts",
    "encode_rule",
    "graph_encoding",
    "layered_encoding",
    "objective",
]
