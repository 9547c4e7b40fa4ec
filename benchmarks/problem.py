"""One acquisition problem, named by a handful of settings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.observations import DESIGNS, random_design, search_history
from nasgoat.cli.build import KERNELS, chosen
from nasgoat.cli.solve import SPACES, SolveSettings, space_of, synthetic_task
from nasgoat.optimize import Optimization, Task
from nasgoat.search import acquisition_rule
from nasgoat.search.goat import STARTS, least_target
from nasgoat.spaces import (
    NASBENCH101_OPS,
    NASBENCH_GRAPH_OPS,
    CellSpace,
    FixedLabel,
    MaxEdges,
    Rule,
    StronglyConnected,
    Undirected,
    digraphs,
    nasbench_graph,
)
from nasgoat.surrogate import GPSurrogate
from nasgoat.tabular import TableEvaluator, benchmark, benchmark_names

ALL_SPACES = (*SPACES, "digraphs")
CHOICES = {  # what the settings of a space can be
    "nasbench101": {"nodes", "edges", "ops"},
    "nasbench201": set[str](),
    "nasbench-graph": {"ops"},
    "digraphs": {"nodes", "edges", "ops", "rules"},
}
TARGETS = ("synthetic", "table")
DIGRAPH_RULES: dict[str, tuple[Rule, ...]] = {
    "arbitrary": (),
    "strongly-connected": (StronglyConnected(),),
    "undirected-connected": (Undirected(), StronglyConnected()),
}
UNUSED = Optimization(None, None, 1, 1.0, 0.0)  # making a task optimises nothing


@dataclass(frozen=True, slots=True)
class Problem:
    """What to minimise, and where; everything random in it is drawn from the seed.

    Args:
        space: one of ``ALL_SPACES``.
        nodes: node counts, such as ``"7"`` or ``"2-7"``; for nasbench101 and digraphs only.
        edges: at most so many edges, for nasbench101 (9 otherwise) and digraphs.
        ops: number of operations, for nasbench101, nasbench-graph and digraphs (none otherwise).
        rules: which digraphs, one of ``DIGRAPH_RULES``.
        observations: number of graphs observed.
        beta: of the lower confidence bound.
        kernel: ``"linear"`` or ``"exponential"``.
        features: feature maps by name, such as ``"el+op-paths"``; None for the usual ones.
        targets: ``"synthetic"``, a draw from the prior with hyperparameters taken as known, or
            ``"table"``, values of a benchmark table to which the hyperparameters are fitted.
        table: name of the benchmark; empty for the first one on the space.
        design: which graphs of a table are observed: ``"random"`` ones, or those that a
            ``"search"`` by the same model and acquisition function evaluates first.
        acquisition: name of the acquisition function.
        seed: of all that is random.
    """

    space: str = "nasbench101"
    nodes: str = ""
    edges: int | None = None
    ops: int | None = None
    rules: str = "arbitrary"
    observations: int = 60
    beta: float = 1.0
    kernel: str = "linear"
    features: str | None = None
    targets: str = "synthetic"
    table: str = ""
    design: str = "random"
    acquisition: str = "lcb"
    seed: int = 0

    def search_space(self) -> CellSpace:
        """The graphs to choose from.

        Raises:
            UnknownNameError: there is no such space or rule.
            ValueError: a setting that the space does not have.
        """
        chosen("space", self.space, ALL_SPACES)
        for name in ("nodes", "edges", "ops", "rules"):
            default = getattr(Problem(), name)
            if getattr(self, name) != default and name not in CHOICES[self.space]:
                msg = f"{self.space} leaves no choice of {name}; leave --{name} out"
                raise ValueError(msg)
        if self.space == "digraphs":
            return self._digraphs()
        if self.ops is not None and self.space == "nasbench-graph":
            return nasbench_graph(_first(NASBENCH_GRAPH_OPS, self.ops))
        space = space_of(self.space, self.nodes)
        if self.edges is not None:
            space = _with_edges(space, self.edges)
        return space if self.ops is None else _with_ops(space, self.ops)

    def task(self) -> Task:
        """Draw or look up the observations and condition on them.

        Raises:
            UnknownNameError: a name that does not exist.
            MissingDataError: the table is not on this machine.
        """
        chosen("kernel", self.kernel, KERNELS)
        chosen("design", self.design, DESIGNS)
        if chosen("kind of targets", self.targets, TARGETS) == "table":
            return self._table_task()
        if self.design == "search":
            msg = "only targets of a table can be searched for: add --targets table"
            raise ValueError(msg)
        settings = SolveSettings(
            space=self.space,
            nodes=self.nodes,
            observations=self.observations,
            kernel=self.kernel,
            features=self.features,
            acquisition=self.acquisition,
            beta=self.beta,
            seed=self.seed,
            optimization=UNUSED,
        )
        return synthetic_task(self.search_space(), settings)

    def _table_task(self) -> Task:
        names = [name for name in benchmark_names() if name.startswith(f"{self.space}:")]
        name = chosen(f"table of {self.space}", self.table or next(iter(names), ""), names)
        table = benchmark(name)
        assert isinstance(table, TableEvaluator)  # whatever is named after a space is a table
        evaluator = table.within(self.search_space())
        rng = np.random.default_rng(self.seed)
        surrogate = GPSurrogate.of_space(
            evaluator.space,
            self.features,
            exponential=self.kernel == "exponential",
            seed=self.seed,
        )
        rule = acquisition_rule(self.acquisition, self.beta)
        if self.design == "search":
            observed = search_history(evaluator, surrogate, rule, self.observations, rng)
        else:
            observed = random_design(evaluator, self.observations, rng)
        graphs, values = [one.graph for one in observed], [one.value for one in observed]
        posterior = surrogate.fit(graphs, values)
        function = rule(posterior, least_target(posterior), rng)
        starts = [graphs[i] for i in np.argsort(values, kind="stable")[:STARTS]]
        return Task(function, posterior, evaluator.space, graphs, starts)

    def _digraphs(self) -> CellSpace:
        rules = DIGRAPH_RULES[chosen("kind of digraph", self.rules, DIGRAPH_RULES)]
        least, dash, most = self.nodes.partition("-")
        try:
            sizes = (int(least), int(most if dash else least))
        except ValueError:
            msg = f"digraphs take --nodes like 5 or 3-5, got {self.nodes!r}"
            raise ValueError(msg) from None
        edges: tuple[Rule, ...] = () if self.edges is None else (MaxEdges(self.edges),)
        alphabet = _first((), self.ops or 0)
        return digraphs(sizes[1], sizes[0], rules=(*rules, *edges), node_alphabet=alphabet)


def _first(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The first ``count`` names, with made-up ones where there are fewer."""
    return (*names, *(f"op{i + 1}" for i in range(len(names), count)))[:count]


def _with_edges(space: CellSpace, edges: int) -> CellSpace:
    rules = tuple(MaxEdges(edges) if isinstance(rule, MaxEdges) else rule for rule in space.rules)
    return replace(space, rules=rules)


def _with_ops(space: CellSpace, ops: int) -> CellSpace:
    """NAS-Bench-101's rules with another number of operations."""
    if ops < 1:
        msg = f"cells need at least 1 operation, got --ops {ops}"
        raise ValueError(msg)
    alphabet = ("input", *_first(NASBENCH101_OPS, ops), "output")
    output = len(alphabet) - 1
    rules = tuple(
        replace(rule, label=output) if isinstance(rule, FixedLabel) and rule.node == -1 else rule
        for rule in space.rules
    )
    return replace(space, node_alphabet=alphabet, rules=rules)
