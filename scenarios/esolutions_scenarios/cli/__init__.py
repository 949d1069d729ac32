"""The command line of the scenarios."""
