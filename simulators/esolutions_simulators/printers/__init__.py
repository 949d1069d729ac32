"""One printer: the machine and what happens to it, its usage, its supplies, and the agents that answer for it."""
