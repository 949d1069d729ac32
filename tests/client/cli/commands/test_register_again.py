"""A server that answers that it knows no client: what a person is told, and what `register --again` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.faults.http import SoapFault
from esolutions_scenarios.testbed.office import printers

if TYPE_CHECKING:
    from tests.client.cli.support.command_line import CommandLine

UNKNOWN = SoapFault("FailedAuthentication", "no such proxy is registered")


@pytest.fixture
def forgotten(registered: CommandLine) -> CommandLine:
    """A client with two printers, before a server that says it does not know it; it has heard so."""
    registered.net.break_server(UNKNOWN)
    assert registered("sync") == 1
    return registered


def test_status_says_that_the_server_does_not_know_this_client(forgotten: CommandLine) -> None:
    """Since when, that it may be a lie, and what a person can do; it is gone with the first signed answer."""
    assert forgotten.json("status")["unknown_since"] == "2026-01-05T09:00:00Z"
    assert forgotten("status") == 0
    assert "`esolutions-client register --again`" in forgotten.out
    assert "somebody on the way may say so" in " ".join(forgotten.out.split())
    forgotten.net.mend()
    assert forgotten("sync") == 0
    assert forgotten.json("status")["unknown_since"] is None


def test_register_says_nothing_untrue_of_a_server_that_knows_nobody(forgotten: CommandLine) -> None:
    """Neither that a printer is registered whose registration waits, nor that there is nothing to register."""
    serials = printers(forgotten.testbed)
    assert forgotten("register", "--all") == 2
    assert "register --again" in forgotten.err
    document = forgotten.json("register", *serials, code=1)
    assert document["registered"] == []
    assert "FailedAuthentication" in document["failure"]
    assert forgotten("register", *serials) == 1
    assert "is registered" not in forgotten.out
    assert "register --again" in forgotten.out
    assert "waits" in forgotten.out


def test_register_again_needs_no_serial_number(forgotten: CommandLine) -> None:
    """Everything that is in service is registered anew, and the server knows it when the command ends."""
    serials = printers(forgotten.testbed)
    forgotten.net.mend()
    assert forgotten.json("register", "--again")["registered"] == serials
    assert forgotten.json("register", "--again", serials[0])["registered"] == serials[:1]
    assert forgotten.json("status")["waiting_messages"] == 0


def test_register_again_that_fails_waits_and_says_so(forgotten: CommandLine) -> None:
    """Nothing is called registered that the server has not acknowledged."""
    serials = printers(forgotten.testbed)
    document = forgotten.json("register", "--again", "--all", code=1)
    assert document["registered"] == []
    assert forgotten.json("status")["waiting_messages"] == 2
    forgotten.net.mend()
    assert forgotten("sync") == 0
    assert [x["serial_number"] for x in forgotten.json("devices")["devices"] if x["state"] == "registered"] == serials


def test_register_again_of_what_never_was_is_asked_wrongly(command: CommandLine) -> None:
    """The sentence says what to do instead, and nothing is sent."""
    command("discover", *command.targets)
    assert command("register", "--again") == 2
    assert "without --again" in command.err
    assert command.net.messages_sent == 0


def test_the_users_password_of_the_address_is_not_shown(forgotten: CommandLine) -> None:
    """What is said before the secret is sent names the server, and no password."""
    url = "https://operator:tops3cret@server.example/CommunicationServer"
    forgotten("register", "--again", "--server-url", url)
    assert "is sent to https://server.example/CommunicationServer" in " ".join(forgotten.out.split())
    assert "tops3cret" not in forgotten.out + forgotten.err
