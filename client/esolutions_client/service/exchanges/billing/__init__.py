"""Billing requests: which readings answer one, and the billing transaction that carries them."""
