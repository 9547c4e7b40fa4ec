"""From names on the command line to objects."""

from __future__ import annotations

from collections.abc import Mapping

from nasgoat.errors import UnknownNameError
from nasgoat.optimize import Optimization
from nasgoat.search import MethodSpec
from nasgoat.search.goat_settings import check_model
from nasgoat.search.options import pairs_of
from nasgoat.spaces import SearchSpace

KERNELS = ("linear", "exponential")

chosen = UnknownNameError.unless_among


def method_spec(name: str, flags: Mapping[str, object], settings: list[str]) -> MethodSpec:
    """A method with its options.

    Args:
        name: of the method.
        flags: values of the flags that were typed, by option.
        settings: ``key=value`` texts; they outweigh flags.

    Raises:
        UnknownNameError: there is no such method or option.
        ValueError: an option has an impossible value.
        NoEncodingError: options do not fit together.
    """
    return MethodSpec.of(name, {**flags, **pairs_of(settings)})


def require(optimization: Optimization, space: SearchSpace, kernel: str, acquisition: str) -> None:
    """Refuse what cannot be optimised before anything is drawn.

    Raises:
        NoEncodingError: the acquisition function does not fit the kernel, or the space has no
            MIP form and the MIP is asked for.
    """
    optimization.require(space)
    check_model(kernel, acquisition)
