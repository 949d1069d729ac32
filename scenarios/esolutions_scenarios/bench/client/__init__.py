"""Budgets of the client: footprint, polls, discovery."""
