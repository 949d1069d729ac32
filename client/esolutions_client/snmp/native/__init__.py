"""Carry conversations over UDP with our own codec: sockets, names of hosts, and the exchanges under way.

The port itself is `esolutions_client.snmp.native_port`.
"""
