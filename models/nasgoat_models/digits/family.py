"""The benchmarks ``digits:...`` by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasgoat.errors import MissingDataError, UnknownNameError
from nasgoat.spaces import nasbench101, nasbench201
from nasgoat.tabular import Family
from nasgoat_models.digits.settings import Training

if TYPE_CHECKING:
    from nasgoat_models.digits.evaluator import DigitsEvaluator

NAMES = ("digits:nasbench201", "digits:nasbench101")


@dataclass(frozen=True, slots=True)
class Digits:
    """Cells trained on scikit-learn's digits, one benchmark per kind of cell."""

    def names(self) -> Sequence[str]:
        """The benchmarks' full names, without settings."""
        return NAMES

    def load(self, name: str, data: Path | None = None) -> DigitsEvaluator:
        """An evaluator by name.

        Args:
            name: one of ``names()``, and settings behind an ``@`` if there are any:
                ``"digits:nasbench201@epochs=5,seed=1"`` (see ``Training``).
            data: not read; the images come with scikit-learn.

        Raises:
            UnknownNameError: there is no such benchmark, setting or device.
            ValueError: a setting cannot have this value, or there is no GPU.
            MissingDataError: PyTorch or scikit-learn is not installed.
        """
        del data
        plain, _, settings = name.partition("@")
        UnknownNameError.unless_among("benchmark", plain, NAMES)
        training = Training.parse(settings)
        try:
            from nasgoat_models.devices import find_device  # noqa: PLC0415  (2 s)
            from nasgoat_models.digits.evaluator import DigitsEvaluator  # noqa: PLC0415
            from nasgoat_models.digits.network import edge_stage, vertex_stage  # noqa: PLC0415
        except ModuleNotFoundError as error:
            msg = f"{plain} needs the package {error.name}; pip install torch scikit-learn"
            raise MissingDataError(msg) from error
        find_device(training.device)
        space, stage = {
            "digits:nasbench201": (nasbench201(), edge_stage),
            "digits:nasbench101": (nasbench101(), vertex_stage),
        }[plain]
        shown = f"{plain}@{training}".rstrip("@")
        return DigitsEvaluator(shown, space, stage, training)


BENCHMARKS: Family = Digits()
