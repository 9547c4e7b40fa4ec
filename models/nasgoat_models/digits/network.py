"""The network around a cell: stem, cell, reduction, cell, classifier."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from nasgoat.graphs import LabeledGraph
from nasgoat_models.digits.data import CLASSES, SIDE
from nasgoat_models.digits.edge_cell import EdgeCell
from nasgoat_models.digits.layers import conv_bn_relu
from nasgoat_models.digits.vertex_cell import VertexCell

# (cell, channels inside, channels outside) -> module
MakeStage = Callable[[LabeledGraph, int, int], nn.Module]


def edge_stage(graph: LabeledGraph, inside: int, outside: int) -> nn.Module:
    """A NAS-Bench-201 cell, after a 1 x 1 projection where the width changes."""
    cell = EdgeCell(graph, outside)
    if inside == outside:
        return cell
    return nn.Sequential(conv_bn_relu(inside, outside, 1), cell)


def vertex_stage(graph: LabeledGraph, inside: int, outside: int) -> nn.Module:
    """A NAS-Bench-101 cell, which changes the width by itself."""
    return VertexCell(graph, inside, outside)


class Network(nn.Module):
    """A classifier of digits, with one cell on 8 x 8 pixels and one, twice as wide, on 4 x 4.

    Args:
        graph: the cell.
        channels: of the first stage.
        stage: makes a module of the cell.
    """

    def __init__(self, graph: LabeledGraph, channels: int, stage: MakeStage) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            conv_bn_relu(1, channels, 3),
            stage(graph, channels, channels),
            nn.AvgPool2d(2),
            stage(graph, channels, 2 * channels),
            nn.BatchNorm2d(2 * channels),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(2 * channels, CLASSES),
        )

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Compute the logits: ``(B, 1, 8, 8)`` to ``(B, 10)``."""
        return self.layers(pixels)


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Draw all weights: He's normal distribution for convolutions, 1 / inputs for the classifier.

    The generator is the only source of chance, so that nobody else's random numbers change.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5, generator=generator)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()  # ones and zeros


def count_parameters(network: nn.Module) -> int:
    """The number of trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def count_multiply_adds(network: nn.Module) -> int:
    """Multiply-adds of all convolutions and of the classifier for one image.

    Operations whose result is not used are not counted, nor are normalisations and poolings.
    """
    total = 0

    def note(module: nn.Module, _: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal total
        # weights of one output value, times output values
        weight = module.weight
        assert isinstance(weight, torch.Tensor)
        total += weight[0].numel() * output[0].numel()

    counted = [one for one in network.modules() if isinstance(one, nn.Conv2d | nn.Linear)]
    hooks = [module.register_forward_hook(note) for module in counted]
    device = next(network.parameters()).device
    training = network.training
    network.eval()  # running statistics stay as they are
    with torch.no_grad():
        network(torch.zeros(1, 1, SIDE, SIDE, device=device))
    network.train(training)
    for hook in hooks:
        hook.remove()
    return total
