"""Programs of the operating system, which are there or not."""

from collections.abc import Callable

# Find a program by its name; without it the test is skipped, or fails where nothing may be skipped.
Require = Callable[[str], str]
