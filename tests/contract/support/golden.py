"""The golden conversation, and a server that stands where it begins."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from esolutions_client.wire.security import Credentials
from esolutions_scenarios.worlds.memory import WsgiTransport
from esolutions_server import open_server
from esolutions_server.service.people.enrolment import EquipmentRow

if TYPE_CHECKING:
    from esolutions_client.wire.http.transport import HttpResponse

FOLDER = Path(__file__).parents[1] / "golden"
PROXY_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SECRET = base64.b64encode(bytes(range(64))).decode()
# The ids a server draws in this conversation, in order: a receipt for each exchange, and four commands.
RECEIPT, COMMAND = "5ec01d0{}-0000-4000-8000-000000000000", "c0337a4d-000{}-4000-8000-000000000000"
DRAWN = (
    *(RECEIPT.format(number) for number in (1, 2)),
    COMMAND.format(1),
    *(RECEIPT.format(number) for number in (3, 4)),
    COMMAND.format(2),
    *(RECEIPT.format(number) for number in (5, 6, 7)),
    COMMAND.format(3),
    *(RECEIPT.format(number) for number in (8, 9)),
    COMMAND.format(4),
    *(RECEIPT.format(number) for number in ("a", "b")),
)
MOMENTS = {
    "1-register-proxy": datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC),
    "2-register-proxy-devices": datetime(2026, 3, 2, 10, 0, 5, tzinfo=UTC),
    "3-sync-proxy-turn-on": datetime(2026, 3, 3, 2, 17, 0, tzinfo=UTC),
    "4-sync-proxy-status": datetime(2026, 3, 3, 2, 17, 3, tzinfo=UTC),
    "5-sync-proxy-report": datetime(2026, 4, 1, 2, 17, 0, tzinfo=UTC),
    "6-submit-billing-transaction": datetime(2026, 4, 1, 2, 17, 8, tzinfo=UTC),
    "7-sync-proxy-nothing-due": datetime(2026, 4, 2, 2, 17, 0, tzinfo=UTC),
}
# What follows exchange 4 where the server was restored from a backup made then: it knows no later receipt.
RESTORED = {
    "8-sync-proxy-restored": datetime(2026, 4, 3, 2, 17, 0, tzinfo=UTC),
    "9-submit-billing-transaction-again": datetime(2026, 4, 3, 2, 17, 3, tzinfo=UTC),
}
# What follows exchange 7 where nothing was restored: a meter that cannot be read, and a printer that was replaced.
LATER = {
    "8-sync-proxy-report": datetime(2026, 5, 1, 2, 17, 0, tzinfo=UTC),
    "9-submit-unreadable-meter": datetime(2026, 5, 1, 2, 17, 8, tzinfo=UTC),
    "a-sync-proxy-report": datetime(2026, 6, 1, 2, 17, 0, tzinfo=UTC),
    "b-submit-replaced": datetime(2026, 6, 1, 2, 17, 8, tzinfo=UTC),
}
SIGNED_UP_AT = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One golden request, when it was made, and the answer to it."""

    name: str
    moment: datetime
    request: bytes
    answer: bytes

    @property
    def random(self) -> bytes:
        """What is random in the nonce: the number of the exchange, a hexadecimal digit, as a byte, eight times."""
        return bytes([int(self.name[0], 16)]) * 8

    @property
    def nonce(self) -> bytes:
        """The nonce as it was sent."""
        return base64.b64decode(re.search(rb"(?<=Nonce>)[^<]+", self.request)[0])  # type: ignore[index]


class Golden:
    """The files, and who speaks in them."""

    def __init__(self) -> None:
        self.credentials = Credentials(PROXY_ID, SECRET)
        self.exchanges = self._read(MOMENTS)
        self.restored = self._read(RESTORED)
        self.later = self._read(LATER)

    def _read(self, moments: dict[str, datetime]) -> tuple[Exchange, ...]:
        return tuple(
            Exchange(name, moment, self.read(f"{name}-request"), self.read(f"{name}-answer"))
            for name, moment in moments.items()
        )

    def read(self, name: str) -> bytes:
        """Return the bytes of one file."""
        return (FOLDER / f"{name}.xml").read_bytes()


class ScriptedIds(Random):
    """Draws the ids of the golden conversation in their order."""

    def __init__(self) -> None:
        super().__init__(0)
        self._ids = iter(DRAWN)

    def getrandbits(self, _count: int, /) -> int:
        """Return the next id as a number."""
        return UUID(next(self._ids)).int


class GoldenServer:
    """A server on a clock of its own, which keeps its database in a file that a test can look into."""

    def __init__(self, folder: Path) -> None:
        self.moment = MOMENTS["1-register-proxy"]
        self._path = folder / "server.sqlite"
        self._server = open_server(f"sqlite:///{self._path}", now=lambda: self.moment, rng=ScriptedIds())
        self.administration = self._server.administration
        self._transport = WsgiTransport(self._server.wsgi)
        self.close = self._server.close

    def post(self, body: bytes, at: datetime) -> HttpResponse:
        """Post a body at a moment."""
        self.moment = at
        return self._transport.post(body, operation="")

    def play(self, exchange: Exchange) -> HttpResponse:
        """Post a golden request at its moment, the sign-up before the first sync."""
        if exchange.name == "3-sync-proxy-turn-on":
            self._sign_up()
        return self.post(exchange.request, exchange.moment)

    def contents(self) -> list[str]:
        """Return everything in the database but the journal, row by row."""
        connection = sqlite3.connect(self._path)
        try:
            return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "journal"')]
        finally:
            connection.close()

    def _sign_up(self) -> None:
        self.moment = SIGNED_UP_AT
        self.administration.add_account("Office", "key.user@customer.example")
        row = EquipmentRow("ABC123456", date(2025, 9, 1), "Office", "key.user@customer.example", "monthly")
        self.administration.import_equipment([row])
        self.administration.sign_up("ABC123456")


def canonical_body(text: str) -> bytes:
    """Return the canonical Body, made by hand: its tag declares the prefixes it uses, its child too."""
    prefix, attributes = re.search(r"<([\w-]+):Body([^>]*)>", text).groups()  # type: ignore[union-attr]
    declared = dict(re.findall(r'xmlns:([\w-]+)="([^"]*)"', text))
    content = re.search(r":Body[^>]*>(.*)</[\w-]+:Body>", text).group(1)  # type: ignore[union-attr]
    if content.startswith("<tns:"):
        content = re.sub(r"^<(tns:\w+)>", rf'<\1 xmlns:tns="{declared["tns"]}">', content)
    used = [prefix, *re.findall(r" ([\w-]+):Id", attributes)]
    namespaces = "".join(f' xmlns:{one}="{declared[one]}"' for one in used)
    return f"<{prefix}:Body{namespaces}{attributes}>{content}</{prefix}:Body>".encode()


def bind_again(text: str, secret: str) -> str:
    """Return a request with the nonce that binds its body, and the digest that goes with it."""
    created = re.search(r"Created>([^<]+)", text)[1].encode()  # type: ignore[index]
    random = base64.b64decode(re.search(r"(?<=Nonce>)[^<]+", text)[0])[:8]  # type: ignore[index]
    bound = b"\0".join((b"smart-esolutions:nonce:1", random, created, canonical_body(text)))
    nonce = random + hmac.digest(secret.encode(), bound, "sha256")[:10]
    proof = hashlib.sha1(nonce + created + secret.encode(), usedforsecurity=False).digest()
    text = re.sub(r"(?<=PasswordDigest\">)[^<]+", lambda _: base64.b64encode(proof).decode(), text)
    return re.sub(r"(?<=Nonce>)[^<]+", lambda _: base64.b64encode(nonce).decode(), text)


def sign_again(text: str, secret: str) -> str:
    """Return an envelope with the digest, the signature and the nonce that its text calls for."""
    digest = base64.b64encode(hashlib.sha256(canonical_body(text)).digest()).decode()
    text = re.sub(r"(?<=DigestValue>)[^<]+", lambda _: digest, text)
    info = re.search(r"<ds:SignedInfo>.*</ds:SignedInfo>", text).group()  # type: ignore[union-attr]
    canonical = re.sub(r"<ds:(\w+) ([^>]*)/>", r"<ds:\1 \2></ds:\1>", info)
    canonical = canonical.replace("<ds:SignedInfo>", '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">')
    value = base64.b64encode(hmac.digest(secret.encode(), canonical.encode(), "sha256")).decode()
    text = re.sub(r"(?<=SignatureValue>)[^<]+", lambda _: value, text)
    return bind_again(text, secret) if "Nonce>" in text else text
