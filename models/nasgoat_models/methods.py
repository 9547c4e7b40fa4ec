"""The search methods of this package by name, as its entry points declare them."""

from collections.abc import Callable

METHODS: dict[str, Callable[..., object]] = {}
