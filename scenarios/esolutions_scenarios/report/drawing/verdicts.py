"""Draw the top of the page: whether the run passed, its figures, its story, and every check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.report.drawing.charts.axes import spell_span, spell_time
from esolutions_scenarios.report.drawing.markup import Html, tag
from esolutions_scenarios.report.drawing.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.checks.verdicts import Verdict
    from esolutions_scenarios.report.content import Observed
    from esolutions_scenarios.story_runner import Result

__all__ = ["draw_checks", "draw_header", "draw_story"]


def draw_header(result: Result, observed: Observed) -> Html:
    """Return the title, the outcome and the figures of a run."""
    outcome = "passed" if result.passed else "failed"
    broken = [verdict for verdict in result.verdicts if not verdict.passed]
    said = (
        f"all {len(result.verdicts)} checks kept" if not broken else f"{len(broken)} of {len(result.verdicts)} broken"
    )
    return tag(
        "header",
        tag("p", "Story report: ", tag("code", result.story.name), class_="kicker"),
        tag("h1", result.story.promise),
        tag(
            "p",
            tag("strong", f"{_mark(passed=result.passed)} {outcome.capitalize()}", class_=f"badge {outcome}"),
            f" {said}",
            class_="outcome",
        ),
        _broken(broken),
        tag("dl", [_figure(name, value) for name, value in _figures(result, observed)], class_="figures"),
    )


def draw_story(result: Result) -> Html:
    """Return the story in its own words and how to run it again."""
    story = result.story
    again = f"esolutions-scenarios run {story.name} --world {result.world} --seed {result.seed} --report report.html"
    return tag(
        "section",
        tag("h2", "The story"),
        tag("p", story.prose, class_="prose"),
        tag("p", tag("strong", "Covers: "), story.covers, class_="covers") if story.covers else "",
        tag("p", "To see this run again: ", tag("code", again)),
        id="story",
    )


def draw_checks(result: Result) -> Html:
    """Return every check with what it promises and what it found."""
    rows = [
        [
            tag(
                "span",
                f"{_mark(passed=verdict.passed)} {'kept' if verdict.passed else 'broken'}",
                class_=_class(verdict),
            ),
            verdict.promise,
            "this\N{NO-BREAK SPACE}story" if verdict.check == "story" else "every\N{NO-BREAK SPACE}run",
            tag("ul", [tag("li", violation) for violation in verdict.violations]) if verdict.violations else "none",
        ]
        for verdict in sorted(result.verdicts, key=lambda verdict: verdict.passed)
    ]
    return tag(
        "section",
        tag("h2", "Checks"),
        tag(
            "p",
            "None of them believes the client or the server: values are compared with what the simulated printers"
            " showed at the stated moments, sizes with the specification.",
        ),
        table("Checks of this run", ["Verdict", "Promise", "Holds for", "Violations"], rows),
        id="checks",
    )


def _figures(result: Result, observed: Observed) -> Iterator[tuple[str, str]]:
    exchanges = observed.exchanges
    sent = sum(exchange.request.size for exchange in exchanges)
    received = sum(exchange.response.size for exchange in exchanges if exchange.response)
    failed = sum(not exchange.is_acknowledged for exchange in exchanges)
    yield "Virtual time", spell_span(observed.ended - observed.began)
    yield "Exchanges", f"{len(exchanges):,}"
    yield "of these failed", f"{failed:,}"
    yield "Bytes sent", f"{sent:,}"
    yield "Bytes received", f"{received:,}"
    yield "Readings kept", f"{sum(len(reads.seconds) for reads in observed.reads):,}"
    yield "Requests billed", f"{sum(bill.state == 'answered' for bill in observed.bills):,} of {len(observed.bills):,}"
    yield "Printers", f"{len(observed.printers) + observed.printers_left_out:,}"
    yield "World, seed", f"{result.world}, {result.seed}"
    yield "From", spell_time(observed.began)
    yield "To", spell_time(observed.ended)


def _broken(broken: list[Verdict]) -> Html | str:
    if not broken:
        return ""
    said = [tag("li", tag("strong", verdict.promise), tag("br"), "; ".join(verdict.violations)) for verdict in broken]
    return tag("div", tag("h2", "What went wrong"), tag("ul", said), class_="wrong", role="alert")


def _figure(name: str, value: str) -> Html:
    return tag("div", tag("dt", name), tag("dd", value))


def _mark(*, passed: bool) -> str:
    return "\N{CHECK MARK}" if passed else "\N{BALLOT X}"


def _class(verdict: Verdict) -> str:
    return "kept" if verdict.passed else "broken"
