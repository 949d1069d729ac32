"""Octets of SNMP: BER, messages of versions 1 and 2c, and responses encoded beforehand."""
