"""Fleets: printers by address, the directory that processes share them in, and the file a person writes one in."""
