"""Stories that run the client, the server and the printers through their lives, and the checks that judge them."""
