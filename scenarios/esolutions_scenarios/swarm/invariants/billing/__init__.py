"""What must hold of requests, readings and bills."""
