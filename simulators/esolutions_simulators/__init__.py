"""Printers made of software: models, usage, and the agents that answer SNMP for them."""
