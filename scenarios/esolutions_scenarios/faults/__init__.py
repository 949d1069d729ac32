"""What goes wrong in real life, as small objects that are composed by calling.

`http` and `snmp` are faults on a way: each is called with a message and with
what carries it on, and acts every time it is met. Where and for how long it is
met is the business of `Net`. `machine` and `printer` are faults of things: each
is called with the thing, begins there and then, and returns what ends it.

They act on the ports and on what a world offers, not on sockets, and work in
every world.
"""
