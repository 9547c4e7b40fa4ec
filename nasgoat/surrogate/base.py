"""The protocol of surrogate models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nasgoat.graphs import LabeledGraph
from nasgoat.posterior import Posterior


class Surrogate(Protocol):
    """Learns from evaluated graphs what to believe of all others."""

    def fit(self, graphs: Sequence[LabeledGraph], targets: Sequence[float]) -> Posterior:
        """Fit to data; equal arguments give an equal posterior.

        Args:
            graphs: ``T`` evaluated graphs, repeats allowed.
            targets: ``T`` objective values in the benchmark's unit, smaller is better.

        Returns:
            The belief, in the surrogate's (transformed) unit.

        Raises:
            BadDataError: no data, unequal lengths, or targets that are NaN or infinite.
        """
