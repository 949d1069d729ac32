"""Sabotage: each safety mechanism of the product can be switched off, to prove that the swarm would notice."""
