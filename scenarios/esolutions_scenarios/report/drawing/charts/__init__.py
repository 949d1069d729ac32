"""Charts as SVG: axes, meters, supplies, sizes and the timeline."""
