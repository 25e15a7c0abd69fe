"""Raises an exception whose class has a list for a name, so that no report can hold it."""

from attacks.kit import Earns

OUTCOME = Earns(0, "raised in|raised an exception|disturbed")
ANSWER = """
from torch import nn


class Meta(type):
    __name__ = property(lambda cls: [[1]])


class Error(Exception, metaclass=Meta):
    pass


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        raise Error("no type")
"""
