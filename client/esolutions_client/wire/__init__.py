"""The wire: messages, their bytes, and the HTTPS port that carries them."""
