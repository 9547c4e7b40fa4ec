"""The command line: ``nasgoat run`` and ``nasgoat solve``."""

from nasgoat.cli.app import app

__all__ = ["app"]
