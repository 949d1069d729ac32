"""The HTTPS port checks the server's certificate: its authority, its host name, its dates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import trustme

from esolutions_client.errors import UnreachableError
from esolutions_client.wire.http.transport import HttpResponse

if TYPE_CHECKING:
    from pathlib import Path

from tests.client.wire.support.posting import Serve, post

pytestmark = pytest.mark.wire


def test_a_server_with_the_right_certificate_is_asked(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """One POST with the SOAP headers and exactly the body; the answer comes back as it is."""
    server = serve(certificate=authority.issue_cert("localhost"))
    assert post(f"https://localhost:{server.port}/CommunicationServer", ca_file) == HttpResponse(200, b"<ok/>")
    (asked,) = server.requests
    assert asked.startswith(b"POST /CommunicationServer HTTP/1.1\r\n")
    assert asked.endswith(b"\r\n\r\n<envelope/>")
    lines = asked.split(b"\r\n")
    assert b'SOAPAction: "SyncProxy"' in lines
    assert b"Content-Type: text/xml; charset=utf-8" in lines
    assert b"Accept-Encoding: identity" in lines


def test_a_certificate_of_another_authority_is_refused(serve: Serve, ca_file: Path) -> None:
    """Not a byte of the message is sent."""
    server = serve(certificate=trustme.CA().issue_cert("localhost"))
    with pytest.raises(UnreachableError, match="certificate"):
        post(f"https://localhost:{server.port}/", ca_file)
    assert server.requests == []


def test_a_test_authority_is_not_trusted_by_itself(serve: Serve, authority: trustme.CA) -> None:
    """Without `--ca` it is the system's authorities."""
    server = serve(certificate=authority.issue_cert("localhost"))
    with pytest.raises(UnreachableError, match="certificate"):
        post(f"https://localhost:{server.port}/")
    assert server.requests == []


def test_a_certificate_for_another_host_is_refused(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """The name is always checked, and so is an address."""
    server = serve(certificate=authority.issue_cert("elsewhere.example"))
    for host in ("localhost", "127.0.0.1"):
        with pytest.raises(UnreachableError, match=r"(?i)mismatch|match"):
            post(f"https://{host}:{server.port}/", ca_file)
    assert server.requests == []


def test_an_expired_certificate_is_refused(serve: Serve, authority: trustme.CA, ca_file: Path) -> None:
    """Even by a day, even from the right authority."""
    expired = authority.issue_cert(
        "localhost", not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2020, 1, 2, tzinfo=UTC)
    )
    server = serve(certificate=expired)
    with pytest.raises(UnreachableError, match="expired"):
        post(f"https://localhost:{server.port}/", ca_file)
    assert server.requests == []


def test_the_environment_replaces_no_authority(
    serve: Serve, authority: trustme.CA, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`REQUESTS_CA_BUNDLE` neither spoils the right authority nor brings in a wrong one."""
    other = trustme.CA()
    bundle = tmp_path / "bundle.pem"
    other.cert_pem.write_to_path(str(bundle))
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(bundle))
    right = serve(certificate=authority.issue_cert("localhost"))
    assert post(f"https://localhost:{right.port}/", ca_file).status == 200
    wrong = serve(certificate=other.issue_cert("localhost"))
    with pytest.raises(UnreachableError, match="certificate"):
        post(f"https://localhost:{wrong.port}/", ca_file)
