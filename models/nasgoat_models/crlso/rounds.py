"""The rounds of Algorithm 3: fine-tune, then lead the best graphs to new ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nasgoat.graphs import GraphBatch
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import known_keys
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.crlso.inference import ATTEMPTS, Finds, Steps, infer
from nasgoat_models.crlso.settings import CrLsoSettings
from nasgoat_models.crlso.training import Floats, Labelled, Latent, Recipe, fine_tuned, learn
from nasgoat_models.crlso.vae import Sizes
from nasgoat_models.training import OnEpoch

ORIGIN, MENDED = "latent", "latent, repaired"  # of proposals


@dataclass(frozen=True, slots=True)
class Round:
    """The graphs of one round.

    Args:
        number: from 0.
        finds: new graphs by key, and how they were found.
    """

    number: int
    finds: Finds

    def unseen(self, seen: Collection[str], k: int) -> list[Proposal]:
        """Up to ``k`` of its graphs that are not known."""
        graphs = [pair for key, pair in self.finds.graphs.items() if key not in seen]
        return [Proposal(graph, MENDED if mended else ORIGIN) for graph, mended in graphs[:k]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """A trained latent space, and the search in it.

    What a round finds depends on the observations before it and on its number alone, so that a
    resumed search finds the same.

    Args:
        settings: of the method.
        latent: the space.
        seed: of all chance.
        before: number of observations that Algorithm 1 has seen.
    """

    settings: CrLsoSettings
    latent: Latent
    seed: int
    before: int

    @classmethod
    def learn(
        cls,
        space: SearchSpace,
        settings: CrLsoSettings,
        labelled: Sequence[Observation],
        seed: int,
        on_epoch: OnEpoch | None = None,
    ) -> Rounds:
        """Algorithm 1 on measured graphs."""
        graphs = GraphBatch.of([one.graph for one in labelled], max(space.sizes))
        targets = transformed(settings, labelled)
        rng = np.random.default_rng([seed, 0])
        latent = learn(space, Labelled(graphs, targets), recipe(settings), rng, on_epoch)
        return cls(settings, latent, seed, len(labelled))

    def upto(self, observations: Sequence[Observation], last: Round | None) -> Round:
        """The round that is due after so many observations, the last one if it still is."""
        number = (len(observations) - self.before) // self.settings.seeds
        if last is not None and last.number == number:
            return last
        told = observations[: self.before + number * self.settings.seeds]
        rng = np.random.default_rng([self.seed, 1 + number])
        taken = known_keys(self.latent.vae.genes.space, told, ())
        return Round(number, self._found(told, taken, rng))

    def again(
        self, observations: Sequence[Observation], seen: Collection[str], rng: np.random.Generator
    ) -> Round:
        """One more round where all graphs of the one that is due are known by now."""
        return Round(-1, self._found(observations, seen, rng))

    def _found(
        self, told: Sequence[Observation], taken: Collection[str], rng: np.random.Generator
    ) -> Finds:
        space, settings = self.latent.vae.genes.space, self.settings
        finds = Finds(taken)
        points = self.latent.encode(space, [one.graph for one in told])  # (T, latent)
        if settings.optimiser == "gradient":
            self._ascend(told, points, finds, rng)
        elif settings.optimiser == "random":
            self._draw(finds, rng)
        else:
            self._sample(told, points, finds, rng)
        return finds

    def _ascend(
        self, told: Sequence[Observation], points: Tensor, finds: Finds, rng: np.random.Generator
    ) -> None:
        """Fine-tune and follow the gradient from the best graphs."""
        settings, plan = self.settings, recipe(self.settings)
        assert self.latent.cost is not None
        training = plan.training(settings.tuning_epochs, 32, int(rng.integers(2**31)))
        targets = transformed(settings, told)
        cost = fine_tuned(self.latent.cost, points, targets, plan, training)
        steps = Steps(
            settings.eta,
            settings.eta_more,
            settings.eta_most,
            settings.noise,
            settings.noise_more,
        )
        best = np.argsort(targets, kind="stable")[: settings.seeds]
        infer(self.latent.vae, cost, points[torch.as_tensor(best)], finds, steps, rng)

    def _draw(self, finds: Finds, rng: np.random.Generator) -> None:
        """Draws of a normal distribution with the means and deviations of the pool."""
        points = self.latent.points
        mean, std = points.mean(dim=0), points.std(dim=0)
        more = self._until_full(finds)
        for _ in range(ATTEMPTS):
            noise = torch.as_tensor(rng.standard_normal((1, len(mean))), dtype=mean.dtype)
            if not more(mean + std * noise.to(mean.device)):
                return

    def _sample(
        self, told: Sequence[Observation], points: Tensor, finds: Finds, rng: np.random.Generator
    ) -> None:
        from nasgoat_models.crlso.samplers import Box, sample  # noqa: PLC0415  (Optuna)

        name = self.settings.optimiser
        assert name in ("tpe", "cmaes")
        values = [one.value for one in told]
        box, seed = Box.around(self.latent.points), int(rng.integers(2**31))
        sample(name, box, (points, values), self._until_full(finds), ATTEMPTS, seed)

    def _until_full(self, finds: Finds) -> Callable[[Tensor], bool]:
        """Looks at a point; whether more are wanted."""
        vae = self.latent.vae

        def more(z: Tensor) -> bool:
            finds.look(vae.genes.space, vae, z)
            return len(finds.graphs) < self.settings.seeds

        return more


def recipe(settings: CrLsoSettings) -> Recipe:
    """How the networks of a search are trained."""
    return Recipe(
        settings.encoder,
        settings.regulariser,
        Sizes(settings.latent, settings.width, 2 * settings.width),
        settings.kl,
        settings.pool,
        settings.predictor_epochs,
        settings.epochs,
        device=settings.device,
        threads=settings.threads,
    )


def transformed(settings: CrLsoSettings, observations: Sequence[Observation]) -> Floats:
    """``(B,)``: targets of mean 0 and deviation 1, to be minimised."""
    return TRANSFORMS[settings.transform].transform([one.value for one in observations])
