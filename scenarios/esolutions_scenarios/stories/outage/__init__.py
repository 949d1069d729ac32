"""Stories of machines, networks and proxy servers that are down for a while."""
