"""Where student code runs: a sandbox that proves itself, and what it may use of the machine."""
