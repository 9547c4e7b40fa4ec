"""Search spaces, kernels and acquisition functions as Pyomo constraint blocks."""

from nasgoat.mip import (  # their import registers encoders
    edge_sets,  # noqa: F401
    op_paths,  # noqa: F401
    parameter_rule,  # noqa: F401
    part_rules,  # noqa: F401
)
from nasgoat.mip.belief import Belief, encode_belief
from nasgoat.mip.cell import Cell, Encoding, cell_block, encodable
from nasgoat.mip.counts import CountHandles, count_block
from nasgoat.mip.curves import Curve, Cut, Root, Square
from nasgoat.mip.deviation import largest_variance
from nasgoat.mip.exponential import ExponentialBelief
from nasgoat.mip.features import Count, encode_counts
from nasgoat.mip.graph_encoding import GraphEncoding, graph_encoding
from nasgoat.mip.handles import PathHandles
from nasgoat.mip.layered import LayeredEncoding, layered_encoding
from nasgoat.mip.networks import NetworkBelief, network_block
from nasgoat.mip.objective import objective
from nasgoat.mip.parts import parts_of
from nasgoat.mip.posterior import LinearBelief
from nasgoat.mip.problem import AcquisitionProblem, ModelOptions, acquisition_problem
from nasgoat.mip.rules import encode_rule
from nasgoat.mip.symmetry import NO_SYMMETRY, Symmetry
from nasgoat.mip.terms import constant, pin, row
from nasgoat.mip.user import UserConstraint, members_known

__all__ = [
    "NO_SYMMETRY",
    "AcquisitionProblem",
    "Belief",
    "Cell",
    "Count",
    "CountHandles",
    "Curve",
    "Cut",
    "Encoding",
    "ExponentialBelief",
    "GraphEncoding",
    "LayeredEncoding",
    "LinearBelief",
    "ModelOptions",
    "NetworkBelief",
    "PathHandles",
    "Root",
    "Square",
    "Symmetry",
    "UserConstraint",
    "acquisition_problem",
    "cell_block",
    "constant",
    "count_block",
    "encodable",
    "encode_belief",
    "encode_counts",
    "encode_rule",
    "graph_encoding",
    "largest_variance",
    "layered_encoding",
    "members_known",
    "network_block",
    "objective",
    "parts_of",
    "pin",
    "row",
]
