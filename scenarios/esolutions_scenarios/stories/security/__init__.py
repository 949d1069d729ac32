"""Stories of communication that is turned off, and of messages that are forged."""
