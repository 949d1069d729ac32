"""What simulated printers cost: until they answer, in memory, and for each GET."""
