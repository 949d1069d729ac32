"""Stories of billing cycles, their dates and what is sent with them."""
