"""An agent made of rows, and the ways in which agents misbehave."""

from __future__ import annotations

from collections.abc import Callable

from esolutions_client.snmp.errors import NO_SUCH_NAME, AgentError, SilentError, TooBigError
from esolutions_client.snmp.pdus import Get, GetBulk, GetNext, Reply, Request, Value
from esolutions_client.snmp.replay import ReplayPort

Answerer = Callable[[Request], Reply]


def obliging(rows: dict[str, Value]) -> Answerer:
    """An agent with these rows and no quirks."""
    return ReplayPort(rows).answer


def deaf_to_get(agent: Answerer) -> Answerer:
    """GET fails where a walk works."""

    def answer(request: Request) -> Reply:
        if isinstance(request, Get):
            nothing: list[Value] = [None] * len(request.oids)
            return nothing
        return agent(request)

    return answer


def too_big_beyond(most: int) -> Callable[[Answerer], Answerer]:
    """Answers of more than `most` variables do not fit."""

    def quirk(agent: Answerer) -> Answerer:
        def answer(request: Request) -> Reply:
            size = request.max_repetitions if isinstance(request, GetBulk) else len(request.oids)
            if size > most:
                raise TooBigError("too big")
            return agent(request)

        return answer

    return quirk


def version_1(agent: Answerer) -> Answerer:
    """No GETBULK, and one missing variable refuses the whole request."""

    def answer(request: Request) -> Reply:
        if isinstance(request, GetBulk):
            raise SilentError("a version 1 agent drops what it cannot decode")
        rows = agent(request)
        for index, row in enumerate(rows, start=1):
            if row is None or (isinstance(row, tuple) and row[1] is None):
                raise AgentError(NO_SUCH_NAME, index)
        return rows

    return answer


def circling(agent: Answerer) -> Answerer:
    """After the last row of a table comes its first."""

    def answer(request: Request) -> Reply:
        rows = agent(request)
        if isinstance(request, GetBulk) and rows:
            return [*rows, rows[0]] * 2
        return rows

    return answer


def endless(_: Answerer) -> Answerer:
    """Every table goes on for ever, always increasing."""

    def after(oid: str, step: int) -> tuple[str, Value]:
        root, _, last = oid.rpartition(".")
        return (f"{root}.{int(last) + step}" if oid.count(".") > 11 else f"{oid}.1.20.{step}"), 1

    def answer(request: Request) -> Reply:
        if isinstance(request, Get):
            ones: list[Value] = [1] * len(request.oids)
            return ones
        if isinstance(request, GetNext):
            return [after(oid, 1) for oid in request.oids]
        return [after(request.oid, step) for step in range(1, request.max_repetitions + 1)]

    return answer
