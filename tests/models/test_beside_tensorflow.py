"""A process that has fitted with GPflow can train with PyTorch, whose Triton it must survive."""

import subprocess
import sys

import pytest

pytest.importorskip("gpflow")
pytest.importorskip("torch")

BOTH = """
from nasgoat.surrogate import GPSurrogate, GPflowTrainer
from nasgoat.spaces import nasbench101
import numpy as np
space = nasbench101([4])
rng = np.random.default_rng(0)
graphs = [space.sample(rng) for _ in range(5)]
GPSurrogate.of_space(space, trainer=GPflowTrainer()).fit(graphs, [3.0, 1.0, 2.0, 5.0, 4.0])
import torch
layer = torch.nn.Linear(3, 1)
adam = torch.optim.AdamW(layer.parameters())
layer(torch.ones(2, 3)).sum().backward()
adam.step()
"""


def test_pytorch_trains_where_tensorflow_was_loaded() -> None:
    command = [sys.executable, "-X", "faulthandler", "-c", BOTH]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
