"""The testbed: what a story does with, and what it leaves behind for the checks."""
