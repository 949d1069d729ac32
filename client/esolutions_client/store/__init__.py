"""The client's store in SQLite: what must survive a crash, committed before it is used."""
