"""The referee: what the published document says of every message, and whether a message keeps to it.

It knows neither the client nor the server; it reads bytes.
"""
