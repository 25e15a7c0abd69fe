"""Closes all file descriptors and goes on for ever."""

from attacks.kit import Earns

OUTCOME = Earns(0, "ended")
ANSWER = """
import os
import time

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        os.closerange(0, 256)
        time.sleep(1000)
"""
