"""Which device is meant, what state it is in, and what falls due about it."""
