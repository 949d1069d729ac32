"""What people do with a server: administration, sign-up, decisions about held readings."""
