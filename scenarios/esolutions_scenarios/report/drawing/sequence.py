"""Draw who said what to whom: lanes for printers, clients and the server, folded where nothing new was said."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from esolutions_scenarios.report.content import Happening
from esolutions_scenarios.report.drawing.chapters import Chapter, Quiet, Step, chapters
from esolutions_scenarios.report.drawing.charts.axes import spell_time
from esolutions_scenarios.report.drawing.markup import Html, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esolutions_scenarios.report.content import Envelope, Exchange, Observed

__all__ = ["draw_sequence", "lane_rules"]

_DRAWN_AT_MOST = 3000
_OPEN_AT_MOST = 4


class _Lanes:
    """Where printers, clients and the server stand, and how much may still be drawn."""

    def __init__(self, machines: Sequence[str]) -> None:
        self.names = ["Printers", *machines, "Server"]
        self._place = {name: number for number, name in enumerate(machines, start=1)}
        self.server = len(machines) + 1
        self.left = _DRAWN_AT_MOST

    def of(self, machine: str) -> int:
        return self._place.get(machine, self.server)


def draw_sequence(observed: Observed) -> Html:
    """Return the exchanges of a run as a sequence diagram of chapters that fold."""
    lanes = _Lanes(observed.machines)
    found = chapters(observed)
    opened = _opened(found)
    heads = [tag("span", name) for name in lanes.names]
    return tag(
        "section",
        tag("h2", "Exchanges"),
        tag("p", "Every message, oldest first. Choose an arrow to see the envelope as it crossed, without secrets."),
        _controls(),
        tag(
            "div",
            tag("div", tag("span", "Moment, UTC"), tag("div", heads, class_="lane-heads"), class_="heads"),
            [_chapter(chapter, lanes, is_open=number in opened) for number, chapter in enumerate(found)],
            class_="sequence",
            id="sequence",
            data_filter="all",
        ),
        tag("noscript", tag("p", "Without scripts the envelopes cannot be opened.")),
        id="exchanges",
    )


def lane_rules(machines: int) -> str:
    """Return the style rules that put arrows between the middles of lanes."""
    lanes = machines + 2
    rules = [f".lanes-grid,.lane-heads{{--lanes:{lanes}}}"]
    for left in range(lanes):
        rules.append(f".at-{left}{{grid-column:{2 * left + 1}/{2 * left + 3}}}")
        rules += [
            f".span-{left}-{right}{{grid-column:{2 * left + 2}/{2 * right + 2}}}" for right in range(left + 1, lanes)
        ]
    return "\n".join(rules)


def _controls() -> Html:
    choices = [("all", "everything"), ("news", "without quiet syncs"), ("failures", "failures only")]
    return tag(
        "p",
        tag("button", "Unfold all", type="button", data_fold="open"),
        tag("button", "Fold all", type="button", data_fold="close"),
        tag(
            "label", "Show ", tag("select", [tag("option", text, value=value) for value, text in choices], id="filter")
        ),
        class_="controls",
    )


def _opened(found: list[Chapter]) -> set[int]:
    """Return the chapters that are open at first: the first one, and some of those where something failed."""
    failed = [number for number, one in enumerate(found) if any(not s.exchange.is_acknowledged for s in one.steps)]
    return {0, *failed[:_OPEN_AT_MOST]}


def _chapter(chapter: Chapter, lanes: _Lanes, *, is_open: bool) -> Html:
    steps = chapter.steps
    failed = sum(not step.exchange.is_acknowledged for step in steps)
    said = [
        f"{len(steps):,} exchange{'' if len(steps) == 1 else 's'}",
        f"{sum(step.readings for step in steps):,} readings",
    ]
    counts = Counter(step.exchange.operation for step in steps if step.exchange.operation != "SyncProxy")
    said += [f"{count:,} {operation}" for operation, count in counts.items()]
    return tag(
        "details",
        tag(
            "summary",
            tag("strong", chapter.title),
            tag("span", " \N{MIDDLE DOT} ".join(said), class_="muted"),
            tag("span", f"\N{BALLOT X} {failed:,} failed", class_="broken") if failed else "",
        ),
        tag("ol", [one for line in chapter.lines for one in _line(line, lanes)]),
        class_="chapter",
        open=is_open,
    )


def _line(line: Step | Quiet | Happening, lanes: _Lanes) -> Iterator[Html]:
    if isinstance(line, Happening):
        yield _happening(line, lanes)
    elif isinstance(line, Quiet):
        yield _quiet(line, lanes)
    else:
        yield from _step(line, lanes)


def _happening(line: Happening, lanes: _Lanes) -> Html:
    if line.who == "story":
        return _row(line, tag("p", line.text, class_="note"), kind="happening")
    said: list[Html | str] = [tag("strong", line.kind), " ", tag("bdi", line.subject), " ", tag("bdi", line.text)]
    return _row(line, tag("p", said, class_=f"event at-{lanes.of(line.who)}"), kind="happening")


def _quiet(quiet: Quiet, lanes: _Lanes) -> Html:
    first, last = quiet.steps[0].exchange, quiet.steps[-1].exchange
    said = f"{len(quiet.steps):,} quiet syncs, {first.at:%d %B} to {last.at:%d %B}: {quiet.readings:,} readings"
    rows = [one for step in quiet.steps for one in _step(step, lanes)]
    inside = tag("ol", rows) if rows else tag("p", "Too many to draw; the figures above count them.")
    return tag("li", tag("details", tag("summary", said), inside), class_="quiet")


def _step(step: Step, lanes: _Lanes) -> Iterator[Html]:
    if lanes.left <= 0 and step.exchange.is_routine:
        return
    lanes.left -= 1
    exchange = step.exchange
    here = lanes.of(exchange.machine)
    if step.readings and not exchange.is_routine:
        said = f"{step.readings:,} readings over SNMP"
        arrows = [tag("span", said, class_=f"arrow left span-0-{here}")]
        yield _row(exchange, arrows, kind="polls")
    kind = "exchange" if exchange.is_acknowledged else "exchange failed"
    yield _row(exchange, _arrows(exchange, f"span-{here}-{lanes.server}"), kind=kind)


def _arrows(exchange: Exchange, span: str) -> list[Html]:
    again = f", attempt {exchange.attempt}" if exchange.attempt > 1 else ""
    asked = _arrow(exchange, "request", f"{exchange.operation}{again}", exchange.request, f"right {span}")
    if exchange.response is None:
        lost = f"\N{BALLOT X} {exchange.outcome}: {exchange.reason or 'no answer'}"
        return [asked, tag("p", lost, class_=f"lost {span}")]
    said = exchange.carries or ("receipt" if exchange.is_acknowledged else exchange.outcome)
    if not exchange.is_acknowledged:
        said = f"\N{BALLOT X} {said}"
    return [asked, _arrow(exchange, "answer", said, exchange.response, f"left answer {span}")]


def _arrow(exchange: Exchange, part: str, text: str, envelope: Envelope, kind: str) -> Html:
    size = tag("small", f"{envelope.size:,} B")
    return tag(
        "button", text, " ", size, type="button", class_=f"arrow {kind}", data_exchange=exchange.number, data_part=part
    )


def _row(line: Exchange | Happening, inside: Html | list[Html], *, kind: str) -> Html:
    at = spell_time(line.at)
    return tag(
        "li", tag("time", at, datetime=line.at.isoformat()), tag("div", inside, class_="lanes-grid"), class_=kind
    )
