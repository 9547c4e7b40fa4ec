"""What a journal tells of, as values and as JSON.

NaN and infinities are not on record: null stands for them, and a metric or a phase is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Certificate, Failure, Observation, Prediction, Proposal


@dataclass(frozen=True, slots=True)
class Ask:
    """What one call of ``Study.ask`` proposed."""

    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Tell:
    """One observation."""

    observation: Observation


@dataclass(frozen=True, slots=True)
class Fail:
    """One evaluation that failed."""

    failure: Failure


Entry = Ask | Tell | Fail


def to_json(entry: Entry) -> dict[str, Any]:
    """What a line of a journal says."""
    if isinstance(entry, Ask):
        proposals = [_proposal_to_json(proposal) for proposal in entry.proposals]
        return {"kind": "ask", "proposals": proposals}
    if isinstance(entry, Fail):
        return {"kind": "fail", **_failure_to_json(entry.failure)}
    return {"kind": "tell", **_observation_to_json(entry.observation)}


def from_json(value: Mapping[str, Any]) -> Entry:
    """Read what ``to_json`` wrote.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, OverflowError: it is something else.
    """
    if value["kind"] == "ask":
        return Ask(tuple(_proposal_from_json(item) for item in value["proposals"]))
    if value["kind"] == "fail":
        return Fail(_failure_from_json(value))
    if value["kind"] == "tell":
        return Tell(_observation_from_json(value))
    msg = f"unknown kind {value['kind']!r}"
    raise ValueError(msg)


def _finite(value: float | None) -> float | None:
    """A number that JSON knows, or None."""
    return None if value is None or not math.isfinite(value) else float(value)


def _finite_only(values: Mapping[str, float | None]) -> dict[str, float]:
    """The numbers that JSON knows."""
    found = {name: _finite(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}


def _proposal_to_json(proposal: Proposal) -> dict[str, Any]:
    value: dict[str, Any] = {"graph": proposal.graph.to_json(), "origin": proposal.origin}
    if proposal.certificate is not None:
        value["certificate"] = {
            key: None if isinstance(item, float) and not math.isfinite(item) else item
            for key, item in proposal.certificate.to_json().items()
        }
    if proposal.seconds:
        value["seconds"] = _finite_only(proposal.seconds)
    if (told := proposal.prediction) is not None:
        value["prediction"] = _finite_only(
            {"mean": told.mean, "std": told.std, "noise": told.noise}
        )
    return value


def _proposal_from_json(value: Mapping[str, Any]) -> Proposal:
    certificate = value.get("certificate")
    return Proposal(
        LabeledGraph.from_json(value["graph"]),
        value["origin"],
        None if certificate is None else _certificate_from_json(certificate),
        _finite_only(value.get("seconds", {})),
        _prediction_from_json(value.get("prediction")),
    )


def _prediction_from_json(value: Mapping[str, Any] | None) -> Prediction | None:
    """None also where a number was not finite: it says nothing then."""
    if value is None or len(value) < len(Prediction.__slots__):
        return None
    return Prediction(*(float(value[name]) for name in Prediction.__slots__))


def _certificate_from_json(value: Mapping[str, Any]) -> Certificate:
    numbers = {key: _number(value[key]) for key in ("value", "seconds")}
    return Certificate.from_json({**value, **numbers})


def _number(value: float | None) -> float:
    """A number where the journal has null for one that JSON does not know."""
    return math.nan if value is None else float(value)


def _observation_to_json(observation: Observation) -> dict[str, Any]:
    return {
        "graph": observation.graph.to_json(),
        "value": float(observation.value),
        "test_value": _finite(observation.test_value),
        "metrics": _finite_only(observation.metrics),
        "seconds": _finite(observation.seconds),
    }


def _observation_from_json(value: Mapping[str, Any]) -> Observation:
    measured = float(value["value"])
    if not math.isfinite(measured):
        msg = f"a value is a finite number, got {measured}"
        raise ValueError(msg)
    return Observation(
        LabeledGraph.from_json(value["graph"]),
        measured,
        _finite(value["test_value"]),
        _finite_only(value["metrics"]),
        _number(value["seconds"]),
    )


def _failure_to_json(failure: Failure) -> dict[str, Any]:
    return {
        "graph": failure.graph.to_json(),
        "error": failure.error,
        "penalty": failure.penalty,
        "seconds": _finite(failure.seconds),
    }


def _failure_from_json(value: Mapping[str, Any]) -> Failure:
    return Failure(
        LabeledGraph.from_json(value["graph"]),
        str(value["error"]),
        value["penalty"],
        _number(value["seconds"]),
    )
