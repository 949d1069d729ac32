"""Which rows of a printer are read, and how they are laid out."""
