"""The agent answers as its rows say, and as badly as its quirks demand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_simulators.mib.row import Value, oid_key
from esolutions_simulators.models import load_model, model_names
from esolutions_simulators.printers.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.rows.bulk import MOST_VARIABLES
from tests.simulators.support.replies import replied

INSTALLED_AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
AT = INSTALLED_AT.timestamp()
DAY = timedelta(days=1)
DESCRIPTION = "1.3.6.1.2.1.1.1.0"
UPTIME = "1.3.6.1.2.1.1.3.0"
NOWHERE = "1.3.6.1.2.1.99.1.0"
METER = "1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1"
METER_NAME = "1.3.6.1.4.1.253.8.53.13.2.1.8.1.20.1"
SUPPLY_NAMES = "1.3.6.1.2.1.43.11.1.1.6"

# Models that answer version 2c, a GET of whatever a walk finds, and a walk that ends.
plain = [
    name
    for name in model_names()
    if not {"no-get-xcmi", "no-get-xcmi-names", "v1-only", "endless-walk"} & set(load_model(name).quirks)
]
hours = st.integers(0, 365 * 24)
oids = st.lists(st.integers(0, 300), min_size=1, max_size=12).map(lambda parts: "1.3." + ".".join(map(str, parts)))


def agent_of(model: str) -> SimulatedAgent:
    """Return the agent of a printer of ``model``."""
    return SimulatedAgent(SimulatedPrinter(model, "ABC123456", 7, INSTALLED_AT, "127.0.0.10"))


@given(st.sampled_from(plain), hours)
def test_get_and_walk_and_bulk_agree_with_the_rows(model: str, hour: int) -> None:
    """The sorted rows, a GET of each, a walk from the root and a GETBULK are one and the same."""
    agent = agent_of(model)
    at = AT + hour * 3600
    rows = [(oid, value) for oid, _, value in agent.rows_at(at)]
    assert [(oid, agent.get([oid], at)) for oid, _ in rows] == [(oid, [value]) for oid, value in rows]
    walked = [("1", None), *rows]
    for (before, _), following in zip(walked, rows, strict=False):
        assert agent.get_next([before], at) == [following]
    assert agent.get_next([rows[-1][0]], at) == [(rows[-1][0], None)]
    if load_model(model).max_varbinds is None:
        found: list[tuple[str, Value]] = [("1", None)]
        while len(found) == 1 or found[-1][1] is not None:
            found += agent.get_bulk((found[-1][0],), at, max_repetitions=1_000) or ()
        assert found == [("1", None), *rows, (rows[-1][0], None)]


@given(oids, hours)
def test_any_question_has_an_answer(oid: str, hour: int) -> None:
    """Whatever is asked, GET gives the row or None, and GETNEXT a later name or the end."""
    agent = agent_of("colour-a3-mfp")
    at = AT + hour * 3600
    rows = {name: value for name, _, value in agent.rows_at(at)}
    assert agent.get([oid], at) == [rows.get(oid)]
    ((name, value),) = replied(agent.get_next([oid], at))
    assert (name == oid and value is None) or (oid_key(name) > oid_key(oid) and rows[name] == value)


def test_a_poll_shows_the_truth_of_its_moment(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """The same request, asked again later, gives the counters of then."""
    printer = make_printer("nominal")
    agent = SimulatedAgent(printer)
    model = load_model("nominal")
    for day in (0, 3, 30, 3, 365):
        moment = installed_at + day * DAY
        answer = agent.get([meter.value_oid for meter in model.lifetime_meters], moment.timestamp())
        truth = printer.counters_at(moment)
        assert answer == [truth[meter.name] for meter in model.lifetime_meters]


def test_a_rollover_shows_on_the_wire(make_printer: Callable[..., SimulatedPrinter], installed_at: datetime) -> None:
    """The meter starts again at 1 above the value of detail type 232."""
    printer = make_printer("mono-workgroup")
    printer.jump(installed_at, 999_999)
    (value,) = replied(SimulatedAgent(printer).get([METER], (installed_at + DAY).timestamp()))
    assert value == printer.counters_at(installed_at + DAY)["Total Impressions"]
    assert isinstance(value, int)
    assert 1 <= value < 5_000


def test_a_missing_variable_is_none_in_v2c_and_an_error_in_v1() -> None:
    """Version 2c answers the rest; version 1 has only noSuchName, with the place."""
    agent = agent_of("nominal")
    description = load_model("nominal").system_description
    assert agent.get([DESCRIPTION, NOWHERE], AT) == [description, None]
    with pytest.raises(NoSuchName) as refused:
        agent.get([DESCRIPTION, NOWHERE], AT, version="1")
    assert refused.value.index == 1
    with pytest.raises(NoSuchName):
        agent.get_next(["2.5"], AT, version="1")


@pytest.mark.parametrize("outage", ["power_off", "fall_asleep"])
def test_a_printer_off_or_asleep_does_not_answer(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime, outage: str
) -> None:
    """No request of any kind has an answer, and an incident that is added later counts at once."""
    printer = make_printer()
    agent = SimulatedAgent(printer)
    later = (installed_at + DAY).timestamp()
    assert agent.get([DESCRIPTION], later) is not None
    printer.happen(installed_at + DAY, outage)
    assert agent.get([DESCRIPTION], later) is None
    assert agent.get_next([DESCRIPTION], later) is None
    assert agent.get_bulk((DESCRIPTION,), later, max_repetitions=5) is None
    assert agent.get([DESCRIPTION], later - 1) is not None


def test_uptime_counts_from_power_on_but_not_from_waking(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """SysUpTime is in hundredths of a second and starts again only with the power."""
    printer = make_printer()
    printer.fall_asleep(installed_at + DAY)
    printer.wake_up(installed_at + 2 * DAY)
    printer.power_off(installed_at + 3 * DAY)
    printer.power_on(installed_at + 4 * DAY)
    agent = SimulatedAgent(printer)
    assert agent.get([UPTIME], (installed_at + 2 * DAY).timestamp()) == [2 * 8_640_000]
    assert agent.get([UPTIME], (installed_at + 5 * DAY).timestamp()) == [8_640_000]
    # 32 bits of hundredths are about 497 days.
    assert agent.get([UPTIME], (installed_at + 504 * DAY).timestamp()) == [500 * 8_640_000 - 2**32]


def test_a_wrong_community_has_no_answer(make_printer: Callable[..., SimulatedPrinter], installed_at: datetime) -> None:
    """Only the community of the moment is heard."""
    printer = make_printer()
    printer.change_community(installed_at + DAY, "secret")
    agent = SimulatedAgent(printer)
    later = (installed_at + DAY).timestamp()
    assert agent.get([DESCRIPTION], AT, community="public") is not None
    assert agent.get([DESCRIPTION], AT, community="secret") is None
    assert agent.get([DESCRIPTION], later, community="public") is None
    assert agent.get([DESCRIPTION], later, community="secret") is not None


def test_a_replacement_answers_as_itself(make_printer: Callable[..., SimulatedPrinter], installed_at: datetime) -> None:
    """After the replacement the serial number and the rows are those of the new machine."""
    printer = make_printer()
    printer.replace(installed_at + DAY, "1234567890", 5, model="mono-workgroup")
    agent = SimulatedAgent(printer)
    serial = "1.3.6.1.2.1.43.5.1.1.17.1"
    assert agent.get([serial], AT) == [b"ABC123456"]
    assert agent.get([serial, DESCRIPTION], (installed_at + DAY).timestamp()) == [
        b"1234567890",
        load_model("mono-workgroup").system_description,
    ]


def test_quirk_v1_only() -> None:
    """Version 2c gets no answer at all, version 1 a right one."""
    agent = agent_of("quirk-v1-only")
    assert agent.get([DESCRIPTION], AT) is None
    assert agent.get_bulk((DESCRIPTION,), AT, max_repetitions=3) is None
    assert agent.get([DESCRIPTION], AT, version="1") is not None


def test_quirk_too_big() -> None:
    """Eight variables fit, nine do not, however they are asked for."""
    agent = agent_of("quirk-too-big")
    assert len(agent.get([DESCRIPTION] * 8, AT) or ()) == 8
    assert len(agent.get_bulk((DESCRIPTION,), AT, max_repetitions=8) or ()) == 8
    for ask in (
        lambda: agent.get([DESCRIPTION] * 9, AT),
        lambda: agent.get_next([DESCRIPTION] * 9, AT),
        lambda: agent.get_bulk((DESCRIPTION,), AT, max_repetitions=9),
    ):
        with pytest.raises(TooBig):
            ask()


def test_quirk_no_get() -> None:
    """A walk finds the meters that a GET does not."""
    values, names = agent_of("quirk-walk-only"), agent_of("quirk-names-walk-only")
    assert values.get([METER, METER_NAME], AT) == [None, None]
    assert names.get([METER_NAME], AT) == [None]
    assert isinstance(replied(names.get([METER], AT))[0], int)
    for agent in (values, names):
        assert agent.get_next([METER_NAME.removesuffix(".1.20.1")], AT) == [(METER_NAME, b"Total Impressions")]


def test_quirk_endless_walk() -> None:
    """After the last supply description comes the first, for ever."""
    agent = agent_of("quirk-endless-walk")
    walked = [oid for oid, _ in agent.get_bulk((SUPPLY_NAMES,), AT, max_repetitions=9) or ()]
    assert walked == [f"{SUPPLY_NAMES}.1.{supply}" for supply in (1, 2, 3, 4, 1, 2, 3, 4, 1)]


@pytest.mark.parametrize("column", [2, 3, 4, 5, 7, 8, 9])
def test_quirk_endless_walk_spoils_no_other_column(column: int) -> None:
    """A walk that starts behind the descriptions, or ends before them, is what it is at any printer."""
    start = f"1.3.6.1.2.1.43.11.1.1.{column}"
    walked = [oid for oid, _ in agent_of("quirk-endless-walk").get_bulk((start,), AT, max_repetitions=4) or ()]
    assert walked == [f"{start}.1.{supply}" for supply in (1, 2, 3, 4)]


@given(
    st.lists(st.sampled_from(["1.3", DESCRIPTION, METER, SUPPLY_NAMES, "1.3.6.1.5"]), max_size=80),
    st.integers(-5, 100),
    st.sampled_from([-(2**31), -1, 0, 1, 3, 2**31 - 1]),
)
def test_a_getbulk_is_what_rfc_3416_says(names: list[str], singles: int, repetitions: int) -> None:
    """Numbers below 0 are 0, the first names are answered once, the others by turns, and no response is endless."""
    agent = agent_of("nominal")
    once = min(max(singles, 0), len(names))
    expected = agent.get_next(names[:once], AT) or []
    column = names[once:]
    left = min(max(repetitions, 0), MOST_VARIABLES // len(column)) if column else 0
    while left:
        row = agent.get_next(column, AT) or []
        expected += row
        has_ended = all(value is None for _, value in row)
        column, left = [oid for oid, _ in row], 0 if has_ended else left - 1
    found = agent.get_bulk(names, AT, non_repeaters=singles, max_repetitions=repetitions)
    assert found == expected
    assert len(found) <= once + MOST_VARIABLES


def test_a_printer_that_is_off_says_nothing_to_a_getbulk_that_asks_for_nothing() -> None:
    """Nor does it say that this is too much; one that is on answers with nothing."""
    agent = agent_of("quirk-too-big")
    assert agent.get_bulk((), AT, max_repetitions=9) == agent.get_bulk((DESCRIPTION,), AT, max_repetitions=0) == []
    agent.printer.power_off(INSTALLED_AT + DAY)
    later = AT + DAY.total_seconds()
    assert agent.get_bulk((), later, max_repetitions=9) is None
    assert agent.get_bulk((DESCRIPTION,), later, max_repetitions=9) is None


def test_quirk_life_count_integer() -> None:
    """The type on the wire is INTEGER where others have Counter32."""
    life_count = "1.3.6.1.2.1.43.10.2.1.4.1.1"
    assert agent_of("quirk-life-count-integer").syntax_of(life_count, AT).value == 2
    assert agent_of("nominal").syntax_of(life_count, AT).value == 65
