"""Meta-training: encoders, decoder and deep kernel from the datasets that were measured before."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from nasgoat.errors import MissingDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import TRANSFORMS
from nasgoat.tabular import TableEvaluator, benchmark
from nasgoat.tabular.files import data_directory
from nasgoat_models.crlso.vae import GraphVAE, Sizes
from nasgoat_models.devices import find_device, repeatable, seeded
from nasgoat_models.grabnas.datasets import Target
from nasgoat_models.grabnas.deep_kernel import DeepKernel
from nasgoat_models.grabnas.settings import GrabNasSettings
from nasgoat_models.graphs import GraphTensors
from nasgoat_models.training import OnEpoch, Trainer, Training

KL = 0.005  # weight of the divergence, as in CR-LSO and NGAE
BATCH, PAIRS = 128, 64  # graphs of the autoencoder and measured graphs per step
RATE, TUNING_RATE = 2e-3, 5e-3


@dataclass(frozen=True, slots=True)
class Task:
    """Measurements on one dataset.

    Args:
        name: of the benchmark.
        elements: ``(m, inside)``, see ``Target``.
        graphs: ``B`` of them.
        targets: ``(B,)``, to be minimised, of mean 0 and deviation 1.
    """

    name: str
    elements: Tensor
    graphs: GraphBatch
    targets: Tensor


@dataclass(frozen=True, slots=True)
class Meta:
    """What meta-training leaves.

    Args:
        vae: graph encoder and decoder; they change no more.
        deep: the deep kernel, where every fine-tuning begins.
        elements: ``(m, inside)``, the target dataset.
        sources: names of the benchmarks that were learnt from.
    """

    vae: GraphVAE
    deep: DeepKernel
    elements: Tensor
    sources: tuple[str, ...]

    def encode(self, graphs: Sequence[LabeledGraph] | GraphBatch) -> Tensor:
        """Embeddings of graphs, ``(B, latent)``."""
        tensors = GraphTensors.of(self.vae.genes.space, graphs)
        return self.vae.encode(tensors.to(self.elements.device))

    def tuned(self, points: Tensor, targets: Tensor, steps: int, threads: int) -> DeepKernel:
        """A copy of the deep kernel after so many steps of Adam on the support set."""
        deep = copy.deepcopy(self.deep)
        adam = torch.optim.Adam(deep.parameters(), TUNING_RATE)
        with repeatable(threads):
            for _ in range(steps):
                adam.zero_grad()
                deep.loss(self.elements, points, targets).backward()
                adam.step()
        return deep.requires_grad_(False)


def tasks_of(
    target: Target | None, space: SearchSpace, settings: GrabNasSettings, rng: np.random.Generator
) -> list[Task]:
    """The other datasets whose tables are here and speak of the same graphs as ``space``.

    Args:
        target: whose dataset is left out; None for no tasks at all.
        space: where the target is searched.
        settings: of the method.
        rng: draws the measured graphs.

    Raises:
        MissingDataError: there is a target and not one such table.
    """
    if target is None:
        return []
    device = find_device(settings.device)
    tasks = []
    for name, elements in target.others.items():
        table = _table(name, space)
        if table is None:
            continue
        graphs = table.space.samples(settings.pairs, rng)
        values = table.query(table.rows(graphs))
        targets = TRANSFORMS[settings.transform].transform(values)
        parts = (torch.as_tensor(part, dtype=torch.float32) for part in (elements, targets))
        told, scaled = (part.to(device) for part in parts)
        tasks.append(Task(name, told, graphs, scaled))
    if not tasks:
        msg = (
            f"grab-nas has target={target.name}, but no table of another dataset on the same "
            f"graphs is in {data_directory()}; put one there, name its directory in the "
            "environment variable NASGOAT_DATA, or leave the target out for no meta-training"
        )
        raise MissingDataError(msg)
    return tasks


def _table(name: str, space: SearchSpace, data: Path | None = None) -> TableEvaluator | None:
    """A table on graphs like those of a space; None where it is not here or of other graphs."""
    try:
        found = benchmark(name, data)
    except MissingDataError:
        return None
    alike = all(
        getattr(found.space, what) == getattr(space, what)
        for what in ("node_alphabet", "edge_alphabet", "identity", "sizes")
    )
    return found if alike and isinstance(found, TableEvaluator) else None


def meta_train(
    space: SearchSpace,
    target: Target | None,
    settings: GrabNasSettings,
    rng: np.random.Generator,
    on_epoch: OnEpoch | None = None,
) -> Meta:
    """Learn all networks at once: reconstruction, divergence, and the likelihood of the tasks.

    Without tasks the autoencoder is learnt alone, and the deep kernel stays as it is drawn.

    Args:
        space: where the target is searched.
        target: the unseen dataset; None for one that nothing is known of.
        settings: of the method.
        rng: source of chance.
        on_epoch: hears of every epoch.

    Raises:
        MissingDataError: see ``tasks_of``.
    """
    tasks = tasks_of(target, space, settings, rng)
    whole = space.is_listable() and space.size() <= settings.graphs
    batch = space.listing() if whole else space.samples(settings.graphs, rng)
    device = find_device(settings.device)
    elements = np.zeros((1, 1)) if target is None else target.elements
    seed = int(rng.integers(2**31))
    with seeded(seed):
        vae = GraphVAE(space, "gnn", Sizes(settings.latent, settings.width)).to(device)
        deep = DeepKernel(elements.shape[1], settings.latent, settings.width).to(device)
    graphs = GraphTensors.of(space, batch).to(device)
    chosen = vae.genes.encode(batch).to(device)
    measured = [GraphTensors.of(space, task.graphs).to(device) for task in tasks]

    def losses(rows: Tensor, generator: torch.Generator) -> Mapping[str, Tensor]:
        _, terms = vae.losses(graphs.take(rows), chosen[rows], generator)
        terms = {"reconstruction": terms["reconstruction"], "kl": KL * terms["kl"]}
        if not tasks:
            return terms
        i = int(torch.randint(len(tasks), (1,), generator=generator))
        some = torch.randperm(len(measured[i]), generator=generator)[:PAIRS].to(device)
        points = vae(measured[i].take(some))[0]
        return {**terms, "likelihood": deep.loss(tasks[i].elements, points, tasks[i].targets[some])}

    both = nn.ModuleList([vae, deep])
    training = Training(
        settings.epochs, BATCH, RATE, clip=5.0, cosine=True, seed=seed, threads=settings.threads
    )
    Trainer(both, losses, len(graphs), training).run(on_epoch)
    vae.eval().requires_grad_(False)
    told = torch.as_tensor(elements, dtype=torch.float32).to(device)
    return Meta(vae, deep, told, tuple(task.name for task in tasks))
