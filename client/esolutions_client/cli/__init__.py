"""The command line of the client: options in, the services called, tables or JSON out."""
