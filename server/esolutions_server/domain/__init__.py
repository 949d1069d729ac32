"""What the server knows about billing, independent of any wire, store or clock."""
