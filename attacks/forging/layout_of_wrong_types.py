"""Has the worker send layouts with text, fractions, NaN and negative numbers for sizes."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "disturbed|ended by itself")
ANSWER = (
    WRONG
    + """

import itertools

from rectify.worker import calls

layouts = itertools.cycle(
    {"dtype": dtype, "shape": shape, "stride": [1], "offset": offset, "length": 9, "meta": meta}
    for dtype in ("float32", [1], "object")
    for shape in ([-1], [2.5], ["9"], [True], [10**300], {})
    for offset in (0, -1, None)
    for meta in (False, "yes")
)
calls._pack = lambda tensor: (next(layouts), bytes(36))
"""
)
