"""Lists of what a server knows: by the page, row by row, and one thing of a list by its key."""
