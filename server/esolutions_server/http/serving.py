"""Serve a WSGI application over HTTPS from a thread of this process.

`with RunningServer(...) as server` gives a server that answers: starting
proves it by connecting. What goes wrong in its thread is raised again where
the `with` ends. Nothing here knows what is served.
"""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any, Self

from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter

from esolutions_server.http.application import PATH
from esolutions_server.http.certificates import local_certificates

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from wsgiref.types import WSGIApplication

__all__ = ["RunningServer", "ServingError", "TlsFiles"]
