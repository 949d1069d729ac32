"""No printer is registered with an opening reading that a wrong clock has dated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.office import Office

from datetime import datetime, timedelta

import pytest

from esolutions_client.errors import DeliveryError, UnreachableError
from tests.client.service.support.clocks import DAY, HOUR, MINUTE, START, refuse
from tests.support.seen import some


def expect_opened_rightly(office: Office, not_before: datetime) -> None:
    """Every printer is registered, once, with what it showed at a moment after that."""
    devices = list(office.administration.every.devices())
    assert sorted(device.serial for device in devices) == sorted(office.serials)
    for device in some(devices):
        for meter in some(device.meters):
            assert meter.opening_read_at is not None
            shown = office.fleet.by_serial(device.serial).counters_at(meter.opening_read_at)
            assert (meter.opening_value, meter.opening_read_at >= not_before) == (shown[meter.name], True)
    assert office.store.devices.awaiting_registration() == []


def register_in_vain(office: Office) -> bytes:
    """Register everything while no server listens, and return the consent that waits."""
    office.discover()
    office.line.fault = refuse
    with pytest.raises(DeliveryError):
        office.agent.register(office.serials)
    office.line.fault = None
    return f"{office.now:%Y-%m-%dT%H:%M:%SZ}".encode()


def test_a_registration_by_an_unconfirmed_clock_is_made_anew(new_office: Office) -> None:
    """A person chose once; after a restart the opening readings are new, and the consent is what it was."""
    consent = register_in_vain(new_office)
    new_office.pass_time(3 * HOUR)
    new_office.reboot()
    new_office.line.sent.clear()
    restarted_at = new_office.now
    new_office.run_for(MINUTE)
    expect_opened_rightly(new_office, restarted_at)
    (registration,) = (body for body in new_office.line.sent if b":RegisterProxyDevices" in body)
    assert b"ConsentGivenAt>" + consent in registration
    for serial in some(new_office.serials):
        assert any("registered anew" in text for _, _, _, text in new_office.store.events(10, serial))


def test_a_registration_whose_clock_was_confirmed_meanwhile_waits_through_a_restart(new_office: Office) -> None:
    """The server took the message before it: the opening readings are right, and stay the first there were."""
    new_office.discover()
    new_office.line.fault = lambda body, proceed: (
        refuse(body, proceed) if b":RegisterProxyDevices" in body else proceed(body)
    )
    with pytest.raises(UnreachableError):
        new_office.agent.register(new_office.serials)
    read_at = new_office.now
    new_office.pass_time(HOUR)
    new_office.reboot()
    new_office.line.fault = None
    new_office.run_for(MINUTE)
    expect_opened_rightly(new_office, read_at)
    opened = {meter.opening_read_at for device in new_office.administration.every.devices() for meter in device.meters}
    assert opened == {read_at}


def test_a_registration_refused_for_the_clock_is_made_anew_when_it_is_right(new_office: Office) -> None:
    """The server sees that the clock is wrong: nothing is opened by it, nothing is tried over and over."""
    new_office.discover()
    new_office.skew = 2 * DAY
    with pytest.raises(DeliveryError, match="MessageExpired"):
        new_office.agent.register(new_office.serials)
    new_office.run_for(DAY)
    assert list(new_office.administration.every.devices()) == []
    assert {device.state for device in new_office.store.devices.all()} == {"discovered"}
    assert [row.operation for row in new_office.store.outbox.sent()].count("RegisterProxyDevices") == 0
    new_office.skew = timedelta(0)
    right_at = new_office.now
    new_office.run_for(DAY)
    expect_opened_rightly(new_office, right_at)


def test_a_printer_that_is_off_when_it_is_to_be_registered_anew_is_not_forgotten(new_office: Office) -> None:
    """The others are registered; it follows when it answers, without being asked again."""
    register_in_vain(new_office)
    off = new_office.serials[1]
    new_office.fleet.by_serial(off).power_off(new_office.now + MINUTE)
    new_office.fleet.by_serial(off).power_on(new_office.now + DAY)
    new_office.pass_time(HOUR)
    new_office.reboot()
    new_office.run_for(12 * HOUR)
    assert [device.serial for device in new_office.administration.every.devices()] == new_office.serials[:1]
    assert [device.serial_number for device in new_office.store.devices.awaiting_registration()] == [off]
    new_office.run_for(DAY)
    expect_opened_rightly(new_office, START)


def test_a_printer_owed_alone_is_looked_for_at_every_poll(new_office: Office) -> None:
    """Without a registered printer there would be no poll, and without a message no contact."""
    register_in_vain(new_office)
    for printer in new_office.fleet:
        printer.power_off(new_office.now + MINUTE)
        printer.power_on(new_office.now + DAY)
    new_office.pass_time(HOUR)
    new_office.reboot()
    new_office.run_for(DAY)
    new_office.run_for(3 * HOUR)
    expect_opened_rightly(new_office, START + DAY)
