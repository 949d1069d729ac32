"""What must be true of every run, whatever its story: the standing invariants."""
