"""Which of many addresses are printers."""
