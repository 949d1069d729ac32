"""What a printer says about itself, table by table: conversations that find rows and facts, not ports."""
