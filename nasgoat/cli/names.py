"""Names that a shell can complete; imported only when it asks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable


def benchmark_name(incomplete: str) -> list[str]:
    """Benchmarks that begin with what was typed."""
    from nasgoat.tabular import benchmark_names  # noqa: PLC0415

    return _beginning(incomplete, benchmark_names)


def method_name(incomplete: str) -> list[str]:
    """Search methods that begin with what was typed."""
    from nasgoat.search import method_names  # noqa: PLC0415

    return _beginning(incomplete, method_names)


def solver_name(incomplete: str) -> list[str]:
    """Solvers that begin with what was typed."""
    from nasgoat.solve import SOLVERS  # noqa: PLC0415

    return _beginning(incomplete, lambda: SOLVERS)


def optimizer_name(incomplete: str) -> list[str]:
    """Acquisition optimisers that begin with what was typed."""
    from nasgoat.optimize.named import OPTIMIZERS  # noqa: PLC0415

    return _beginning(incomplete, lambda: OPTIMIZERS)


def _beginning(incomplete: str, names: Callable[[], Iterable[str]]) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a line that is being typed is no place for them
        return [name for name in names() if name.startswith(incomplete)]
