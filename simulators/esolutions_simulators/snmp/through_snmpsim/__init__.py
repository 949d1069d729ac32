"""Serve printers by way of snmpsim: its responder with our agents behind it, or with recordings as they are."""
