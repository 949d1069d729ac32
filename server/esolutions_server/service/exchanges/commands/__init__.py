"""Commands to a proxy and what it submits in answer to them: statuses and billing transactions."""
