"""The rows that a simulated printer shows, put together from its model."""
