"""Delivery of what waits in the outbox, and what follows from it: acknowledged, rejected, given up or offered again."""
