"""What a responder and the one who starts it agree on: how many printers, and what says that they answer.

snmpsim, which takes a second to import, is not imported.
"""

__all__ = ["PRINTERS_PER_PROCESS", "READY"]

# snmpsim answers in one thread.
PRINTERS_PER_PROCESS = 25
# The first line of a responder's standard output, once each of its endpoints is bound.
READY = b"ready\n"
