"""How the database is reached: connections, transactions, statements, commits that last."""
