"""A process that has fitted with GPflow can train with PyTorch, whose Triton it must survive."""

import os
import subprocess
import sys
from pathlib import Path

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
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]


def test_triton_comes_before_tensorflow(tmp_path: Path) -> None:
    """What the first test needs where PyTorch came with Triton, told by stand-ins for both."""
    for name in ("triton", "gpflow"):
        (tmp_path / f"{name}.py").write_text(f"print({name!r})")
    code = "from nasgoat.surrogate.quiet import load_gpflow; load_gpflow()"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    assert done.stdout.split() == ["triton", "gpflow"]
