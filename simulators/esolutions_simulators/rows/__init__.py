"""What a printer's agent says: the value of a row, and requests compiled for speed."""
