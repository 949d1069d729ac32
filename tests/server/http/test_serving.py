"""The server on a real socket."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import ssl
import struct
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from lxml import etree

from esolutions_server.http.serving import RunningServer, ServingError
from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.support.world import World

pytestmark = pytest.mark.wire
XML = {"Content-Type": "text/xml; charset=utf-8"}


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Give a session that asks the environment nothing."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


def test_a_registration_over_https_with_the_authority_checked(world: World, session: requests.Session) -> None:
    """A receipt comes back, of the size the WSGI application gives."""
    proxy = world.proxy()
    with RunningServer(world.server.wsgi) as running:
        envelope = proxy.envelope(proxy.register_payload())
        answer = session.post(running.url, envelope, headers=XML, verify=str(running.ca_file), timeout=10)
        wsdl = session.get(f"{running.url}?wsdl", verify=str(running.ca_file), timeout=10)
        address = etree.fromstring(wsdl.content).find(".//{*}address")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert next(world.server.administration.every.journal()).bytes_out == len(answer.content)
    assert address is not None
    assert address.get("location") == running.url


def test_a_client_that_does_not_trust_the_authority_does_not_talk(world: World, session: requests.Session) -> None:
    """And the server does not mind."""
    with RunningServer(world.server.wsgi) as running, pytest.raises(requests.exceptions.SSLError):
        session.get(running.url, timeout=10)


def test_old_tls_is_not_spoken(world: World) -> None:
    """TLS 1.2 or later, whatever the system's OpenSSL would allow."""
    with RunningServer(world.server.wsgi) as running:
        address = urlsplit(running.url)
        for version, is_spoken in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)):
            with (
                socket.create_connection((address.hostname, address.port), timeout=10) as plain,
                contextlib.nullcontext() if is_spoken else pytest.raises(ssl.SSLError),
            ):
                _only(version).wrap_socket(plain).close()


def _only(version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return a client's context that speaks one version, however weak."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


def test_certificates_are_kept_and_are_the_owners_alone(world: World, tmp_path: Path) -> None:
    """A client that trusted the server yesterday trusts it today."""
    contents = []
    for _ in range(2):
        with RunningServer(world.server.wsgi, data_dir=tmp_path) as running:
            assert running.ca_file is not None
            contents.append(running.ca_file.read_bytes())
    assert contents[0] == contents[1]
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "tls").iterdir()} == {0o600}


def test_plain_http_when_tls_is_off(world: World, session: requests.Session) -> None:
    """Other paths and methods get a short text."""
    with RunningServer(world.server.wsgi, tls="off") as running:
        assert (running.url.startswith("http://"), running.ca_file) == (True, None)
        root = running.url.removesuffix("/CommunicationServer")
        assert session.get(f"{root}/nothing", timeout=10).status_code == 404
        assert session.delete(running.url, timeout=10).status_code == 405
        assert session.get(running.url, timeout=10).status_code == 200


def test_requests_that_are_too_large_get_a_fault(world: World, session: requests.Session) -> None:
    """Announced or in chunks."""
    large = b" " * (4 * 1024 * 1024 + 1)
    with RunningServer(world.server.wsgi, tls="off") as running:
        announced = session.post(running.url, large, headers=XML, timeout=10)
        chunked = session.post(running.url, iter([large]), headers=XML, timeout=10)
    assert [b"Fault" in answer.content for answer in (announced, chunked)] == [True, True]


def test_a_request_in_chunks_is_understood(world: World, session: requests.Session) -> None:
    """HTTP/1.1 clients may not know the length beforehand."""
    proxy = world.proxy()
    envelope = proxy.envelope(proxy.register_payload())
    with RunningServer(world.server.wsgi, tls="off") as running:
        answer = session.post(running.url, iter([envelope[:700], envelope[700:]]), headers=XML, timeout=10)
    assert answer.status_code == 200


def test_gzip_is_used_when_both_sides_allow_it(
    world: World, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never otherwise: the published sizes are those of plain messages."""
    proxy = world.proxy()
    with RunningServer(world.server.wsgi, tls="off") as running:
        codings = []
        for allowed in (False, True):
            monkeypatch.setattr(world.server.wsgi, "_allow_gzip", allowed)
            for accepted in ("gzip", "identity", "gzip;q=0"):
                envelope = proxy.envelope(proxy.register_payload())
                headers = XML | {"Accept-Encoding": accepted}
                answer = session.post(running.url, envelope, headers=headers, timeout=10)
                assert b"Receipt" in answer.content
                codings.append(answer.headers.get("Content-Encoding"))
    assert codings == [None, None, None, "gzip", None, None]


def test_an_unforeseen_error_is_raised_where_the_server_was_started(
    world: World, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test that caused it gets to see it."""
    proxy = world.proxy()
    proxy.register()

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("esolutions_server.service.exchanges.commands.command_queue.commands_for", fail)
    with pytest.raises(ServingError, match="ZeroDivisionError"), RunningServer(world.server.wsgi, tls="off") as running:
        session.post(running.url, proxy.envelope(proxy.sync_payload()), headers=XML, timeout=10)
    world.server.wsgi.errors.clear()  # type: ignore[attr-defined]


def test_a_port_in_use_and_certificates_that_are_none_are_plain_errors(world: World, tmp_path: Path) -> None:
    """With what to look at in the message."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=str(port)), RunningServer(world.server.wsgi, tls="off", port=port):
            pass
    with pytest.raises(StartError, match="certificate"), RunningServer(world.server.wsgi, tls=f"{tmp_path}/a,b"):
        pass


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path, session: requests.Session) -> None:
    """One line when it is ready; commands beside it go by its virtual clock; SIGTERM ends it with 0."""
    clock = tmp_path / "clock"
    clock.write_bytes(struct.pack("<dQ", datetime(2030, 1, 1, tzinfo=UTC).timestamp(), 0))
    options = ["--port", "0", "--data-dir", str(tmp_path), "--json", "--testbed", "--clock", str(clock), "--seed", "1"]
    command = [sys.executable, "-m", "esolutions_server"]
    with subprocess.Popen([*command, "serve", *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            answer = session.post(ready["url"], b"<x/>", headers=XML, verify=ready["ca_file"], timeout=10)
            assert answer.status_code == 500
            listed = subprocess.run(
                [*command, "journal", "--json", "--data-dir", str(tmp_path)], capture_output=True, check=True
            )
            assert json.loads(listed.stdout)[0]["moment"] == "2030-01-01T00:00:00Z"
            assert (tmp_path / "server.sqlite").stat().st_mode & 0o077 == 0
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
