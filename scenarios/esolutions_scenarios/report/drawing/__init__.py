"""Turn values into HTML and SVG; every text is hostile until it is escaped."""
