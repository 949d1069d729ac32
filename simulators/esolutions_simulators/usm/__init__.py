"""Version 3 of SNMP: users, engines and messages of the User-based Security Model (RFC 3414), without a socket."""
