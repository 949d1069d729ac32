"""What an exchange says of its proxy: who it is, that it is alive, which devices it has, what it was told before."""
