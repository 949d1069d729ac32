"""The reference Communication Server that the client talks to."""
