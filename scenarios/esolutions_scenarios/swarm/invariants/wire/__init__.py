"""What must hold of all that leaves the machine, and of what comes back."""
