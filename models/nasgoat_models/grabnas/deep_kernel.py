"""The surrogate of GraB-NAS: a Gaussian process on fused embeddings of datasets and graphs."""

from __future__ import annotations

import gpytorch
import torch
from gpytorch.distributions import MultivariateNormal
from torch import Tensor, nn

from nasgoat_models.grabnas.set_transformer import SetTransformer

LEAST_NOISE = 1e-3  # of targets of deviation 1; keeps Cholesky factors well defined


class DeepKernel(nn.Module):
    """``x = MLP([phi(D); psi(G)])`` and a Matern-5/2 kernel on ``x``.

    Args:
        inside: dimension of the elements that describe a dataset.
        latent: dimension of graph embeddings.
        width: of the layers.
        fused: dimension of ``x``.
    """

    def __init__(self, inside: int, latent: int, width: int, fused: int = 16) -> None:
        super().__init__()
        self.datasets = SetTransformer(inside, fused)
        self.fuse = nn.Sequential(
            nn.Linear(fused + latent, width),
            nn.ReLU(),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, fused),
        )
        self.mean = gpytorch.means.ConstantMean()
        self.kernel = gpytorch.kernels.ScaleKernel(gpytorch.kernels.MaternKernel(nu=2.5))
        self.noise = gpytorch.likelihoods.GaussianLikelihood(
            noise_constraint=gpytorch.constraints.GreaterThan(LEAST_NOISE)
        )

    def features(self, elements: Tensor, points: Tensor) -> Tensor:
        """``(B, fused)``: the dataset ``(m, inside)`` with each graph ``(B, latent)``."""
        told = self.datasets(elements[None]).expand(len(points), -1)  # (B, fused)
        return self.fuse(torch.cat([told, points], dim=1))

    def prior(self, x: Tensor) -> MultivariateNormal:
        """Of the function at ``(B, fused)``."""
        return MultivariateNormal(self.mean(x), self.kernel(x))

    def loss(self, elements: Tensor, points: Tensor, targets: Tensor) -> Tensor:
        """Minus the log marginal likelihood of ``(B,)`` targets, over ``B``; ``()``."""
        told = self.noise(self.prior(self.features(elements, points)))
        return -told.log_prob(targets) / len(targets)

    def posterior(self, elements: Tensor, points: Tensor, targets: Tensor) -> _Exact:
        """The process given ``(B,)`` targets of graphs; its weights change no more."""
        with torch.no_grad():
            x = self.features(elements, points)
        exact = _Exact(self, x, targets)
        exact.eval()
        return exact


class _Exact(gpytorch.models.ExactGP):
    """The posterior of a deep kernel's Gaussian process."""

    def __init__(self, deep: DeepKernel, x: Tensor, targets: Tensor) -> None:
        super().__init__(x, targets, deep.noise)
        self.deep = deep

    def forward(self, x: Tensor) -> MultivariateNormal:
        """Call the prior; ``ExactGP`` makes the posterior of it."""
        return self.deep.prior(x)


def mean_and_std(process: _Exact, x: Tensor) -> tuple[Tensor, Tensor]:
    """Of the function at ``(B, fused)``; ``(B,)`` each, differentiable in ``x``."""
    with gpytorch.settings.fast_pred_var(state=False):
        told = process(x)
    return told.mean, told.variance.clamp_min(1e-12).sqrt()
