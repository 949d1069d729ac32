"""Where printers are: sightings of serial numbers, relocation, the search for those that moved, and strangers."""
