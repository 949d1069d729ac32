"""What stands in the place of a safety mechanism while it is sabotaged.

Each function has the shape of the one it replaces and leaves out the one thing
that the mechanism is for. Nothing outside `sabotages` uses them.
"""
