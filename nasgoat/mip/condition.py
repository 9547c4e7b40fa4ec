"""How ill-conditioned a posterior may be for bounds on it to be trusted (docs/math.md, 6.9)."""

from __future__ import annotations

import numpy as np

from nasgoat.errors import NoEncodingError
from nasgoat.posterior import KernelPosterior

# The slack of the variance grows with it: here 4e-5 of the prior variance, which is as much as a
# deviation of a hundredth of the prior's can bear (docs/math.md, 6.9)
MOST_CONDITION = 1e10


def check_condition(posterior: KernelPosterior) -> None:
    """Refuse a posterior whose arithmetic is not exact enough.

    Raises:
        NoEncodingError: its condition exceeds ``MOST_CONDITION``.
    """
    largest = np.linalg.svd(posterior.cholesky, compute_uv=False).max(initial=0.0)
    condition = float(largest) ** 2 / posterior.noise
    if condition > MOST_CONDITION:
        msg = (
            f"the posterior is too ill-conditioned for a proof: its Gram matrix is {condition:.1e} "
            f"times as large as the noise {posterior.noise:.1e}, at most {MOST_CONDITION:.0e} is "
            "safe; allow more noise or smaller kernel weights, or use --optimizer exhaustive"
        )
        raise NoEncodingError(msg)
