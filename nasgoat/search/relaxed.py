"""The choices that make a graph as Optuna's parameters, categorical or continuous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasgoat.graphs import LabeledGraph
from nasgoat.search.genes import Genome

if TYPE_CHECKING:
    import optuna

NO, YES = 0.25, 0.75  # where a graph's choices stand in [0, 1]: in the middle of either half


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of a space's choices.

    Args:
        genome: the choices.
        continuous: a choice of two is a number, taken as 1 from 0.5 on; a choice of more is a
            number for each alternative, the greatest of which counts. Otherwise every choice is a
            categorical parameter.
    """

    genome: Genome
    continuous: bool

    def suggested(self, trial: optuna.Trial) -> LabeledGraph | None:
        """The graph that a trial stands for; None where it is not in the space."""
        choices = self.genome.choices
        if not self.continuous:
            alternatives = {
                name: trial.suggest_categorical(name, range(count))
                for name, count in choices.items()
            }
            return self.genome.decode(alternatives)
        chosen = {}
        for name, count in choices.items():
            numbers = [trial.suggest_float(each, 0.0, 1.0) for each in _names(name, count)]
            most = max(range(len(numbers)), key=numbers.__getitem__)
            chosen[name] = int(numbers[0] >= 0.5) if count == 2 else most
        return self.genome.decode(chosen)

    def written(self, graph: LabeledGraph) -> dict[str, Any]:
        """The parameters that stand for a graph; errors as in ``Genome.encode``."""
        chosen = self.genome.encode(graph)
        if not self.continuous:
            return chosen
        numbers: dict[str, float] = {}
        for name, count in self.genome.choices.items():
            names = _names(name, count)
            values = [1] if count == 2 else range(count)
            for each, value in zip(names, values, strict=True):
                numbers[each] = YES if chosen[name] == value else NO
        return numbers


def _names(name: str, count: int) -> list[str]:
    """Of the numbers that a choice needs."""
    return [name] if count == 2 else [f"{name}={i}" for i in range(count)]
