"""Virtual time: the timeline of a story or a run, and the testbed's clock that goes by it."""
