"""The commands: each takes options, calls a service and prints what came of it."""
