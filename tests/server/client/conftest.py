"""A testbed for the tests of this folder."""

from tests.server.support.beds import bed

__all__ = ["bed"]
