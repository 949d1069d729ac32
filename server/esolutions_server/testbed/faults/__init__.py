"""What a person puts on the way to a testbed: faults, and breakpoints that hold exchanges."""
