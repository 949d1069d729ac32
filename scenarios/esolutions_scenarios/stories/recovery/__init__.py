"""Stories of servers that are lost or restored, and of versions that are upgraded."""
