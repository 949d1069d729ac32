"""What is billed: when a period ends, what a command orders, which values may be billed."""
