"""What the client does with printers: find them, read them, follow them, keep what they showed."""
