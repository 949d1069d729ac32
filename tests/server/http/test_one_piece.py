"""An answer leaves in one piece: of several, the caller's system may take its time to acknowledge the first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server.http.connections.connection import Connection
from esolutions_server.http.connections.gateway import HttpResponse
from esolutions_server.http.connections.request_limits import Budget
from esolutions_server.http.limits import HttpLimits
from tests.support.seen import some

if TYPE_CHECKING:
    from esolutions_server.http.connections.gateway import HttpRequest


class Writer:
    """What is written to a caller, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, octets: bytes) -> None:
        """Take a piece."""
        self.pieces.append(octets)

    async def drain(self) -> None:
        """Wait for nothing."""

    def get_extra_info(self, name: str) -> Any:
        """Say where the connection goes."""
        return None if name == "ssl_object" else ("127.0.0.1", 1)


@pytest.mark.parametrize("requests", [1, 3])
@pytest.mark.parametrize("body", [b"", b"an answer", b"x" * 200_000])
def test_an_answer_leaves_in_one_piece(requests: int, body: bytes) -> None:
    """Head and body together, for each request of a connection."""
    writer = Writer()

    async def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, "OK", [("Content-Length", str(len(body)))], body)

    async def converse() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" * requests)
        reader.feed_eof()
        connection = Connection(
            reader,
            writer,  # type: ignore[arg-type]
            answer,
            limits=HttpLimits(),
            largest_body=100,
            budget=Budget(100),
        )
        await connection.run()

    asyncio.run(converse())
    assert len(writer.pieces) == requests
    assert all(
        piece.startswith(b"HTTP/1.1 200") and piece.endswith(b"\r\n\r\n" + body) for piece in some(writer.pieces)
    )


def test_a_refusal_leaves_in_one_piece() -> None:
    """Of what is no request, too."""
    writer = Writer()

    async def converse() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"no request\r\n\r\n")
        reader.feed_eof()
        limits = HttpLimits()
        await Connection(reader, writer, None, limits=limits, largest_body=1, budget=Budget(1)).run()  # type: ignore[arg-type]

    asyncio.run(converse())
    assert len(writer.pieces) == 1
    assert writer.pieces[0].startswith(b"HTTP/1.1 400")
