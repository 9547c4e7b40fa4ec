"""The decoder of D-VAE and NGAE: a graph grows node by node, and each node edge by edge."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from nasgoat_models.autoencoders.dag_cell import DagCell, edge_one_hot, received
from nasgoat_models.autoencoders.drawing import draw, too_early
from nasgoat_models.graphs import GraphShape, GraphTensors


class DagDecoder(nn.Module):
    """Writes acyclic graphs from latent points.

    The latent point gives a first state ``h_0 = tanh(S z)``. It and the state of the latest node
    decide the kind of the next, or that the graph is complete. Then the edges into the new node are
    decided, from the newest predecessor back to the first, by an MLP that sees the states of both
    ends and the sum of the messages along the edges decided so far; all of them make the node's
    state. Edges lead from earlier to later nodes, so that every graph is acyclic, and node counts
    are those of the shape.

    D-VAE hands ``h_0`` to the first node only; here every node receives it beside its messages, and
    decisions on kinds see it as it is, so that ``z`` need not pass through the whole graph to reach
    the last node and kinds are not learnt through a sum that edges dominate. D-VAE's GRU computes a
    node anew after each of its edges; here the MLP hears of these edges without the GRU, a
    ``1 / N`` of the products.

    Args:
        shape: of the graphs.
        hidden: ``H``, width of the states.
        latent: ``D``, dimension of the latent space.
    """

    tails: Tensor
    heads: Tensor
    ends: Tensor
    earlier: Tensor
    too_early: Tensor

    def __init__(self, shape: GraphShape, hidden: int, latent: int) -> None:
        super().__init__()
        self.shape = shape
        self.start = nn.Linear(latent, hidden)
        self.cell = DagCell(shape, hidden)
        self.add_node = nn.Sequential(
            nn.Linear(2 * hidden, 2 * hidden), nn.ReLU(), nn.Linear(2 * hidden, shape.node_kinds)
        )
        # a linear layer on [h_v, h_u, messages so far], in parts: no state is multiplied twice
        self.of_head = nn.Linear(hidden, 2 * hidden)
        self.of_tail = nn.Linear(hidden, 2 * hidden, bias=False)
        self.of_messages = nn.Linear(hidden, 2 * hidden, bias=False)
        self.add_edge = nn.Linear(2 * hidden, shape.edge_kinds)
        for name, value in _decisions(shape.n).items():
            self.register_buffer(name, value, persistent=False)
        self.register_buffer("too_early", too_early(shape), persistent=False)

    def losses(self, z: Tensor, graphs: GraphTensors) -> dict[str, Tensor]:
        """``L_n`` and ``L_e`` of equation 5: cross-entropies of all decisions, teacher forced.

        Args:
            z: ``(B, D)``.
            graphs: ``B`` graphs that should come out.

        Returns:
            ``nodes`` and ``edges``, summed over decisions, means over graphs.
        """
        before, hidden = self._forced(z, graphs)
        kinds = self.add_node(before) + self.too_early  # (B, N, node kinds)
        decided = torch.arange(self.shape.n, device=z.device) <= graphs.sizes[:, None]
        of_nodes = _summed(kinds, graphs.nodes, decided)  # with the end, if any
        edges = self.add_edge(hidden.relu())  # (B, P, edge kinds)
        there = graphs.nodes[:, self.heads] > 0
        of_edges = _summed(edges, graphs.edges[:, self.tails, self.heads], there)
        return {"nodes": of_nodes / len(graphs), "edges": of_edges / len(graphs)}

    def _forced(self, z: Tensor, graphs: GraphTensors) -> tuple[Tensor, Tensor]:
        """What the decisions on the way to known graphs are based on.

        Returns:
            ``(B, N, 2 H)``, ``h_0`` and the state before each node; ``(B, P, 2 H)``, the first
            layer for each decision on an edge.
        """
        cell = self.cell
        chosen = edge_one_hot(graphs.edges, z, cell.labels)  # (B, N, N, K)
        first = self.start(z).tanh()  # (B, H)
        new, states, sent = list[Tensor](), list[Tensor](), list[Tensor]()
        for v in range(self.shape.n):
            inputs = cell.inputs(graphs.nodes[:, v], v)
            new.append(cell.update(inputs, first))
            come = first + received(chosen[:, :v, v], sent) if v else first
            states.append(cell.update(inputs, come) if v else new[0])
            sent.append(cell.messages(states[-1]))  # (B, K, H)
        latest = torch.stack([first, *states[:-1]], dim=1)
        before = torch.cat([first[:, None].expand_as(latest), latest], dim=2)
        heads, tails = torch.stack(new, dim=1), torch.stack(states, dim=1)
        messages = torch.stack(sent, dim=1).flatten(1, 2)  # (B, N K, H)
        terms = [self.of_head(heads), self.of_tail(tails), self.of_messages(messages)]
        so_far = chosen[:, :, self.heads] * self.earlier[..., None]  # (B, N, P, K)
        so_far = so_far.transpose(1, 2).flatten(2)  # (B, P, N K)
        ends = self.ends.expand(len(graphs), -1, -1)  # (B, P, 2 N)
        return before, torch.cat([ends, so_far], dim=2) @ torch.cat(terms, dim=1)

    @torch.no_grad()
    def generate(self, z: Tensor, generator: torch.Generator | None = None) -> GraphTensors:
        """Write graphs.

        Args:
            z: ``(B, D)``.
            generator: of decisions, on the CPU; None for the likeliest one each time.
        """
        cell, n, count = self.cell, self.shape.n, len(z)
        nodes = torch.zeros(count, n, dtype=torch.int64, device=z.device)
        edges = torch.zeros(count, n, n, dtype=torch.int64, device=z.device)
        first = state = self.start(z).tanh()
        states, sent = list[Tensor](), list[Tensor]()
        alive = torch.ones(count, dtype=torch.bool, device=z.device)
        for v in range(n):
            before = torch.cat([first, state], dim=1)  # (B, 2 H)
            scores = self.add_node(before) + self.too_early[v]  # (B, node kinds)
            nodes[:, v] = draw(scores, generator) * alive
            alive = nodes[:, v] > 0
            inputs, come = cell.inputs(nodes[:, v], v), first
            head = self.of_head(cell.update(inputs, first))  # (B, 2 H)
            for u in reversed(range(v)):
                hidden = head + self.of_tail(states[u]) + self.of_messages(come - first)
                kind = draw(self.add_edge(hidden.relu()), generator) * alive  # (B,)
                edges[:, u, v] = kind
                one = edge_one_hot(kind[:, None], z, cell.labels)  # (B, 1, K)
                come = come + received(one, [sent[u]])
            state = cell.update(inputs, come)
            states.append(state)
            sent.append(cell.messages(state))
        return GraphTensors((nodes > 0).sum(dim=1), nodes, edges)


def _decisions(n: int) -> dict[str, Tensor]:
    """The ``P`` decisions on edges in their order.

    Returns:
        ``tails`` and ``heads``, ``(P,)``; ``ends``, ``(P, 2 N)``, 1.0 at the head and at ``N`` plus
        the tail; ``earlier``, ``(N, P)``, 1.0 for nodes whose edge to the head is decided already.
    """
    pairs = [(u, v) for v in range(n) for u in reversed(range(v))]
    tails, heads = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).T
    nodes = torch.arange(n)[:, None]
    earlier = (nodes > tails) & (nodes < heads)
    ends = torch.cat([one_hot(heads, n), one_hot(tails, n)], dim=1)
    return {"tails": tails, "heads": heads, "ends": ends.float(), "earlier": earlier.float()}


def _summed(scores: Tensor, targets: Tensor, counts: Tensor) -> Tensor:
    """Cross-entropy of ``(B, M, kinds)`` scores, summed where it counts: a scalar."""
    targets = targets.masked_fill(~counts, -100)  # what PyTorch leaves out
    return cross_entropy(scores.flatten(0, 1), targets.flatten(), reduction="sum")
