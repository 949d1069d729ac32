"""Commands and bills: what is ordered of a device, and what becomes of the readings that answer it."""
