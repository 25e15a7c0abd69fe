"""Raises an exception whose class and text are HTML, for the table of groups."""

from attacks.kit import Earns

OUTCOME = Earns(0, "was raised|raised an exception")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        html = "<script>alert(1)</script><img src=x onerror=alert(1)>"
        raise type(html, (Exception,), {})(html)
"""
