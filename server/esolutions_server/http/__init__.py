"""HTTP: routes, TLS, and a server that runs in a thread."""
