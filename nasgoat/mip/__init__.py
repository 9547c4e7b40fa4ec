"""Search spaces, kernels and acquisition functions as Pyomo constraint blocks."""

from nasgoat.mip.cell import Cell, Encoding, cell_block
from nasgoat.mip.features import Count, encode_counts
from nasgoat.mip.graph_encoding import GraphEncoding, graph_encoding
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.layered import LayeredEncoding, layered_encoding
from nasgoat.mip.problem import (
    AcquisitionProblem,
    Cut,
    ModelOptions,
    acquisition_problem,
    objective_terms,
)
from nasgoat.mip.rules import encode_rule
from nasgoat.mip.symmetry import NO_SYMMETRY, Symmetry

__all__ = [
    "NO_SYMMETRY",
    "AcquisitionProblem",
    "Cell",
    "Count",
    "Cut",
    "Encoding",
    "GraphEncoding",
    "LayeredEncoding",
    "ModelOptions",
    "PathHandles",
    "Symmetry",
    "acquisition_problem",
    "cell_block",
    "encode_counts",
    "encode_rule",
    "graph_encoding",
    "layered_encoding",
    "objective_terms",
]
