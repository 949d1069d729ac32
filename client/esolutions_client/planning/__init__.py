"""When what is due: pure functions of the last time it was done."""
