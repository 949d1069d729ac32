"""What the client does: register, poll, sync, answer billing requests; each step through ports that are handed in."""
