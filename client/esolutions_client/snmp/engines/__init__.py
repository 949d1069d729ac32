"""What carries SNMP conversations: the client's own engine, pysnmp, and the sweep of many addresses."""
