"""Strangers to an office: an attacker on the wire, and a client that claims what it does not own."""
