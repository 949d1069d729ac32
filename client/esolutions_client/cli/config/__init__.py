"""The configuration file and the way to the server: read, checked, and blamed by line where they are wrong."""
