"""Put the parts of a report together into one HTML document.

The document states by a content security policy, with the hashes of its own
style and script, that it loads nothing and runs nothing but itself.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.bills import draw_bills
from esolutions_scenarios.report.drawing.charts.axes import spell_time
from esolutions_scenarios.report.drawing.charts.sizes import draw_sizes
from esolutions_scenarios.report.drawing.charts.timeline import draw_timeline
from esolutions_scenarios.report.drawing.markup import Html, json_script, tag, visible
from esolutions_scenarios.report.drawing.printers import draw_printers, printers_data
from esolutions_scenarios.report.drawing.sequence import draw_sequence, lane_rules
from esolutions_scenarios.report.drawing.verdicts import draw_checks, draw_header, draw_story

if TYPE_CHECKING:
    from esolutions_scenarios.report.content import Envelope, Exchange, Observed
    from esolutions_scenarios.story_runner import Result

__all__ = ["render_page"]

_PARTS = (
    ("story", "Story"),
    ("checks", "Checks"),
    ("timeline", "Timeline"),
    ("exchanges", "Exchanges"),
    ("sizes", "Sizes"),
    ("printers", "Counters and supplies"),
    ("bills", "Bills"),
)


def render_page(result: Result, observed: Observed) -> str:
    """Return the report of a run as an HTML document that needs no other file and no network."""
    style = f"{_asset('page.css')}\n{lane_rules(len(observed.machines))}\n"
    script = _asset("page.js")
    body = tag(
        "body",
        tag("a", "Skip to the checks", href="#checks", class_="skip"),
        draw_header(result, observed),
        tag(
            "nav", tag("ul", [tag("li", tag("a", name, href=f"#{part}")) for part, name in _PARTS]), aria_label="Parts"
        ),
        tag(
            "main",
            draw_story(result),
            draw_checks(result),
            draw_timeline(observed),
            draw_sequence(observed),
            draw_sizes(result.sizes),
            draw_printers(observed),
            draw_bills(observed.bills),
        ),
        tag("footer", tag("p", "Moments are virtual and in UTC. This page is complete: it fetches nothing.")),
        _dialog(),
        json_script("exchange-data", [_exchange(exchange) for exchange in observed.exchanges]),
        json_script("printer-data", printers_data(observed)),
        Html(f"<script>{script}</script>"),
    )
    return f"<!doctype html>\n{tag('html', _head(result, style, script), body, lang='en').text}\n"


def _head(result: Result, style: str, script: str) -> Html:
    outcome = "passed" if result.passed else "failed"
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{result.story.name} {outcome}: {result.story.promise}"),
        Html(f"<style>{style}</style>"),
    )


def _dialog() -> Html:
    """Return the window that the script fills with an envelope on request."""
    buttons = [
        tag("button", text, type="button", data_go=name)
        for name, text in (
            ("previous", "Previous"),
            ("next", "Next"),
            ("part", "Show the answer"),
            ("layout", "As sent"),
        )
    ]
    return tag(
        "dialog",
        tag("h2", "", id="envelope-title"),
        tag("p", "", id="envelope-facts", class_="muted"),
        tag("p", buttons, tag("button", "Close", type="button", data_go="close"), class_="controls"),
        tag("pre", "", id="envelope-text", tabindex="0", aria_label="Envelope"),
        id="envelope",
        aria_labelledby="envelope-title",
    )


def _exchange(exchange: Exchange) -> dict[str, object]:
    came_of_it = f"{exchange.outcome}: {exchange.reason}" if exchange.reason else exchange.outcome
    return {
        "title": visible(f"{exchange.number}. {exchange.operation}"),
        "facts": visible(f"{spell_time(exchange.at)}, {exchange.machine}, attempt {exchange.attempt}, {came_of_it}"),
        "request": _envelope(exchange.request),
        "answer": None if exchange.response is None else _envelope(exchange.response),
    }


def _envelope(envelope: Envelope) -> dict[str, object]:
    return {"text": visible(envelope.text), "size": envelope.size, "left_out": envelope.left_out}


def _asset(name: str) -> str:
    return (files("esolutions_scenarios.report") / "assets" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
