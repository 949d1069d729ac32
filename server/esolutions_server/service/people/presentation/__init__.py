"""What people and programs see: frozen views, their types, and how they come of the store's records."""
