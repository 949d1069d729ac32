"""Any message a client can send, for Hypothesis to draw."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from esolutions_client.wire import messages as m

# What XML 1.0 can hold, but for line ends and tabs, which readers may normalise.
TEXT = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
NAMES = st.text(TEXT, min_size=1, max_size=24)
NUMBERS = st.integers(0, 2**32 - 1)
GUIDS = st.uuids(version=4).map(str)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - aware by timezones
    lambda moment: moment.replace(microsecond=0)
)
SECONDS = st.integers(0, 999_999).map(lambda seconds: timedelta(seconds=seconds))
HOURS = st.integers(0, 9999).map(lambda hours: timedelta(hours=hours))
METERS = st.lists(st.builds(m.Meter, NAMES, NUMBERS, st.none() | NUMBERS), max_size=4).map(tuple)
SUPPLIES = st.lists(
    st.builds(
        m.Supply,
        NAMES,
        st.sampled_from(["ok", "low", "empty", "unknown", "some-remaining", "other"]),
        st.none() | NAMES,
        st.none() | NUMBERS,
        st.none() | NUMBERS,
    ),
    max_size=4,
).map(tuple)
DIGESTS = st.text("ABCdef012+/", min_size=44, max_size=44)
REQUESTS: st.SearchStrategy[m.Request] = st.one_of(
    st.builds(
        m.ProxyRegistration,
        st.text("ABCdef012+/", min_size=88, max_size=88),
        MOMENTS,
        MOMENTS,
        st.times().map(lambda moment: time(moment.hour, moment.minute, moment.second)),
        HOURS,
        SECONDS,
    ),
    st.builds(
        m.Registration,
        MOMENTS,
        MOMENTS,
        st.none() | MOMENTS,
        DIGESTS,
        st.lists(st.builds(m.NewDevice, NAMES, MOMENTS, METERS), max_size=3).map(tuple),
    ),
    st.builds(
        m.SyncRequest,
        st.sampled_from(["Scheduled", "Requested", "Startup", "Retry"]),
        st.none() | MOMENTS,
        NUMBERS,
        DIGESTS,
    ),
    st.builds(
        m.ProxyStatus,
        st.lists(
            st.builds(m.DeviceStatus, NAMES, GUIDS, st.sampled_from(["Active", "Refused"]), MOMENTS, SECONDS),
            max_size=3,
        ).map(tuple),
    ),
    st.builds(
        m.BillingTransaction,
        GUIDS,
        st.lists(st.builds(m.DeviceReading, NAMES, GUIDS, MOMENTS, METERS, SUPPLIES), max_size=3).map(tuple),
    ),
)
ENVELOPES = st.builds(m.Envelope, GUIDS, MOMENTS, GUIDS, MOMENTS, st.integers(1, 10**6), st.none() | GUIDS)
