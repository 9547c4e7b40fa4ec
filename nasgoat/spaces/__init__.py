"""Search spaces as values: node counts, label alphabets, rules, and what counts as the same."""

from nasgoat.spaces.base import SearchSpace
from nasgoat.spaces.cell import CellSpace
from nasgoat.spaces.identity import Identity, Indexed, UpToIsomorphism
from nasgoat.spaces.moves import AddOrDropNode, ChangeLabel, FlipEdge, Move, RedirectEdge
from nasgoat.spaces.presets import (
    NASBENCH101_OPS,
    NASBENCH201_OPS,
    NASBENCH_GRAPH_OPS,
    digraphs,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from nasgoat.spaces.rules import (
    Acyclic,
    FixedLabel,
    InDegree,
    LabelBudget,
    LeavesFeedSink,
    MaxEdges,
    MaxLabelCount,
    OnPath,
    Rule,
    SingleSink,
    SingleSource,
    SkipNormalForm,
    SourceReachesSink,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
)

__all__ = [
    "NASBENCH101_OPS",
    "NASBENCH201_OPS",
    "NASBENCH_GRAPH_OPS",
    "Acyclic",
    "AddOrDropNode",
    "CellSpace",
    "ChangeLabel",
    "FixedLabel",
    "FlipEdge",
    "Identity",
    "InDegree",
    "Indexed",
    "LabelBudget",
    "LeavesFeedSink",
    "MaxEdges",
    "MaxLabelCount",
    "Move",
    "OnPath",
    "RedirectEdge",
    "Rule",
    "SearchSpace",
    "SingleSink",
    "SingleSource",
    "SkipNormalForm",
    "SourceReachesSink",
    "StronglyConnected",
    "TopologicalOrder",
    "Undirected",
    "UpToIsomorphism",
    "digraphs",
    "nasbench101",
    "nasbench201",
    "nasbench_graph",
]
