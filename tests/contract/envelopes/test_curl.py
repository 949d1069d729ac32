"""A stranger's SOAP: what `curl` posts from a golden file, a server in a process of its own takes or refuses."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.worlds.server_process import ServerProcess
from esolutions_simulators.clock import ClockFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.contract.support.golden import Golden

pytestmark = pytest.mark.wire


@dataclass(frozen=True, slots=True)
class Served:
    """A running server, and the `curl` to ask it with."""

    process: ServerProcess
    curl: str
    folder: Path

    def post(self, body: bytes) -> tuple[int, bytes]:
        """Post a body from a file and return the HTTP status and the answer."""
        request, answer = self.folder / "request.xml", self.folder / "answer.xml"
        request.write_bytes(body)
        command = [self.curl, "--silent", "--show-error", "--max-time", "20", "--cacert", str(self.process.ca_file)]
        command += ["--noproxy", "*", "--header", "Content-Type: text/xml; charset=utf-8"]
        command += ["--header", 'SOAPAction: "RegisterProxy"', "--data-binary", f"@{request}"]
        command += ["--output", str(answer), "--write-out", "%{http_code}", self.process.url]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        return int(done.stdout), answer.read_bytes()


@pytest.fixture
def served(tmp_path: Path, golden: Golden, require: Callable[[str], str]) -> Iterator[Served]:
    """A server whose clock stands at the moment of the first golden request."""
    curl = require("curl")
    clock = tmp_path / "clock"
    ClockFile.create(clock, golden.exchanges[0].moment).close()
    arguments = ["--testbed", "--clock", str(clock), "--data-dir", str(tmp_path / "server")]
    process = ServerProcess(tmp_path, arguments)
    try:
        yield Served(process, curl, tmp_path)
    finally:
        process.stop()


def test_curl_registers_a_proxy_with_a_golden_envelope(served: Served, golden: Golden) -> None:
    """The receipt names the message; a second time, the same bytes are a replay."""
    first = golden.exchanges[0]
    status, answer = served.post(first.request)
    assert status == 200
    assert b"<tns:InReplyTo>c0ffee01-0000-4000-8000-000000000000</tns:InReplyTo>" in answer
    status, answer = served.post(first.request)
    assert (status, b"wsse:FailedAuthentication" in answer) == (500, True)


def test_curl_gets_a_fault_for_one_wrong_letter_in_the_digest(served: Served, golden: Golden) -> None:
    """Whoever does not know the secret registers nothing: afterwards the right envelope is still the first."""
    first = golden.exchanges[0]
    head, mark, tail = first.request.partition(b'Type="wsse:PasswordDigest">')
    wrong = b"A" if tail[:1] != b"A" else b"B"
    status, answer = served.post(head + mark + wrong + tail[1:])
    assert (status, b"<faultcode>wsse:FailedAuthentication</faultcode>" in answer) == (500, True)
    status, answer = served.post(first.request)
    assert status == 200
