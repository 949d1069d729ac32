"""Stories of printers that break down, move, are replaced or count oddly."""
