"""Read printers over SNMP.

What to ask and what an answer means are conversations: generators that yield requests and are sent answers, without
any I/O. A port carries a conversation to a real agent, to a recorded walk or to a simulated printer.
"""
