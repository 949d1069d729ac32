"""The client's memory on disk: what must survive a crash, committed before it is used."""
