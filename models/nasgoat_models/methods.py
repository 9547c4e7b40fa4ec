"""How this package's search methods are declared: named by entry points, imported when built.

``nasgoat methods`` loads every ``MethodKind``, and must not wait for PyTorch. A method therefore
has two modules: settings and kind, without PyTorch, and what makes the method of them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from nasgoat.errors import MissingDataError
from nasgoat.search import SearchMethod, Surroundings


def built_in(module: str, function: str) -> Callable[[Any, Surroundings], SearchMethod[Any]]:
    """The ``build`` of a ``MethodKind``: a function of a module that is imported when it is called.

    Args:
        module: full name, e.g. ``"nasgoat_models.ngae.method"``.
        function: takes settings and surroundings, returns the method.
    """

    def build(settings: Any, surroundings: Surroundings) -> SearchMethod[Any]:
        try:
            make = getattr(import_module(module), function)
        except ModuleNotFoundError as error:
            msg = f"this method needs the package {error.name}; pip install 'nasgoat[torch]'"
            raise MissingDataError(msg) from error
        method: SearchMethod[Any] = make(settings, surroundings)
        return method

    return build
