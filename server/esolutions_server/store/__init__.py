"""Where the server keeps what it was told: SQLAlchemy Core on SQLite or PostgreSQL."""
