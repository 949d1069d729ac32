"""Respond to one SOAP request: bytes in, bytes out, whatever comes.

Here every error meets its fault: a RefusalError says what was wrong, anything else
is logged and answered with nothing but the fact. HTTP is not known here.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.exchanges.exchange import Exchange, RefusedExchange
from esolutions_server.soap.contract.application import Contract
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.soap.contract.wsdl import WsdlDocument
from esolutions_server.soap.envelope import open_envelope
from esolutions_server.soap.rendering import ResponseRenderer, render_fault
from esolutions_server.soap.security import read_credentials, version_of
from esolutions_server.soap.wsse_versions import DEFAULT_VERSION
from esolutions_server.store.engine.errors import StoreUnavailableError

if TYPE_CHECKING:
    from esolutions_server.domain.changes import Change
    from esolutions_server.service.exchanges.operation import Operation
    from esolutions_server.service.exchanges.proxies.credentials import Credentials
    from esolutions_server.service.exchanges.proxy_service import ProxyService
    from esolutions_server.service.messages import Request
    from esolutions_server.soap.envelope import Envelope
    from esolutions_server.soap.wsse_versions import WsseVersion

__all__ = ["Endpoint", "SoapResponse"]

ERRORS_KEPT = 20
# Up to here a message is validated for any sender; above, for a known proxy that has proven its secret.
MOST_OCTETS_OF_A_STRANGER = 16 * 1024
# A message is answered in one transaction, which the others wait for.
MOST_DEVICES = 1000
_INTERNAL = RefusalError(FaultCode.SERVER, "internal error")
_UNAVAILABLE = RefusalError(FaultCode.SERVER, "nothing can be kept at the moment: try again later")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SoapResponse:
    """The HTTP body of a response, and whether it is a fault.

    Attributes:
        number: of the exchange's row in the journal, where there is one and the database tells its number.
        changes: what the exchange changed at the server, where that is observed.
    """

    body: bytes
    is_fault: bool
    number: int | None = None
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class _Progress:
    """How far a request was understood: what a fault and the journal can say of it."""

    operation: Operation[Any, Any] | None = None
    username: str | None = None
    version: WsseVersion | None = None
    request: Request | None = None
    exchange: Exchange | None = None


class Endpoint:
    """The SOAP side of a server.

    Attributes:
        errors: the newest unforeseen errors, for tests to find.
    """

    def __init__(self, server: ProxyService, *, is_frank: bool = False) -> None:
        """Put an endpoint before a server.

        Args:
            server: what carries the operations out.
            is_frank: tell strangers why they are not authenticated, as a testbed should.
        """
        self._server = server
        self._is_frank = is_frank
        self._contract = Contract()
        self._wsdl: WsdlDocument | None = None
        # One request at a time: spyne's validator keeps the errors of the last document for all threads.
        self._lock = threading.Lock()
        self.errors: deque[BaseException] = deque(maxlen=ERRORS_KEPT)

    def wsdl(self, url: str) -> bytes:
        """Return the WSDL, with `url` as the address of the service."""
        with self._lock:
            # Written once: a stranger may ask for it, and every other caller would wait for that.
            if self._wsdl is None:
                self._wsdl = WsdlDocument.of(self._contract)
        return self._wsdl.at(url)

    def respond(self, document: bytes, charset: str | None = None) -> SoapResponse:
        """Answer a request, once what it changed will last."""
        progress = _Progress()
        try:
            response = self._respond(document, charset, progress)
        except RefusalError as refusal:
            response = self._refuse(refusal, len(document), progress)
        except StoreUnavailableError:
            response = SoapResponse(render_fault(_UNAVAILABLE, progress.version), is_fault=True)
        except (
            Exception
        ) as error:  # the last line before the wire: no traceback may cross it, no request stay unanswered
            log.exception("a request could not be answered")
            self.errors.append(error)
            response = self._refuse(_INTERNAL, len(document), progress)
        return self._settled(response, progress)

    def refuse(self, refusal: RefusalError, bytes_in: int) -> SoapResponse:
        """Answer a request that could not even be read."""
        return self._settled(self._refuse(refusal, bytes_in, _Progress()), _Progress())

    def _respond(self, document: bytes, charset: str | None, progress: _Progress) -> SoapResponse:
        if len(document) <= MOST_OCTETS_OF_A_STRANGER:
            # From the beginning: threads that took turns within Python at each statement would do nothing else.
            with self._lock:
                return self._perform(self._opened(document, charset, progress), len(document), progress)
        opened = self._opened(document, charset, progress)
        self._server.check_sender(opened[1])
        with self._lock:
            return self._perform(opened, len(document), progress)

    def _opened(self, document: bytes, charset: str | None, progress: _Progress) -> tuple[Envelope, Credentials]:
        envelope = open_envelope(document, charset)
        progress.operation = OPERATIONS.get(envelope.operation)
        progress.version = version_of(envelope)
        credentials = read_credentials(envelope, progress.version)
        progress.username = credentials.username
        return envelope, credentials

    def _perform(self, opened: tuple[Envelope, Credentials], size: int, progress: _Progress) -> SoapResponse:
        envelope, credentials = opened
        _check_devices(envelope)
        call = self._contract.read(envelope.payload)
        progress.request = call.request
        renderer = ResponseRenderer(progress.version or DEFAULT_VERSION, call.write)
        exchange = progress.exchange = Exchange(credentials, size, renderer)
        body = self._server.perform(exchange, call.operation, call.request)
        return SoapResponse(body, is_fault=False, number=exchange.number, changes=exchange.changes)

    def _settled(self, response: SoapResponse, progress: _Progress) -> SoapResponse:
        # Outside the lock: the disk works for several requests at once.
        try:
            self._server.settle()
        except StoreUnavailableError:
            # Its row is not in the journal either.
            return SoapResponse(render_fault(_UNAVAILABLE, progress.version), is_fault=True)
        except Exception as error:  # the same last line
            log.exception("an answer is not given, for the disk may not have kept it")
            self.errors.append(error)
            return replace(response, body=render_fault(_INTERNAL, progress.version), is_fault=True)
        return response

    def _refuse(self, refusal: RefusalError, bytes_in: int, progress: _Progress) -> SoapResponse:
        fault = render_fault(refusal, progress.version, is_frank=self._is_frank)
        sender = None if progress.exchange is None else progress.exchange.sender
        refused = RefusedExchange(
            refusal,
            bytes_in,
            len(fault),
            operation=progress.operation,
            username=progress.username,
            sender=sender,
            request=progress.request,
        )
        number = None
        try:
            number = self._server.note_refusal(refused)
        except StoreUnavailableError:
            return SoapResponse(fault, is_fault=True)  # the store has said so, once
        except Exception:
            log.exception("a refusal could not be written into the journal")
        return SoapResponse(fault, is_fault=True, number=number)


def _check_devices(envelope: Envelope) -> None:
    """Refuse a message that would keep all others waiting for seconds.

    Raises:
        RefusalError: it names too many devices.
    """
    if sum(1 for _ in envelope.payload.iterchildren("{*}Device")) > MOST_DEVICES:
        text = f"a message names at most {MOST_DEVICES:,} devices: send the others in a message of their own"
        raise RefusalError(FaultCode.CLIENT, text)
