"""A proxy that writes its envelopes by hand, and what it is answered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lxml import etree

from tests.server.support.envelopes import (
    DRAFT,
    ENVELOPE,
    NAMESPACE,
    SIGNATURE,
    SOAP,
    TIMESTAMP,
    canonical,
    spell,
    tags,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esolutions_server import ReferenceServer
    from tests.server.support.clock import Clock

# As drawn at random as a test can have it: 64 octets.
SECRET = base64.b64encode(hashlib.sha512(b"the secret of a test").digest()).decode()
NOMINAL_METERS = (
    "Total Impressions",
    "Black Impressions",
    "Color Impressions",
    "Large Impressions",
    "Fax Impressions",
)


@dataclass
class Answer:
    """What came back."""

    status: str
    body: bytes

    @property
    def root(self) -> etree._Element:
        """The envelope."""
        return etree.fromstring(self.body)

    @property
    def is_fault(self) -> bool:
        """Whether the answer is a SOAP fault with the status of one."""
        has_fault = self.root.find(f".//{{{SOAP}}}Fault") is not None
        assert has_fault == self.status.startswith("500")
        return has_fault

    @property
    def fault(self) -> str:
        """The fault code."""
        return self.root.findtext(".//faultcode", "")

    @property
    def payload(self) -> bytes:
        """The content, canonically."""
        return canonical(self.body, f"{{{SOAP}}}Body/*")

    def texts(self, name: str) -> list[str]:
        """The texts of all elements of a name."""
        return [element.text or "" for element in self.root.iter(f"{{{NAMESPACE}}}{name}")]

    @property
    def commands(self) -> list[dict[str, str]]:
        """The commands, as dictionaries of their simple elements."""
        found = self.root.iter(f"{{{NAMESPACE}}}Command")
        return [{etree.QName(child).localname: child.text or "" for child in command} for command in found]


@dataclass
class Proxy:
    """An installed client that does as the test says."""

    server: ReferenceServer
    clock: Clock
    guid: str = "11111111-2222-4333-8444-555555555555"
    secret: str = SECRET
    instance: str = "aaaaaaaa-2222-4333-8444-555555555555"
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    fleet: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.respond: Callable[..., Iterable[bytes]] = self._by_server

    def _by_server(self, *request: Any) -> Iterable[bytes]:
        """Hand a request to the server that the client knows by now: a test may give it another one."""
        return self.server.wsgi(*request)

    def new_id(self) -> str:
        """Make a GUID."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def envelope(self, payload: str, *, is_signed: bool = False, **fields: str) -> bytes:
        """Write an envelope with right credentials, but for the fields given."""
        nonce = self.rng.randbytes(16)
        created = fields.get("created", spell(self.clock()))
        secret = fields.pop("secret", self.secret)
        digest = hashlib.sha1(nonce + created.encode() + secret.encode()).digest()  # noqa: S324 (the standard's)
        right = {
            "wsse": f"{DRAFT}secext",
            "wsu": f"{DRAFT}utility",
            "user": self.guid,
            "kind": "wsse:PasswordDigest",
            "digest": base64.b64encode(digest).decode(),
            "nonce": base64.b64encode(nonce).decode(),
            "created": created,
            "signature": "",
            "inside": "",
            "beside": self.stamp(),
            "payload": payload,
        }
        document = ENVELOPE.substitute(right | fields).encode()
        if not is_signed:
            return document
        signature = self.signature(document, secret)
        return ENVELOPE.substitute(right | {"signature": signature} | fields).encode()

    def signature(self, document: bytes, secret: str) -> str:
        """Write the signature of an envelope's body."""
        body = hashlib.sha256(canonical(document, f"{{{SOAP}}}Body")).digest()
        digest = base64.b64encode(body).decode()
        unsigned = SIGNATURE.substitute(digest=digest, value="").encode()
        info = canonical(unsigned, "{http://www.w3.org/2000/09/xmldsig#}SignedInfo")
        value = base64.b64encode(hmac.digest(secret.encode(), info, "sha256")).decode()
        return SIGNATURE.substitute(digest=digest, value=value)

    def post(self, body: bytes, **environ: object) -> Answer:
        """Send bytes to the WSGI application."""
        seen: list[str] = []
        request: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/CommunicationServer",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        parts = self.respond(request | environ, lambda status, _headers: seen.append(status))
        return Answer(seen[0], b"".join(parts))

    def send(self, payload: str, **fields: Any) -> Answer:
        """Send a payload with right credentials, but for the fields given."""
        return self.post(self.envelope(payload, **fields))

    def moment(self, seconds: int = 0) -> str:
        """Spell a moment relative to now."""
        return spell(self.clock() + timedelta(seconds=seconds))

    def stamp(self, created: int = 0, expires: int = 300) -> str:
        """Write a timestamp relative to now, in seconds."""
        return TIMESTAMP.substitute(created=self.moment(created), expires=self.moment(expires))

    @staticmethod
    def meters(value: int, rollover: int | None = None) -> str:
        """Write the nominal meters, all showing one value."""
        extra = "" if rollover is None else f' RolloverAt="{rollover}"'
        return "".join(f'<n:Meter Name="{name}"{extra}>{value}</n:Meter>' for name in NOMINAL_METERS)

    @staticmethod
    def supply(**values: object) -> str:
        """Write a supply."""
        return tags(Supply=tags(**values))

    def header(self, message_id: str | None = None, last_receipt: str | None = None) -> str:
        """Write the beginning of every request."""
        return tags(
            MessageId=message_id or self.new_id(),
            Attempt=1,
            ComposedAt=spell(self.clock()),
            LastReceiptId=last_receipt,
            InstanceId=self.instance,
            NextContactAt=spell(self.clock() + timedelta(days=1)),
        )

    def register_payload(self, message_id: str | None = None) -> str:
        """Write RegisterProxy."""
        moment = spell(self.clock())
        rest = tags(
            Secret=self.secret,
            InstalledAt=moment,
            ConsentGivenAt=moment,
            DailySyncTime="03:00:00Z",
            SyncWindow="PT3600S",
            PollInterval="PT7200S",
        )
        return wrapped("RegisterProxy", self.header(message_id) + rest)

    def devices_payload(self, serials: list[str], value: int = 1234567, message_id: str | None = None) -> str:
        """Write RegisterProxyDevices."""
        moment = spell(self.clock())
        rest = tags(ConsentGivenAt=moment, DetectedAt=moment, FleetDigest=self.digest())
        devices = (tags(Device=tags(SerialNumber=serial, ReadDate=moment) + self.meters(value)) for serial in serials)
        return wrapped("RegisterProxyDevices", self.header(message_id) + rest + "".join(devices))

    def sync_payload(self, message_id: str | None = None, last_receipt: str | None = None) -> str:
        """Write SyncProxy."""
        rest = tags(Reason="Scheduled", Queue=0, FleetDigest=self.digest())
        return wrapped("SyncProxy", self.header(message_id, last_receipt) + rest)

    def status_payload(self, serial: str, command_id: str, state: str = "Active") -> str:
        """Write SyncProxyStatus about one device."""
        device = tags(
            SerialNumber=serial,
            CommandId=command_id,
            State=state,
            TurnedOn=spell(self.clock()),
            PollInterval="PT7200S",
        )
        return wrapped("SyncProxyStatus", self.header() + tags(Device=device))

    def reading_payload(
        self,
        serial: str,
        command_id: str,
        value: int = 1234667,
        *,
        read_at: datetime | None = None,
        message_id: str | None = None,
        rows: str | None = None,
    ) -> str:
        """Write SubmitBillingTransaction about one device."""
        moment = spell(read_at or self.clock())
        device = tags(SerialNumber=serial, CommandId=command_id, ReadDate=moment) + (rows or self.meters(value))
        rest = tags(TransactionId=self.new_id(), Device=device)
        return wrapped("SubmitBillingTransaction", self.header(message_id) + rest)

    def digest(self) -> str:
        """Write the digest of the devices the proxy has."""
        return base64.b64encode(hashlib.sha256("\n".join(sorted(self.fleet)).encode()).digest()).decode()

    def register(self, *serials: str) -> None:
        """Register the proxy, and devices."""
        assert not self.send(self.register_payload()).is_fault
        if serials:
            self.fleet.update(serials)
            assert self.send(self.devices_payload(list(serials))).texts("Outcome") == ["Accepted"] * len(serials)

    def sync(self) -> Answer:
        """Ask what there is to do."""
        answer = self.send(self.sync_payload())
        assert not answer.is_fault
        return answer

    def status(self, serial: str, command_id: str, state: str = "Active") -> str:
        """Say what became of an activation; return the outcome."""
        return self.send(self.status_payload(serial, command_id, state)).texts("Outcome")[0]

    def submit(self, serial: str, command_id: str, value: int = 1234667, **fields: Any) -> str:
        """Submit a signed reading; return the outcome."""
        payload = self.reading_payload(serial, command_id, value, **fields)
        return self.send(payload, is_signed=True).texts("Outcome")[0]
