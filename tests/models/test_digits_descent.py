"""Our gradient descent and PyTorch's are the same."""

import pytest

torch = pytest.importorskip("torch", reason="the networks need PyTorch")

from torch import nn  # noqa: E402

from nasgoat_models.digits.descent import NesterovDescent  # noqa: E402


@pytest.mark.slow  # torch.optim loads the compiler
def test_steps_are_those_of_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    start = [torch.randn(size, generator=generator) for size in ((3, 2), (4,), (2,))]
    ours, theirs = ([nn.Parameter(value.clone()) for value in start] for _ in range(2))
    descent = NesterovDescent(ours, 0.9, 5e-4)
    reference = torch.optim.SGD(theirs, 1.0, 0.9, weight_decay=5e-4, nesterov=True)
    for step in range(6):
        rate = 0.1 / (1 + step)
        for parameters in (ours, theirs):
            for parameter in parameters[:2]:  # the last one is not used
                parameter.grad = None
                (parameter**2).sum().add((parameter * step).sum()).backward()
        descent.step(rate)
        reference.param_groups[0]["lr"] = rate
        reference.step()
        for one, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(one, other)
    assert torch.equal(ours[2], start[2])
    assert not torch.equal(ours[0], start[0])
