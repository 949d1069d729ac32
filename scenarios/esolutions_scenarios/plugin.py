"""Fixtures for tests of systems that read printer meters."""
