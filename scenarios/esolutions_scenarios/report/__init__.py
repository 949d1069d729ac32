"""The page a person reads after a run: one HTML file that needs nothing but itself.

`observing` looks at a testbed before it is closed and gives back plain values;
`drawing` turns values into HTML. Neither knows the other.
"""

from __future__ import annotations

from esolutions_scenarios.report.content import Observed
from esolutions_scenarios.report.observing.collect import observe
from esolutions_scenarios.report.page import render_page

__all__ = ["Observed", "observe", "render_page"]
