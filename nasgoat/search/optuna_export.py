"""Evaluations of a run as trials of Optuna, for its dashboard."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasgoat.errors import JournalError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Failure, Observation, Proposal
from nasgoat.search.optuna_search import quiet, require_optuna

if TYPE_CHECKING:
    import optuna

NOTHING = "-"  # where there is no node, or no edge


@dataclass(frozen=True, slots=True)
class Exported:
    """One evaluation.

    Args:
        result: what came of it.
        proposal: what led to it, None if nothing is known of that.
    """

    result: Observation | Failure
    proposal: Proposal | None = None


def export_trials(
    storage: str, name: str, evaluations: Sequence[Exported], header: Mapping[str, Any]
) -> int:
    """Make a study in a storage of Optuna, with a trial per evaluation.

    The parameters of a trial are the labels of its nodes and edges, by their places.

    Args:
        storage: its URL, e.g. ``sqlite:///runs.db``.
        name: of the study.
        evaluations: in their order.
        header: of the journal: space, method, seed and benchmark.

    Returns:
        The number of trials.

    Raises:
        SolverUnavailableError: Optuna is not installed.
        JournalError: the storage has a study of that name, or cannot be opened.
    """
    require_optuna()
    with quiet():
        study = _created(storage, name)
        for key in ("benchmark", "seed", "nasgoat"):
            study.set_user_attr(key, header.get(key))
        study.set_user_attr("method", header["method"]["name"])
        study.add_trials(_trials(evaluations, header["space"]))
    return len(evaluations)


def _created(storage: str, name: str) -> optuna.Study:
    import optuna  # noqa: PLC0415

    try:
        study = optuna.create_study(storage=storage, study_name=name, direction="minimize")
    except optuna.exceptions.DuplicatedStudyError as error:
        msg = f"{storage} has a study {name!r} already; choose another --name"
        raise JournalError(msg) from error
    except Exception as error:  # whatever the driver of the database raises
        told = str(error).partition("\n")[0]
        msg = f"cannot open the storage {storage} ({told}); a file is sqlite:///NAME.db"
        raise JournalError(msg) from error
    return study


def _trials(
    evaluations: Sequence[Exported], space: Mapping[str, Any]
) -> list[optuna.trial.FrozenTrial]:
    from optuna.distributions import BaseDistribution, CategoricalDistribution  # noqa: PLC0415
    from optuna.trial import TrialState, create_trial  # noqa: PLC0415

    choices = [dict(_choices(one.result.graph, space)) for one in evaluations]
    places = dict.fromkeys(place for chosen in choices for place in chosen)
    full = [{place: chosen.get(place, NOTHING) for place in places} for chosen in choices]
    words = {place: sorted({chosen[place] for chosen in full}) for place in places}
    kinds: dict[str, BaseDistribution] = {
        place: CategoricalDistribution(known) for place, known in words.items()
    }
    return [
        create_trial(
            state=TrialState.COMPLETE if isinstance(one.result, Observation) else TrialState.FAIL,
            value=one.result.value if isinstance(one.result, Observation) else None,
            params=chosen,
            distributions=kinds,
            user_attrs=dict(_attributes(one)),
        )
        for one, chosen in zip(evaluations, full, strict=True)
    ]


def _choices(graph: LabeledGraph, space: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands at every place of a graph."""
    yield "nodes", str(graph.n)
    for v, label in enumerate(graph.node_labels or ()):
        yield f"node {v}", str(space["node_labels"][label])
    label_of = graph.edge_label_of
    for edge in graph.edges:
        u, v = edge
        named = str(space["edge_labels"][label_of[edge]]) if edge in label_of else "edge"
        yield f"edge {u}-{v}", named


def _attributes(one: Exported) -> Iterator[tuple[str, Any]]:
    result, proposal = one.result, one.proposal
    yield "graph", json.dumps(result.graph.to_json())
    if isinstance(result, Failure):
        yield "error", result.error
    else:
        yield "test_value", result.test_value
        yield "metrics", dict(result.metrics)
    yield "seconds", result.seconds
    if proposal is not None:
        yield "origin", proposal.origin
        if proposal.certificate is not None:
            yield "certificate", proposal.certificate.to_json()
