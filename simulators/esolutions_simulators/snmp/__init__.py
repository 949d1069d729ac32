"""Serve simulated printers over real UDP, by a responder of our own or by snmpsim's."""

from esolutions_simulators.snmp.launch import EngineName, PrinterServer, PrinterServerError

__all__ = ["EngineName", "PrinterServer", "PrinterServerError"]
