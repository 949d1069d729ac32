"""The meter-reading client: what runs on the customer's machine."""

import logging

__version__ = "0.1.0"

# A library says nothing on its own; the program that uses it decides where its log goes.
logging.getLogger(__name__).addHandler(logging.NullHandler())
