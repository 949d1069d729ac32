"""States with their tables of transitions: of printers, of the server's commands, of messages and of wishes."""
