"""What is kept of each exchange: its journal, and the response to a message that may come again."""
