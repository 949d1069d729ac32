"""The SQLite file under the store: its connection, schema, locks and marker."""
