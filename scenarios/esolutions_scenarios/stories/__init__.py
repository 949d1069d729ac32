"""The stories: lifecycles told in prose and run in any world."""
