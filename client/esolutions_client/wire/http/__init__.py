"""HTTPS to the Communication Server: the connection, its deadline, its TLS and its proxy server."""
