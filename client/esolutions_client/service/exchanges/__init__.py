"""What the client and the server tell one another: registration, sync, status, billing, and delivery itself."""
