"""Importers of official files, by the name of their set."""

from __future__ import annotations

from nasgoat.tabular.importers.base import Importer, ImportProgress

IMPORTERS: dict[str, Importer] = {}

__all__ = ["IMPORTERS", "ImportProgress", "Importer"]
