"""The journal of a testbed: each exchange whole, masked before it is kept, searched, followed and exported."""
