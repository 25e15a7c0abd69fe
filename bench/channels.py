"""`python -m bench.channels`: how fast two sandboxes can talk by the load that they make.

What uses a processor or its caches slows others down, and no filter of system calls can change
that. An answer sends random bits to a cell in another sandbox: in a slot of time for a 1 it keeps
all processors busy, for a 0 it rests. The cell counts how often it gets round a loop. Both know the
clock. What arrives is compared with what was sent.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import torch
from rich.console import Console
from rich.table import Table

from rectify.limits import Limits
from rectify.sandbox.process import Sandbox
from rectify.suites.student import Allowance, Student

SECONDS = 10
SLOTS = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
LIMITS = Limits(call_seconds=30, cell_seconds=30)

SENDER = """
import os
import random
import signal
import time

import torch
from torch import nn


class Sender(nn.Module):
    def __init__(self, begin, end, slot):
        super().__init__()
        self.begin, self.end, self.slot = begin, end, slot

    def forward(self, x):
        bits = random.Random(self.slot)
        sent = [bits.getrandbits(1) for _ in range(int((self.end - self.begin) / self.slot) + 1)]
        helpers = []
        for _ in range(HELPERS):
            child = os.fork()
            if child == 0:
                self.send(sent)
                os._exit(0)
            helpers.append(child)
        for child in helpers:
            os.waitpid(child, 0)
        return x

    def send(self, sent):
        while (now := time.time()) < self.end:
            place = int((now - self.begin) / self.slot)
            if now >= self.begin and sent[place]:
                until = self.begin + (place + 1) * self.slot
                while time.time() < until:
                    pass
            else:
                time.sleep(self.slot / 20)
"""

RECEIVER = """
import json, time

begin, end, slot = {begin}, {end}, {slot}
counts = [0] * (int((end - begin) / slot) + 1)
while (now := time.time()) < end:
    if now >= begin:
        counts[int((now - begin) / slot)] += 1
print(json.dumps(counts))
"""


def error_rate(ours: Sandbox, theirs: Sandbox, slot: float, helpers: int) -> float:
    """Return the share of bits that arrive wrong, of those sent in SECONDS."""
    begin = time.time() + 1.5
    end = begin + SECONDS
    cell = RECEIVER.format(begin=begin, end=end, slot=slot)
    with ours.session("calls") as call, theirs.session("cells") as cells:
        student = Student(call, LIMITS.call_seconds, Allowance(60))
        student.load(SENDER.replace("HELPERS", str(helpers)), "Sender", 10)
        module = student.new(begin=begin, end=end, slot=slot)
        with ThreadPoolExecutor(1) as beside:
            receiving = beside.submit(cells.ask, {}, cell.encode(), seconds=25)
            module(torch.zeros(1))
        outputs = json.loads(receiving.result().payload)
    counts = json.loads(outputs[0]["text"])[: int(SECONDS / slot)]
    known = random.Random(slot)
    sent = [known.getrandbits(1) for _ in counts]
    # The receiver finds its threshold by itself: the sender sends as many ones as zeros.
    threshold = statistics.median(counts)
    wrong = [(count < threshold) != bool(bit) for count, bit in zip(counts, sent, strict=True)]
    return wrong.count(True) / len(wrong)


def capacity(error: float, slot: float) -> float:
    """Return what a binary symmetric channel carries at most, in bits a second (Shannon, 1948)."""
    error = min(max(error, 1e-9), 1 - 1e-9)
    entropy = -error * math.log2(error) - (1 - error) * math.log2(1 - error)
    return (1 - entropy) / slot


def main() -> None:
    """Measure each length of a slot and print a table."""
    table = Table("slot, ms", "busy processes", "bits wrong, %", "bits a second, at most")
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(Sandbox(limits=LIMITS)) for _ in range(2))
        ours.start()
        theirs.start()
        for helpers in (1, 16):
            for slot in SLOTS:
                error = error_rate(ours, theirs, slot, helpers)
                row = (1000 * slot, helpers, 100 * error, capacity(error, slot))
                table.add_row(*(f"{number:.3g}" for number in row))
    Console().print(table)


if __name__ == "__main__":
    main()
