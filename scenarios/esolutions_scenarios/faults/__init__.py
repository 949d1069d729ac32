"""What goes wrong in real life, as small objects that are composed by calling.

A fault does one thing, each time it is met. Where and for how long it is met is
the business of `Net`: faults are put on a machine's way to the server or to its
printers, in any world, because they act on the ports and not on sockets.
"""
