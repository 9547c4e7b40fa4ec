"""Gradient-boosted regression trees as XGBoost saves them, evaluated by numpy alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.tabular.ubjson import parse_ubjson

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OBJECTIVES = ("reg:squarederror", "reg:linear")  # whose prediction is the sum of the leaves

# what reading a file raises that is no model; the last one is of values nested too deeply
WRONG = (
    BadDataError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    RecursionError,
)


@dataclass(frozen=True, slots=True, eq=False)
class Booster:
    """A sum of regression trees whose nodes are numbered through.

    A row starts at the root of every tree. At an inner node it goes to the left child where its
    feature is below the threshold, in single precision, else to the right.
    """

    n_features: int
    base: float  # what the sum starts from
    roots: Integers  # (trees,)
    left: Integers  # (nodes,), the node itself where it is a leaf
    right: Integers  # (nodes,)
    feature: Integers  # (nodes,), 0 at leaves
    threshold: NDArray[np.float32]  # (nodes,); of a leaf its value

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a model that XGBoost saved as JSON or UBJSON (``.json``, ``.ubj``).

        Raises:
            BadDataError: the file is no such model, or no sum of regression trees.
        """
        data = path.read_bytes()
        try:
            content = json.loads(data) if path.suffix == ".json" else parse_ubjson(data)
            return cls.of(content)
        except WRONG as error:
            msg = (
                f"{path} is not a model of regression trees as XGBoost saves it: {error!r}; save "
                "it with Booster.save_model (docs/tables.md)"
            )
            raise BadDataError(msg) from error

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Take over what the file holds.

        Raises:
            BadDataError: the trees are of another kind, or their nodes do not fit together.
        """
        learner = content["learner"]
        objective, booster = learner["objective"]["name"], learner["gradient_booster"]
        if objective not in OBJECTIVES or booster["name"] != "gbtree":
            msg = f"the model is a {booster['name']} for {objective}, not one of {OBJECTIVES}"
            raise BadDataError(msg)
        parameters = learner["learner_model_param"]
        trees = booster["model"]["trees"]
        sizes = [len(tree["left_children"]) for tree in trees]
        roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        joined = {
            key: np.concatenate([np.asarray(tree[key]) for tree in trees])
            for key in ("left_children", "right_children", "split_indices", "split_conditions")
        }
        if any(np.any(tree.get("split_type", 0)) for tree in trees):
            msg = "the model splits by categories; only thresholds are understood"
            raise BadDataError(msg)
        if len({len(column) for column in joined.values()}) > 1:
            msg = "the columns of the trees differ in length"
            raise BadDataError(msg)
        first = np.repeat(roots, sizes)
        leaf = joined["left_children"] < 0
        own = np.arange(len(leaf))
        return cls(
            n_features=int(parameters["num_feature"]),
            base=float(str(parameters["base_score"]).strip("[]")),
            roots=roots,
            left=np.where(leaf, own, joined["left_children"] + first).astype(np.int64),
            right=np.where(leaf, own, joined["right_children"] + first).astype(np.int64),
            feature=np.where(leaf, 0, joined["split_indices"]).astype(np.int64),
            threshold=joined["split_conditions"].astype(np.float32),
        )

    def __post_init__(self) -> None:
        own = np.arange(len(self.left))
        inner = self.left != own
        children = np.concatenate([self.left[inner], self.right[inner]])
        parents = np.concatenate([own[inner], own[inner]])
        # children come after their parent, so that every row reaches a leaf
        right = (children > parents).all() and (children < len(own)).all()
        right &= ((self.feature >= 0) & (self.feature < self.n_features)).all()
        if not (right and np.isfinite(self.threshold).all() and np.isfinite(self.base)):
            msg = "the nodes of the trees do not fit together"
            raise BadDataError(msg)

    def predict(self, rows: Floats) -> Floats:
        """The predictions.

        Args:
            rows: ``(N, n_features)``, without NaN.

        Returns:
            ``(N,)``. XGBoost adds in single precision, so it may differ by some 1e-6 of the sum.

        Raises:
            ValueError: the rows have another number of features.
        """
        if rows.ndim != 2 or rows.shape[1] != self.n_features:
            msg = f"the model reads {self.n_features} features, got an array {rows.shape}"
            raise ValueError(msg)
        values = rows.astype(np.float32)
        row = np.arange(len(rows))[:, None]
        node = np.tile(self.roots, (len(rows), 1))
        while True:
            below = values[row, self.feature[node]] < self.threshold[node]
            following = np.where(below, self.left[node], self.right[node])
            if np.array_equal(following, node):
                break
            node = following
        leaves: Floats = self.threshold[node].astype(np.float64)
        return self.base + leaves.sum(axis=1)
