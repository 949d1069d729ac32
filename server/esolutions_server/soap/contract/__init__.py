"""The server's own statement of the wire, in spyne's terms. No other package imports spyne."""

from esolutions_server.soap.contract.spyne_compat import import_spyne

__all__: list[str] = []

import_spyne()
