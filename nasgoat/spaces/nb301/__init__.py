"""What NAS-Bench-301 and DARTS call a pair of cells: genotypes and ConfigSpace configurations."""

from nasgoat.spaces.nb301.cells import cells_of, graphs_of
from nasgoat.spaces.nb301.configurations import (
    HYPERPARAMETERS,
    config_vectors,
    from_config,
    to_config,
)
from nasgoat.spaces.nb301.genotypes import Genotype, from_genotype, to_genotype

__all__ = [
    "HYPERPARAMETERS",
    "Genotype",
    "cells_of",
    "config_vectors",
    "from_config",
    "from_genotype",
    "graphs_of",
    "to_config",
    "to_genotype",
]
