"""One process that has imported the programs, and becomes one of them for each command: no command waits for imports.

Run as a module with the number of a socket. Each message on it is a program, its words, its environment and its
folder, with four descriptors: standard input, output and error, and where the exit code goes. The program is the real
one from its entry to its end: it runs at the top of a process, whose interpreter flushes and ends as it always does.
"""

from __future__ import annotations

import gc
import io
import json
import os
import pkgutil
import re
import runpy
import signal
import socket
import sys
from importlib import import_module
from typing import Any

PROGRAMS = ("client", "server", "simulators", "scenarios")
LARGEST_MESSAGE = 100_000
STREAMS = 3


def _import_everything() -> None:
    for program in PROGRAMS:
        package = import_module(f"esolutions_{program}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # A migration runs where alembic says, and a program at its own beginning.
            if not re.search(r"\.migrations\.|\.__main__$", module.name):
                import_module(module.name)
    # What is here stays: the collector of a forked process need not touch, and so copy, all of it.
    gc.freeze()


def _serve(control: socket.socket) -> str:
    """Fork for each message; return in the process that is to be a program, with its name."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, LARGEST_MESSAGE, STREAMS + 1)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            control.close()
            return _become(json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _become(order: dict[str, Any], descriptors: list[int]) -> str:
    *streams, ended = descriptors
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    program = os.fork()
    if program:
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(program, 0)
        os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(ended)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    _open_streams()
    sys.argv[1:] = order["words"]
    return str(order["program"])


def _open_streams() -> None:
    """Open the standard streams as the interpreter does when it starts."""
    errors = sys.stdout.errors
    encoding = os.environ.get("PYTHONIOENCODING", sys.stdout.encoding)
    if "PYTHONIOENCODING" in os.environ:
        errors = "strict"
    for name, number, mode in (("stdin", 0, "rb"), ("stdout", 1, "wb"), ("stderr", 2, "wb")):
        buffer = os.fdopen(number, mode, closefd=False)
        is_prompt = number == 2 or os.isatty(number)
        stream = io.TextIOWrapper(
            buffer, encoding, "backslashreplace" if number == 2 else errors, line_buffering=is_prompt
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _import_everything()
    started = _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module(f"esolutions_{started}", run_name="__main__", alter_sys=True)
