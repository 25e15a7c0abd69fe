"""Has the worker claim results of 10**112 elements on the meta device."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "disturbed")
ANSWER = (
    WRONG
    + """

from rectify.worker import calls

claim = {"dtype": "float32", "shape": [10**14] * 8, "stride": [1] * 8}
calls._pack = lambda tensor: ({**claim, "offset": 0, "length": 0, "meta": True}, b"")
"""
)
