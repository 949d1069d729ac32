"""The command line: `serve`, and what an administrator does beside it."""
