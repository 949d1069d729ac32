"""The meter-reading client: what runs on the customer's machine."""

__version__ = "0.1.0"
