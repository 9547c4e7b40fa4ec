"""Readers of compact files of arrays, which hold what the official files do not offer alone."""

from nasgoat.tabular.compact.enas import read_enas
from nasgoat.tabular.compact.nasbench101 import read_measured, read_surrogate
from nasgoat.tabular.compact.nasbench301 import read_sample
from nasgoat.tabular.compact.nasbench_macro import read_macro

__all__ = ["read_enas", "read_macro", "read_measured", "read_sample", "read_surrogate"]
