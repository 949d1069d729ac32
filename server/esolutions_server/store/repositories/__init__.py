"""What is found in the tables and kept in them, a module for each thing the server knows."""
