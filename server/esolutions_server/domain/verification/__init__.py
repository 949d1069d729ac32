"""Say what messages must have come, in which order, how often and how far apart; and judge what came by it.

Pure: events in, verdicts out. Where the events come from is not known here.
"""

from esolutions_server.domain.verification.documents import VerificationError, document_of, expectation_of
from esolutions_server.domain.verification.events import Event, Matcher
from esolutions_server.domain.verification.expectations import Count, Interval, Order, Per, Rate
from esolutions_server.domain.verification.follows import Expectation, Follows
from esolutions_server.domain.verification.grouping import verify
from esolutions_server.domain.verification.verdicts import Miss, Verdict

__all__ = [
    "Count",
    "Event",
    "Expectation",
    "Follows",
    "Interval",
    "Matcher",
    "Miss",
    "Order",
    "Per",
    "Rate",
    "Verdict",
    "VerificationError",
    "document_of",
    "expectation_of",
    "verify",
]
