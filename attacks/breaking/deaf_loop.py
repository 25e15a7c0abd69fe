"""Ignores all signals, catches all exceptions, and loops for ever."""

from attacks.kit import Earns

OUTCOME = Earns(0, r"did not finish within \d")
ANSWER = """
import signal

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
"""
