"""Draw a run as lanes of marks over time; the page's script only widens it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.charts.axes import TimeScale, spell_time
from esolutions_scenarios.report.drawing.markup import Html, tag
from esolutions_scenarios.report.drawing.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from esolutions_scenarios.report.content import Exchange, Happening, Observed

__all__ = ["draw_timeline"]

_LANE_HEIGHT = 34
_TOP = 30
_LISTED_AT_MOST = 1500
_TITLES_AT_MOST = 6
# Characters of a label that fit into one percent of the drawing at its narrowest.
_CHARACTERS_A_PERCENT = 1.4
_SHORTEST_LABEL = 8
# Where the drawing ends, in percent.
_END = 100.0
_LANES = ("Story", "Failures", "Registration", "Syncs", "Bills", "Printers", "Mail")
_SHAPES = {
    "Story": "diamond",
    "Failures": "cross",
    "Registration": "square",
    "Syncs": "tick",
    "Bills": "circle",
    "Printers": "triangle",
    "Mail": "letter",
}
_OPERATIONS = {
    "RegisterProxy": "Registration",
    "RegisterProxyDevices": "Registration",
    "SyncProxyStatus": "Registration",
    "SubmitBillingTransaction": "Bills",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    lane: str
    at: datetime
    text: str


def draw_timeline(observed: Observed) -> Html:
    """Return the timeline and the list of what is on it."""
    marks = [*map(_of_happening, observed.happenings), *map(_of_exchange, observed.exchanges)]
    lanes = [lane for lane in _LANES if any(mark.lane == lane for mark in marks)]
    return tag(
        "section",
        tag("h2", "Timeline"),
        _zoom(),
        tag(
            "div",
            tag("ul", [tag("li", lane) for lane in lanes], class_="lanes", aria_hidden="true"),
            tag(
                "div",
                _drawing(observed, marks, lanes),
                class_="scroll",
                tabindex="0",
                role="region",
                aria_label="Timeline",
            ),
            class_="timeline",
        ),
        _list(observed.happenings),
        id="timeline",
    )


def _zoom() -> Html:
    factors = [
        tag(
            "button",
            f"{factor}\N{MULTIPLICATION SIGN}",
            type="button",
            data_zoom=factor,
            aria_pressed=str(factor == 1).lower(),
        )
        for factor in (1, 2, 4, 12, 52)
    ]
    return tag("p", "Zoom: ", factors, class_="controls", role="group", aria_label="Zoom of the timeline")


def _drawing(observed: Observed, marks: list[_Mark], lanes: list[str]) -> Html:
    scale = TimeScale(observed.began, observed.ended, 1.0, 97.0)
    height = _TOP + _LANE_HEIGHT * len(lanes) + 6
    by_place: dict[tuple[str, str], list[_Mark]] = defaultdict(list)
    for mark in marks:
        by_place[mark.lane, f"{scale.place(mark.at):.2f}"].append(mark)
    drawn = [
        _draw(place, _TOP + _LANE_HEIGHT * lanes.index(lane) + _LANE_HEIGHT // 2, found)
        for (lane, place), found in by_place.items()
    ]
    return tag(
        "svg",
        tag("title", f"What happened between {spell_time(observed.began)} and {spell_time(observed.ended)}"),
        _shapes(),
        _grid(scale, height, len(lanes)),
        drawn,
        list(_labels(by_place, lanes)),
        width="100%",
        height=height,
        role="img",
        id="timeline-drawing",
    )


def _grid(scale: TimeScale, height: int, lanes: int) -> Html:
    lines = [
        tag("line", x1="0", x2="100%", y1=_TOP + _LANE_HEIGHT * lane, y2=_TOP + _LANE_HEIGHT * lane)
        for lane in range(lanes + 1)
    ]
    ticks = []
    for at, label in scale.ticks(14):
        place = f"{scale.place(at):.2f}%"
        ticks += [tag("line", x1=place, x2=place, y1=_TOP - 6, y2=height), tag("text", label, x=place, y=_TOP - 11)]
    return tag("g", lines, ticks, class_="grid")


def _draw(place: str, y: int, marks: list[_Mark]) -> Html:
    said = [f"{spell_time(mark.at)} {mark.text}" for mark in marks[:_TITLES_AT_MOST]]
    if len(marks) > _TITLES_AT_MOST:
        said.append(f"and {len(marks) - _TITLES_AT_MOST} more")
    lane = marks[0].lane
    shape = _SHAPES[lane]
    return tag(
        "svg",
        tag("use", tag("title", "\n".join(said)), href=f"#shape-{shape}", class_=f"mark {shape}"),
        x=f"{place}%",
        y=y,
        overflow="visible",
    )


def _labels(by_place: dict[tuple[str, str], list[_Mark]], lanes: list[str]) -> Iterator[Html]:
    """Yield the words of the story as far as they fit before the next mark; the list below has them whole."""
    told = sorted(
        ((float(place), marks) for (lane, place), marks in by_place.items() if lane == "Story"),
        key=lambda one: one[0],
    )
    places = [place for place, _ in told]
    for (place, marks), following in zip(told, [*places, _END][1:], strict=True):
        more = f" (+{len(marks) - 1})" if len(marks) > 1 else ""
        text = f"{marks[0].text}{more}"
        room = int((following - place - 2) * _CHARACTERS_A_PERCENT)
        if len(text) > room:
            text = f"{text[: room - 1]}\N{HORIZONTAL ELLIPSIS}"
        if room >= _SHORTEST_LABEL:
            y = _TOP + _LANE_HEIGHT * lanes.index("Story") + _LANE_HEIGHT // 2
            yield tag("text", text, x=f"{place}%", y=y, dx=12, dy=4, class_="label")


def _shapes() -> Html:
    paths = {
        "diamond": "M0-7 7 0 0 7-7 0Z",
        "cross": "M-6-6 6 6M6-6-6 6",
        "square": "M-5-5H5V5H-5Z",
        "tick": "M0-8V8",
        "circle": "M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0Z",
        "triangle": "M0-7 6 5H-6Z",
        "letter": "M-8-5H8V5H-8ZM-8-5 0 1 8-5",
    }
    return tag("defs", [tag("path", d=path, id=f"shape-{name}") for name, path in paths.items()])


def _of_happening(happening: Happening) -> _Mark:
    said = " ".join(part for part in (happening.who, happening.subject, happening.kind, happening.text) if part)
    if happening.who == "story":
        return _Mark("Story", happening.at, happening.text)
    if happening.kind == "mail":
        return _Mark("Mail", happening.at, f"mail to {happening.subject}: {happening.text}")
    if happening.kind in {"delivery", "rejected", "refused"}:
        return _Mark("Failures", happening.at, said)
    return _Mark("Registration" if happening.kind in {"registered", "active"} else "Printers", happening.at, said)


def _of_exchange(exchange: Exchange) -> _Mark:
    text = f"{exchange.machine} {exchange.operation}, {exchange.outcome}"
    if not exchange.is_acknowledged:
        return _Mark("Failures", exchange.at, f"{text} {exchange.reason}")
    return _Mark(_OPERATIONS.get(exchange.operation, "Syncs"), exchange.at, f"{text} {exchange.carries}".strip())


def _list(happenings: tuple[Happening, ...]) -> Html:
    shown = happenings[:_LISTED_AT_MOST]
    rows = [[spell_time(one.at), one.who, one.kind, one.subject, one.text] for one in shown]
    left_out = len(happenings) - len(shown)
    return tag(
        "details",
        tag("summary", f"All {len(happenings):,} events as a list"),
        table("Events", ["Moment, UTC", "Who", "What", "Of", "In words"], rows),
        tag("p", f"{left_out:,} more are left out.") if left_out else "",
    )
