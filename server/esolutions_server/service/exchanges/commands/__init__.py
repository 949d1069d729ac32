"""Commands to a proxy and what it submits for them: statuses and billing transactions."""
