"""Serve simulated printers over real UDP, by way of snmpsim."""

from esolutions_simulators.snmp.launch import PrinterServer, PrinterServerError

__all__ = ["PrinterServer", "PrinterServerError"]
