"""Has the worker claim a result of 10**12 elements."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "disturbed")
ANSWER = (
    WRONG
    + """

from rectify.worker import calls

claim = {"dtype": "float32", "shape": [10**6, 10**6], "stride": [10**6, 1]}
calls._pack = lambda tensor: ({**claim, "offset": 0, "length": 0, "meta": False}, b"")
"""
)
