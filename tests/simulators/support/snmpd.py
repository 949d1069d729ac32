"""net-snmp's snmpd with the rows of a printer: it asks this module, run as a program (pass_persist)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from bisect import bisect_left, bisect_right
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esolutions_simulators.mib.row import Syntax, Value

# What snmpd calls the types of values that a program gives it (snmpd.conf(5)), by their tags.
_TYPES = {2: "integer", 4: "octet", 6: "objectid", 64: "ipaddress", 65: "counter", 66: "gauge", 67: "timeticks"}
# Only what is needed: none of the machine's own rows.
_MODULES = "pass_persist,vacm_conf,vacm_context,usmConf,usmUser,vacm_vars,snmpEngine,snmpMPDStats,usmStats,engineBoots"
_ADDRESS = "127.0.0.1"
_MOST_TRIES = 100


@contextmanager
def snmpd(
    program: str, rows: Iterable[tuple[str, Syntax, Value]], trees: Sequence[str], lines: Sequence[str], folder: Path
) -> Iterator[tuple[str, int]]:
    """Run snmpd over rows, each in one of ``trees``, with more lines of configuration; yield host and port."""
    known = folder / "rows.json"
    known.write_text(json.dumps([(oid, _TYPES[syntax], _spelled(syntax, value)) for oid, syntax, value in rows]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind((_ADDRESS, 0))
        port: int = finder.getsockname()[1]
    asked = f"{sys.executable} {Path(__file__).resolve()} {known}"
    configuration = folder / "snmpd.conf"
    configuration.write_text("\n".join([*lines, *(f"pass_persist .{tree} {asked}" for tree in trees)]) + "\n")
    command = [program, "-f", "-r", "-C", "-c", str(configuration), "-Lf", str(folder / "log"), "-I", _MODULES]
    # Its own folder, and nobody's else: neither the machine's MIBs nor its users.
    apart = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "kept"), "SNMPCONFPATH": str(folder), "MIBS": ""}
    with subprocess.Popen([*command, f"udp:{_ADDRESS}:{port}"], env=apart, start_new_session=True) as agent:
        try:
            _await_answer(agent, port, folder / "log")
            yield _ADDRESS, port
        finally:
            agent.terminate()


def _await_answer(agent: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the agent answers anything: what it is asked is version 3's first question."""
    probe = bytes.fromhex("303e020103301102041e05e2f3020300ffe30401040201030410300e0400020100020100040004000400")
    probe += bytes.fromhex("301404000400a00e0204257c0b4b0201000201003000")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
        manager.settimeout(0.1)
        for _ in range(_MOST_TRIES):
            assert agent.poll() is None, log.read_text() if log.exists() else "snmpd has ended"
            try:
                manager.sendto(probe, (_ADDRESS, port))
                manager.recv(65_535)
            except TimeoutError:
                continue
            return
    raise AssertionError(f"snmpd does not answer: {log.read_text()[-500:]}")


def _spelled(syntax: int, value: Value) -> str:
    if isinstance(value, bytes):
        return ".".join(map(str, value)) if _TYPES[syntax] == "ipaddress" else value.hex(" ")
    return str(value)


def _serve(rows: Sequence[tuple[str, str, str]], asked: TextIO, told: TextIO) -> None:
    """Answer snmpd as snmpd.conf(5) has it for pass_persist."""
    keys = [_key(oid) for oid, _, _ in rows]
    while command := asked.readline().strip():
        if command == "PING":
            reply = "PONG\n"
        elif command == "set":
            asked.readline()
            asked.readline()
            reply = "not-writable\n"
        else:
            oid = _key(asked.readline())
            place = bisect_left(keys, oid) if command == "get" else bisect_right(keys, oid)
            is_there = place < len(rows) and (command != "get" or keys[place] == oid)
            reply = ".{}\n{}\n{}\n".format(*rows[place]) if is_there else "NONE\n"
        told.write(reply)
        told.flush()


def _key(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.strip().strip(".").split(".")))


if __name__ == "__main__":
    _serve(json.loads(Path(sys.argv[1]).read_text()), sys.stdin, sys.stdout)
