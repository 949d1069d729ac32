"""Say offline what is wrong with a message, rule by rule."""
