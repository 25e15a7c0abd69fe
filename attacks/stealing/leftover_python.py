"""Changes torch, builtins and sys.modules for the next session, and starts a thread that stays."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10)
ANSWER = (
    RIGHT
    + """

import builtins
import sys
import threading
import time

if hasattr(builtins, "loot") or "loot" in sys.modules or hasattr(torch, "loot"):
    raise ValueError("STO" + "LEN state")
builtins.loot = torch.loot = sys.modules["loot"] = 1
torch.relu = torch.clamp = None
torch.set_default_dtype(torch.float64)
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
"""
)
