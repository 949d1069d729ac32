"""Connections: accepted within limits, their requests read whole, and their responses sent."""
