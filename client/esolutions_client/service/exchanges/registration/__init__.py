"""Registration of the proxy and its printers: the first, a later one, and one with a server that lost them."""
