"""The commands that this package adds to ``nasgoat``: ``train`` and ``audit``."""

from nasgoat_models.commands.typed import audit, train

__all__ = ["audit", "train"]
