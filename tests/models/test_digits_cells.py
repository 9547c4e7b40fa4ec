"""What the cells compute, and how large the networks are."""

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the networks need PyTorch")
pytest.importorskip("sklearn", reason="the images come with scikit-learn")

from torch import nn  # noqa: E402

from nasgoat.graphs import GraphBatch, LabeledGraph  # noqa: E402
from nasgoat.spaces import NASBENCH201_OPS, CellSpace, nasbench101, nasbench201  # noqa: E402
from nasgoat.spaces.nb101 import parameters  # noqa: E402
from nasgoat.tabular import benchmark  # noqa: E402
from nasgoat_models.digits.edge_cell import EdgeCell  # noqa: E402
from nasgoat_models.digits.network import (  # noqa: E402
    MakeStage,
    Network,
    count_multiply_adds,
    count_parameters,
    edge_stage,
    initialise,
    vertex_stage,
)
from nasgoat_models.digits.vertex_cell import VertexCell  # noqa: E402

CELLS_101 = nasbench101(range(2, 8))
CELLS_201 = nasbench201("any")
SKIP, CONV1, CONV3, POOL = range(len(NASBENCH201_OPS))
ALL_PAIRS = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
INCEPTION = LabeledGraph(  # the example of NAS-Bench-101's own page: 2,694,282 parameters
    7,
    ((0, 1), (0, 2), (0, 3), (0, 5), (1, 6), (2, 6), (3, 4), (4, 6), (5, 6)),
    (0, 2, 1, 1, 1, 3, 4),
)


def ready(cell: nn.Module) -> nn.Module:
    """Drawn weights and fixed statistics."""
    generator = torch.Generator().manual_seed(7)
    initialise(cell, generator)
    for module in cell.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(generator=generator)
            module.running_var.uniform_(0.5, 2.0, generator=generator)
    return cell.eval()


def images(channels: int) -> "torch.Tensor":
    """Two images of 4 x 4 pixels."""
    return torch.randn(2, channels, 4, 4, generator=torch.Generator().manual_seed(8))


def convolved(x: "torch.Tensor", layers: nn.Sequential) -> "torch.Tensor":
    """Convolution and normalisation, spelled out: the first two weighted layers of a sequence."""
    conv, norm = (one for one in layers if isinstance(one, nn.Conv2d | nn.BatchNorm2d))
    size = conv.kernel_size[0]
    patches = nn.functional.unfold(x, size, padding=size // 2)  # (B, C * size^2, H * W)
    y = (conv.weight.flatten(1) @ patches).reshape(len(x), -1, *x.shape[2:])
    shape = (1, -1, 1, 1)
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    return (y - norm.running_mean.view(shape)) * scale.view(shape) + norm.bias.view(shape)


def windows(
    x: "torch.Tensor", reduce: Callable[["torch.Tensor"], "torch.Tensor"]
) -> "torch.Tensor":
    """A reduction over the pixels at most one row and column away."""
    y = torch.empty_like(x)
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            near = x[:, :, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
            y[:, :, i, j] = reduce(near.flatten(2))
    return y


EDGE_OPERATIONS: dict[int, Callable[["torch.Tensor", nn.Module], "torch.Tensor"]] = {
    SKIP: lambda x, _: x,
    CONV1: lambda x, module: convolved(x.clamp(min=0), module),
    CONV3: lambda x, module: convolved(x.clamp(min=0), module),
    POOL: lambda x, _: windows(x, lambda near: near.mean(dim=2)),
}


@pytest.mark.parametrize("label", EDGE_OPERATIONS)
def test_a_single_edge_is_its_operation(label: int) -> None:
    cell = ready(EdgeCell(LabeledGraph(4, ((0, 3),), None, (label,)), 6))
    x = images(6)
    expected = EDGE_OPERATIONS[label](x, cell.operations[0])
    torch.testing.assert_close(cell(x), expected)
    assert cell(x).shape == x.shape


def test_an_edge_cell_is_the_sum_over_the_edges_of_each_node() -> None:
    rng = np.random.default_rng(0)
    cells = [CELLS_201.sample(rng) for _ in range(10)]
    cells.append(LabeledGraph(4, ALL_PAIRS, None, (CONV3,) * 6))
    for graph in cells:
        cell, x = ready(EdgeCell(graph, 5)), images(5)

        def node(v: int, cell: EdgeCell = cell, graph: LabeledGraph = graph) -> "torch.Tensor":
            total = images(5) if v == 0 else torch.zeros(2, 5, 4, 4)
            for (u, w), label, module in zip(
                graph.edges, graph.edge_labels or (), cell.operations, strict=True
            ):
                if w == v and (u == 0 or reached(graph, u)):
                    total = total + EDGE_OPERATIONS[label](node(u), module)
            return total

        torch.testing.assert_close(cell(x), node(3))


def reached(graph: LabeledGraph, v: int) -> bool:
    """Whether the input reaches a node."""
    return v == 0 or any(w == v and reached(graph, u) for u, w in graph.edges)


@pytest.mark.parametrize(
    "graph",
    [
        LabeledGraph(4, ()),
        LabeledGraph(4, ((0, 1), (0, 2)), None, (CONV3, SKIP)),
        LabeledGraph(4, ((1, 2), (1, 3), (2, 3)), None, (CONV3, CONV1, POOL)),
    ],
)
def test_what_the_input_does_not_reach_is_zero(graph: LabeledGraph) -> None:
    assert not ready(EdgeCell(graph, 5))(images(5)).any()


def test_a_vertex_cell_of_a_single_edge_is_the_projection() -> None:
    cell = ready(VertexCell(LabeledGraph(2, ((0, 1),), (0, 4)), 6, 12))
    expected = convolved(images(6), cell.projections["1"]).clamp(min=0)
    torch.testing.assert_close(cell(images(6)), expected)


@pytest.mark.parametrize("label", [1, 2, 3])
def test_a_vertex_is_its_operation_on_the_projected_input(label: int) -> None:
    cell = ready(VertexCell(LabeledGraph(3, ((0, 1), (1, 2)), (0, label, 4)), 6, 6))
    x = convolved(images(6), cell.projections["1"]).clamp(min=0)
    if label == 3:
        expected = windows(x, lambda near: near.amax(dim=2))
    else:
        expected = convolved(x, cell.operations["1"]).clamp(min=0)
    torch.testing.assert_close(cell(images(6)), expected)


def test_channels_are_divided_dropped_and_concatenated() -> None:
    # 1 feeds 2 and 3, which share 7 output channels as 4 + 3; the input feeds 1, 3 and the output
    edges = ((0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (0, 3), (0, 4))
    cell = ready(VertexCell(LabeledGraph(5, edges, (0, 3, 3, 3, 4)), 6, 7))
    assert sorted(cell.widths[2:]) == [3, 4, 7]
    assert cell.widths[1] == 4
    x = images(6)
    projected = {v: convolved(x, layers).clamp(min=0) for v, layers in cell.projections.items()}

    def pool(y: "torch.Tensor") -> "torch.Tensor":
        return windows(y, lambda near: near.amax(dim=2))

    first = pool(projected["1"])
    (direct,) = {"2", "3"} & projected.keys()  # the one that the input feeds, as it is numbered now
    parts = [first[:, : cell.widths[v]] for v in (2, 3)]
    parts[int(direct) - 2] = parts[int(direct) - 2] + projected[direct]
    expected = torch.cat([pool(part) for part in parts], dim=1) + projected["4"]
    torch.testing.assert_close(cell(x), expected)


@pytest.mark.parametrize(
    "graph",
    [
        INCEPTION,  # 9 edges
        LabeledGraph(  # as many vertices as can feed the output with 9 edges, in the least channels
            6,
            tuple((0, v) for v in range(1, 5)) + tuple((v, 5) for v in range(1, 5)),
            (0, 1, 2, 3, 1, 4),
        ),
        LabeledGraph(7, tuple((v, v + 1) for v in range(6)), (0, 1, 2, 3, 1, 2, 4)),
    ],
)
def test_corners_of_nasbench101(graph: LabeledGraph) -> None:
    for inside, outside in ((8, 8), (8, 16), (4, 4)):
        assert ready(VertexCell(graph, inside, outside))(images(inside)).shape == (2, outside, 4, 4)


def official_101(graph: LabeledGraph) -> int:
    """Parameters of the cell in the network of NAS-Bench-101."""
    widths = [128, 128, 128, 128, 256, 256, 256, 512, 512, 512]
    with torch.device("meta"):
        cells = [VertexCell(graph, *pair) for pair in pairwise(widths)]
    stem, classifier = 3 * 9 * 128 + 2 * 128, 512 * 10 + 10
    return stem + sum(map(count_parameters, cells)) + classifier


def test_vertex_cells_have_the_parameters_of_nasbench101() -> None:
    assert official_101(INCEPTION) == 2_694_282
    rng = np.random.default_rng(1)
    cells = [CELLS_101.sample(rng) for _ in range(20)]
    expected = parameters(GraphBatch.of(cells))
    assert [official_101(graph) for graph in cells] == expected.tolist()


def test_edge_cells_have_the_parameters_of_nasbench201() -> None:
    if "NASGOAT_DATA" not in os.environ:
        pytest.skip("NASGOAT_DATA is not set: no nasbench201.parquet")
    table = benchmark("nasbench201:cifar10", Path(os.environ["NASGOAT_DATA"]))
    rng = np.random.default_rng(2)
    for graph in [table.space.sample(rng) for _ in range(20)]:
        with torch.device("meta"):
            cells = sum(5 * count_parameters(EdgeCell(graph, width)) for width in (16, 32, 64))
        stem, norm, classifier = 3 * 9 * 16 + 2 * 16, 2 * 64, 64 * 10 + 10
        blocks = sum(9 * c * 2 * c + 9 * 4 * c * c + 2 * c * c + 8 * c for c in (16, 32))
        total = stem + blocks + cells + norm + classifier
        assert table(graph).metrics["params_M"] == pytest.approx(total / 1e6, abs=1e-6)


STAGES = pytest.mark.parametrize(
    ("space", "stage"), [(CELLS_101, vertex_stage), (nasbench201("all-on-path"), edge_stage)]
)


def networks(space: CellSpace, stage: MakeStage) -> list[Network]:
    """Networks of cells in which everything is computed."""
    rng = np.random.default_rng(3)
    return [Network(space.sample(rng), 8, stage).eval() for _ in range(10)]


@STAGES
def test_sizes_are_sums_over_the_weights(space: CellSpace, stage: MakeStage) -> None:
    for network in networks(space, stage):
        assert count_parameters(network) == sum(one.numel() for one in network.parameters())
        stem, first, _, second = network.layers[:4]
        pixels = {stem: 64, first: 64, second: 16}
        kernels = {
            part: sum(one.numel() for one in part.parameters() if one.ndim == 4) for part in pixels
        }
        expected = sum(pixels[part] * kernels[part] for part in pixels) + 16 * 10
        assert count_multiply_adds(network) == expected


@pytest.mark.slow
@STAGES
def test_multiply_adds_are_half_of_what_torch_counts(space: CellSpace, stage: MakeStage) -> None:
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  (loads the compiler)

    for network in networks(space, stage):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            network(torch.zeros(1, 1, 8, 8))
        assert 2 * count_multiply_adds(network) == counter.get_total_flops()


def test_counting_leaves_a_network_as_it_was() -> None:
    network = Network(INCEPTION, 8, vertex_stage)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    first = count_multiply_adds(network)
    assert network.training
    assert count_multiply_adds(network) == first
    for name, value in network.state_dict().items():
        torch.testing.assert_close(value, before[name])
