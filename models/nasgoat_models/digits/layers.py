"""The layers that cells of both kinds are made of. None changes height or width."""

from __future__ import annotations

from torch import nn


def conv_bn_relu(inside: int, outside: int, kernel: int) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU: the order of NAS-Bench-101."""
    return nn.Sequential(_conv(inside, outside, kernel), nn.BatchNorm2d(outside), nn.ReLU())


def relu_conv_bn(channels: int, kernel: int) -> nn.Sequential:
    """ReLU, convolution, batch normalisation: the order of NAS-Bench-201."""
    return nn.Sequential(nn.ReLU(), _conv(channels, channels, kernel), nn.BatchNorm2d(channels))


def average_pool() -> nn.AvgPool2d:
    """Mean over 3 x 3 pixels; pixels beyond the border do not count."""
    return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)


def max_pool() -> nn.MaxPool2d:
    """Maximum over 3 x 3 pixels."""
    return nn.MaxPool2d(3, stride=1, padding=1)


def _conv(inside: int, outside: int, kernel: int) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, kernel, padding=kernel // 2, bias=False)
