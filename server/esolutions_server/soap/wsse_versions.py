"""The namespaces under which WS-Security was shipped before and after it became a standard.

Working Draft 11, which the FAQ names, came between 2002/12 and the final
namespace; what its own was is not known. All five are understood, and every
caller is answered in its own.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_VERSION", "SECURITY_NAMESPACES", "SOAP", "UTILITY_NAMESPACES", "WsseVersion"]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"

_FINAL = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-"
_DRAFTS = tuple(f"http://schemas.xmlsoap.org/ws/{issue}/" for issue in ("2002/07", "2002/12", "2002/xx", "2003/06"))

SECURITY_NAMESPACES = (*(f"{draft}secext" for draft in _DRAFTS), f"{_FINAL}secext-1.0.xsd")
# 2002/12 was shipped with the utility namespace of 2002/07, so any two go together.
UTILITY_NAMESPACES = (*(f"{draft}utility" for draft in _DRAFTS), f"{_FINAL}utility-1.0.xsd")


@dataclass(frozen=True, slots=True)
class WsseVersion:
    """The pair of namespaces a caller uses."""

    wsse: str
    wsu: str


DEFAULT_VERSION = WsseVersion(SECURITY_NAMESPACES[0], UTILITY_NAMESPACES[0])
