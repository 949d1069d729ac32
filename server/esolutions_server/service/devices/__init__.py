"""Devices: their life by its table of states, and how they leave service."""
