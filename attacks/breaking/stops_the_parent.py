"""Stops and traces the process that it was forked from, and lowers its limits."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import ctypes
import os
import resource
import signal

libc = ctypes.CDLL(None, use_errno=True)
os.kill(1, signal.SIGSTOP)
print(libc.ptrace(16, 1, 0, 0), libc.ptrace(0x4206, 1, 0, 0))
for limit in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_AS):
    try:
        resource.prlimit(1, limit, (1, 1))
    except OSError as error:
        print(error)
try:
    os.setpriority(os.PRIO_PROCESS, 1, 19)
    os.sched_setaffinity(1, {0})
except OSError as error:
    print(error)
libc.syscall(251, 1, 1, 3 << 13)
""",
    "print('still here')",
)
