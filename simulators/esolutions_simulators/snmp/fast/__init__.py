"""Answer for every printer of a fleet in one process: datagrams in, datagrams out, with a codec of our own."""
