"""The swarm: random lives under random mishaps, watched at every step, shrunk when something is lost."""
