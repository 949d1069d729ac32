"""The server's side of an exchange: who sent it, what it asks, what follows, what is answered."""
