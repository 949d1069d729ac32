"""Processes: how a program starts others, and how all of them end."""
