"""Turn what a template is given into a response: whole pages, and regions of them that are asked for as they move."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import g, render_template, request
from markupsafe import Markup

from esolutions_server.admin.guard import instrument, namespace, session
from esolutions_server.admin.page.regions import REGIONS
from esolutions_server.service.errors import NotKnownError
from esolutions_server.soap.contract.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

__all__ = ["FILTERS", "page", "region"]

_DIGITS_SHOWN = 16


def page(template: str, title: str, **shown: Any) -> str:
    """Return a page with its navigation, the clock, and what it shows."""
    return render_template(
        template,
        title=title,
        root=g.root,
        here=request.environ["PATH_INFO"],
        csrf=session().form_token,
        namespace=namespace().name,
        namespaces=instrument().names(),
        live=_live,
        **shown,
    )


def region(name: str, of: str, seen: str) -> str | None:
    """Return a region as it is now; None where the browser has seen it so.

    Raises:
        NotKnownError: the page has none of that name.
    """
    drawn, digest = _drawn(name, of)
    return None if seen == digest else _framed(name, of, drawn, digest)


def _live(name: str, of: str = "") -> Markup:
    return Markup(_framed(name, of, *_drawn(name, of)))  # noqa: S704 (a template's own output)


def _drawn(name: str, of: str) -> tuple[str, str]:
    if name not in REGIONS:
        raise NotKnownError(f"the page has no region {name!r}")
    shown = REGIONS[name](namespace(), of)
    drawn = render_template(f"live/{name}.html", root=g.root, csrf=session().form_token, **shown)
    return drawn, sha256(drawn.encode()).hexdigest()[:_DIGITS_SHOWN]


def _framed(name: str, of: str, drawn: str, digest: str) -> str:
    inner = Markup(drawn)  # noqa: S704 (a template's own output)
    return render_template("live/frame.html", root=g.root, name=name, of=of, digest=digest, inner=inner)


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.isoformat(sep=' ')[:19]} Z"


def _size(measured: int, published: int | None) -> str:
    """Say a size, and how it stands to the published one."""
    if published is None:
        return f"{measured:,}"
    return f"{measured:,} =" if measured == published else f"{measured:,} ({measured - published:+,})"


def _formula(operation: str | None, *, is_request: bool) -> str:
    """Say the published formula of a message; empty where none is published."""
    known = OPERATIONS.get(operation or "")
    formula = None if known is None else known.request_size if is_request else known.response_size
    if formula is None:
        return ""
    return f"{formula.per_device:,} x + {formula.constant:,}" if formula.per_device else f"{formula.constant:,}"


FILTERS: Mapping[str, Callable[..., str]] = {"moment": _moment, "size": _size, "formula": _formula}
