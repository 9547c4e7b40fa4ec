"""Evaluations in other processes and on clusters; quick to import, for each worker does so."""

from nasgoat.workers.attempt import Evaluate, OnFailure, Redrawing, attempt, penalty_of, told
from nasgoat.workers.cluster import dask_executor
from nasgoat.workers.processes import Processes

__all__ = [
    "Evaluate",
    "OnFailure",
    "Processes",
    "Redrawing",
    "attempt",
    "dask_executor",
    "penalty_of",
    "told",
]
