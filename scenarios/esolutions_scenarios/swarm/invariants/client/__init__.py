"""What must hold of the client, its printers, and the people who wait for it."""
