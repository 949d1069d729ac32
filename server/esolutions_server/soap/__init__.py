"""SOAP 1.1 and WS-Security: from bytes to messages and back."""
