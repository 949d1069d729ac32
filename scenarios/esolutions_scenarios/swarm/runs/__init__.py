"""The run of a plan: simulated under its mishaps, checked as it goes and at the end."""
