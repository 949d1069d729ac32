"""Carry conversations over UDP with our own codec: sockets, names of hosts, and the exchanges under way.

The port itself is `esolutions_client.snmp.engines.native_port`.
"""
