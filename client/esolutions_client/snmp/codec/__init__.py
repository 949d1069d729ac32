"""SNMP messages of versions 1 and 2c as octets: requests out, responses in.

Pure functions: they know octets and values, no socket and no clock. `messages` is what an engine calls; `values` says
what each value of a response is; `ber` holds the elements that both are made of.
"""
