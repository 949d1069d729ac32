"""What the server does: the five operations of the wire, administration, and work that falls due."""
