"""Rules that a search space imposes on its graphs; their MIP rows are in ``nasgoat.mip.rules``."""

from nasgoat.spaces.rules.base import (
    Rule,
)
from nasgoat.spaces.rules.chain import Chain
from nasgoat.spaces.rules.labels import (
    FixedLabel,
    LabelBudget,
    MaxLabelCount,
)
from nasgoat.spaces.rules.parameters import (
    ParameterLimit,
)
from nasgoat.spaces.rules.parts import (
    InDegrees,
    Parts,
)
from nasgoat.spaces.rules.structure import (
    Acyclic,
    InDegree,
    MaxEdges,
    OnPath,
    SingleSink,
    SingleSource,
    SourceReachesSink,
    StronglyConnected,
    TopologicalOrder,
    Undirected,
)
from nasgoat.spaces.rules.trees import (
    LeavesFeedSink,
    SkipNormalForm,
)

__all__ = [
    "Acyclic",
    "Chain",
    "FixedLabel",
    "InDegree",
    "InDegrees",
    "LabelBudget",
    "LeavesFeedSink",
    "MaxEdges",
    "MaxLabelCount",
    "OnPath",
    "ParameterLimit",
    "Parts",
    "Rule",
    "SingleSink",
    "SingleSource",
    "SkipNormalForm",
    "SourceReachesSink",
    "StronglyConnected",
    "TopologicalOrder",
    "Undirected",
]
