"""What must hold in every run: one module for each promise, or a few that belong together."""
