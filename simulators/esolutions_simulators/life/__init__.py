"""What can happen to a printer, and what it makes of it."""
