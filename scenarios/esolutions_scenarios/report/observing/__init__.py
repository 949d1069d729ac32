"""Look at a testbed and note what a report shows; no secret and no more than a page can hold."""
