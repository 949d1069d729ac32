"""What the page shows: messages, one message, clients and devices, a client's sequence, faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.page.explanation import explanation_of
from esolutions_server.admin.page.layout import laid_out, root_of, shortened
from esolutions_server.admin.page.presets import PRESETS
from esolutions_server.admin.page.sequence import is_refused
from esolutions_server.admin.page.views import page, region
from esolutions_server.soap.contract.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

__all__ = ["READINGS"]

# SQLite's.
HIGHEST_NUMBER = 2**63 - 1


def home() -> str:
    """Show the messages as they come."""
    only = "refused" if request.args.get("only") == "refused" else ""
    return page("messages.html", "Messages", only=only)


def moving_region(name: str) -> tuple[str, int]:
    """Show a region of a page, or say that it is as it was."""
    drawn = region(name, request.args.get("of", ""), request.args.get("seen", ""))
    return ("", 204) if drawn is None else (drawn, 200)


def message(number: int) -> str:
    """Show one exchange whole: what it said, what was answered, and why it was refused."""
    exchange = namespace().journal.exchange(number)
    kept, row = exchange.kept, exchange.row
    explanation = explanation_of(exchange) if is_refused(row) else None
    asked = None if kept is None else kept.request.body
    answered = None if kept is None else kept.response.body
    if explanation is not None:
        request_lines = explanation.lines
    else:
        request_lines = laid_out(asked, root=root_of(asked)) if asked else []
    return page(
        "message.html",
        f"Message {row.number}: {row.operation or 'cannot be read'}",
        row=row,
        kept=kept,
        explanation=explanation,
        request_lines=shortened(request_lines),
        response_lines=shortened(laid_out(answered, root=root_of(answered))) if answered else [],
    )


def devices() -> str:
    """Show clients and devices, with where each is in its life."""
    return page("devices.html", "Clients and devices")


def client(proxy_id: str) -> str:
    """Show what went between a client and the server, as a sequence diagram."""
    found = namespace().server.administration.one.proxy(proxy_id)
    return page("client.html", f"Client {found.id[:8]}…", proxy=found)


def faults() -> str:
    """Show the faults that are laid, and buttons that lay one."""
    return page("faults.html", "Faults", presets=PRESETS, operations=sorted(OPERATIONS))


READINGS: Mapping[str, Callable[..., Any]] = {
    "": home,
    "/clients/<proxy_id>": client,
    "/devices": devices,
    "/faults": faults,
    f"/messages/<int(min=1, max={HIGHEST_NUMBER}):number>": message,
    "/live/<name>": moving_region,
}
