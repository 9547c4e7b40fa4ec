"""The spaces of benchmarks whose networks are chains of layers."""

from __future__ import annotations

from nasgoat.spaces.cell import CellSpace
from nasgoat.spaces.identity import Indexed
from nasgoat.spaces.moves import ChangeLabel, FlipEdge
from nasgoat.spaces.rules import Chain, FixedLabel, TopologicalOrder

ENAS_OPS = ("conv3x3", "sepconv3x3", "conv5x5", "sepconv5x5", "avgpool3x3", "maxpool3x3")
NASBENCH_MACRO_OPS = ("identity", "mb3_k3", "mb6_k5")


def enas(layers: int = 6) -> CellSpace:
    """ENAS macro networks: a chain of operations with any skip connections between them.

    Args:
        layers: operations between input and output; D-VAE's set has 6.
    """
    return _chain("enas", ENAS_OPS, layers, skips=True)


def nasbench_macro(layers: int = 8) -> CellSpace:
    """NAS-Bench-Macro: a choice of block in each of 8 layers, 6,561 networks.

    Args:
        layers: number of choices.
    """
    return _chain("nasbench-macro", NASBENCH_MACRO_OPS, layers, skips=False)


def _chain(name: str, ops: tuple[str, ...], layers: int, *, skips: bool) -> CellSpace:
    """Identity is the index: a chain has no second topological numbering."""
    alphabet = ("input", *ops, "output")
    return CellSpace(
        name=name,
        sizes=(layers + 2,),
        node_alphabet=alphabet,
        rules=(
            TopologicalOrder(),
            Chain(skips=skips),
            FixedLabel(0, 0, only_there=True),
            FixedLabel(-1, len(alphabet) - 1, only_there=True),
        ),
        identity=Indexed(),
        moves=(ChangeLabel(), FlipEdge()) if skips else (ChangeLabel(),),
    )
