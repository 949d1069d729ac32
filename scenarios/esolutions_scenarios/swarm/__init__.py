"""The swarm, a simulation test: random runs under injected mishaps, checked at every step, shrunk when one fails."""
