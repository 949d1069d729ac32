"""Budgets of the server: syncs a second, a large billing transaction, what its store's mechanisms buy."""
